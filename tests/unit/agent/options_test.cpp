#include "guest-agent/options.hpp"

#include <doctest/doctest.h>

#include <vector>

namespace options_test {

using namespace kvmtune;
using namespace kvmtune::agent;

namespace {

Result<Options> parsed(std::vector<std::string> words) {
    words.insert(words.begin(), "kvmtune-agent");
    std::vector<char *> arguments;
    for (std::string &word : words) arguments.push_back(word.data());
    return options_from(static_cast<int>(arguments.size()), arguments.data());
}

}  // namespace

TEST_CASE("without options it serves the port that it finds") {
    const auto options = parsed({});
    REQUIRE(options.has_value());
    CHECK(options->action == Options::Action::serve);
    CHECK(options->port.empty());
    CHECK(options->root == "/");
}

TEST_CASE("options take their values in both forms") {
    const auto options = parsed({"--port", "/dev/vport0p1", "--root=/tmp/tree"});
    REQUIRE(options.has_value());
    CHECK(options->port == "/dev/vport0p1");
    CHECK(options->root == "/tmp/tree");
    CHECK(parsed({"--help"})->action == Options::Action::show_help);
    CHECK(parsed({"--version"})->action == Options::Action::show_version);
}

TEST_CASE("mistakes are named") {
    for (const std::string wrong : {"--prot", "--port", "--ports=x", "port", "-p", ""}) {
        CAPTURE(wrong);
        const auto options = parsed({wrong});
        REQUIRE(!options.has_value());
        CHECK(options.error() == Error{ErrorKind::invalid, wrong + ": unknown option, or its value is missing"});
    }
}

}  // namespace options_test
