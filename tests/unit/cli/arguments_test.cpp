#include "daemon/cli/arguments.hpp"

#include <doctest/doctest.h>

#include "tests/unit/cli/said.hpp"

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
             {"rewrite", "a.xml", "b.xml"},
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
