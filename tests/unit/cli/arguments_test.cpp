#include "daemon/cli/arguments.hpp"

#include <doctest/doctest.h>

#include "tests/unit/cli/said.hpp"

namespace arguments_test {

using namespace kvmtune;
using cli::Command;
using cli::options_from;

TEST_CASE("a command with its domains and options") {
    const auto options =
        options_from({"apply", "web01", "web02", "--restart", "--timeout", "30", "--allow", "guest-abi"});
    REQUIRE(options.has_value());
    CHECK(options->command == Command::apply);
    CHECK(options->domains == std::vector<std::string>{"web01", "web02"});
    CHECK(options->restart);
    CHECK(options->timeout == 30);
    CHECK(options->allow == std::set<plan::Disruption>{plan::Disruption::guest_abi});
    CHECK(options->uri == "qemu:///system");
    CHECK_FALSE(options->force);
}

TEST_CASE("an option's value does not swallow the domain behind it") {
    const auto options = options_from({"apply", "--allow", "guest-abi", "web01"});
    REQUIRE(options.has_value());
    CHECK(options->domains == std::vector<std::string>{"web01"});
}

TEST_CASE("mistakes end with status 2 and go to standard error") {
    for (const std::vector<std::string> &arguments : std::vector<std::vector<std::string>>{
             {},
             {"tune"},
             {"apply", "--nonsense"},
             {"apply", "--allow", "everything"},
             {"apply", "--timeout", "soon"},
             {"rollback"},
             {"rollback", "--all", "web01"},
             {"apply", "--host-only", "web01"},
             {"plan", "--host-only", "web01"},
             {"apply", "--offline"},
             {"apply", "--offline", "web01"},
             {"apply", "--host-only", "--offline", "--connect", "test:///default"},
             {"rollback", "--all", "--offline"},
             {"topology", "--svg", "--json"},
             {"plan", "--svg"},
             {"rewrite", "a.xml", "b.xml"},
             {"rewrite", "--restart"},
             {"verify", "--allow", "guest-abi"},
             {"explain"},
             {"explain", "web01", "web02"},
             {"help", "--nonsense"},
             {"help", "tune"},
             {"--nonsense"},
         }) {
        const auto said = cli::said(arguments);
        CHECK(said.status == cli::status::usage);
        CHECK(said.out.empty());
        CHECK_FALSE(said.err.empty());
    }
}

TEST_CASE("help and version are results") {
    CHECK(cli::said({"--help"}).out.find("rollback") != std::string::npos);
    CHECK(cli::said({"apply", "--help"}).out.find("--restart") != std::string::npos);
    CHECK(cli::said({"--version"}).out == "kvmtune " KVMTUNE_VERSION "\n");
    CHECK(cli::said({"--version"}).status == 0);
}

TEST_CASE("help names every command, and \"help COMMAND\" is \"COMMAND --help\"") {
    const auto help = cli::said({"help"});
    CHECK(help.status == 0);
    CHECK(help.out == cli::said({"--help"}).out);
    CHECK(help.out == cli::said({"-h"}).out);
    const std::vector<std::string> commands = {"plan",   "apply",   "verify", "rollback",
                                               "status", "explain", "facts",  "rewrite"};
    for (const auto &command : commands) {
        CHECK(help.out.find("  " + command + " ") != std::string::npos);
        const auto of_command = cli::said({"help", command});
        CHECK(of_command.status == 0);
        CHECK(of_command.out == cli::said({command, "--help"}).out);
        CHECK(of_command.out.find("--policy") != std::string::npos);
        CHECK(of_command.err.empty());
    }
}

TEST_CASE("a command's help has its own options and not those of another") {
    const auto apply = cli::said({"apply", "--help"}).out;
    const auto rewrite = cli::said({"rewrite", "--help"}).out;
    for (const auto *option : {"--restart", "--timeout", "--force", "--dry-run", "--host-only", "--json", "--allow"})
        CHECK(apply.find(option) != std::string::npos);
    CHECK(apply.find("--all ") == std::string::npos);
    CHECK(rewrite.find("--connect") == std::string::npos);
    CHECK(rewrite.find("--allow") != std::string::npos);
}

TEST_CASE("a domain may have the name of a command") {
    const auto options = options_from({"apply", "status", "plan"});
    REQUIRE(options.has_value());
    CHECK(options->command == Command::apply);
    CHECK(options->domains == std::vector<std::string>{"status", "plan"});
}

TEST_CASE("explain takes one subject, facts any number of domains") {
    const auto explain = options_from({"explain", "sysctl:net.core.rmem_max", "--json"});
    REQUIRE(explain.has_value());
    CHECK(explain->command == Command::explain);
    CHECK(explain->subject == "sysctl:net.core.rmem_max");
    CHECK(explain->json);
    const auto facts = options_from({"facts", "web01", "web02"});
    REQUIRE(facts.has_value());
    CHECK(facts->command == Command::facts);
    CHECK(facts->domains == std::vector<std::string>{"web01", "web02"});
}

TEST_CASE("--no-color and --color switch colors off and on") {
    CHECK_FALSE(options_from({"plan", "--no-color"})->color);
    CHECK(options_from({"plan", "--no-color", "--color"})->color);
    CHECK(options_from({"plan"})->color);
}

}  // namespace arguments_test
