#include "guest-agent/wanted.hpp"

#include <doctest/doctest.h>

#include "tests/unit/agent/fake_guest.hpp"

namespace wanted_test {

using namespace kvmtune;
using namespace kvmtune::fakes;
using agent::Wanted;

namespace {

const std::map<std::string, std::string> some{{"sysctl/net.core.rmem_max", "425984"},
                                              {"nic/52:54:00:12:34:56/mtu", "9000"}};

}  // namespace

TEST_CASE("what is kept is there at the next start") {
    const FakeGuest guest;
    const Root root = guest.root();
    CHECK(Wanted(root).knobs().empty());
    Wanted wanted(root);
    REQUIRE(wanted.keep(some).has_value());
    CHECK(wanted.knobs() == some);
    CHECK(Wanted(root).knobs() == some);
    REQUIRE(wanted.keep({}).has_value());
    CHECK(Wanted(root).knobs().empty());
    CHECK(!root.exists(Wanted::path));
}

TEST_CASE("a copied disk does not carry it to another machine") {
    const FakeGuest guest;
    const Root root = guest.root();
    guest.write("sys/class/dmi/id/product_uuid", "one\n");
    REQUIRE(Wanted(root).keep(some).has_value());
    CHECK(Wanted(root).knobs() == some);
    guest.write("sys/class/dmi/id/product_uuid", "two\n");
    CHECK(Wanted(root).knobs().empty());
}

TEST_CASE("what is on disk is checked like what the host says") {
    const FakeGuest guest;
    const Root root = guest.root();
    guest.write(Wanted::path,
                R"({"wanted":1,"machine":"","knobs":{"sysctl/kernel.core_pattern":"x","sysctl/net.core.rmem_max":"0",)"
                R"("sysctl/net.core.wmem_max":"425984","sysctl/net.core.somaxconn":7}})");
    CHECK(Wanted(root).knobs() == std::map<std::string, std::string>{{"sysctl/net.core.wmem_max", "425984"}});
    for (const char *wrong : {"", "{", "[]", R"({"wanted":2,"machine":"","knobs":{"sysctl/net.core.wmem_max":"4"}})",
                              R"({"wanted":1,"machine":""})", R"({"wanted":1,"machine":"","knobs":[]})"}) {
        CAPTURE(wrong);
        guest.write(Wanted::path, wrong);
        CHECK(Wanted(root).knobs().empty());
    }
}

TEST_CASE("where nothing can be written it is kept in memory") {
    const FakeGuest guest;
    const Root root = guest.root();
    guest.write("var/lib/kvmtune-agent", "a file where the folder should be");
    Wanted wanted(root);
    CHECK(!wanted.keep(some).has_value());
    CHECK(wanted.knobs() == some);
    CHECK(!wanted.is_on_disk());
}

}  // namespace wanted_test
