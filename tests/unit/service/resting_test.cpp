#include "daemon/service/resting.hpp"

#include <doctest/doctest.h>

#include "tests/fakes/temporary_tree.hpp"

namespace resting_test {

using namespace kvmtune;
using service::Resting;

TEST_CASE("nothing rests where there is no file") {
    const fakes::TemporaryTree tree;
    const auto resting = Resting::read(tree.root()).value();
    CHECK_FALSE(resting.all());
    CHECK(resting.domains().empty());
}

TEST_CASE("what rests outlives the daemon") {
    const fakes::TemporaryTree tree;
    REQUIRE(Resting::read(tree.root()).value().begin({"a", "b"}));
    CHECK(Resting::read(tree.root()).value().domains() == std::set<std::string>{"a", "b"});
    REQUIRE(Resting::read(tree.root()).value().end({"a"}));
    CHECK(Resting::read(tree.root()).value().domains() == std::set<std::string>{"b"});
    REQUIRE(Resting::read(tree.root()).value().begin({}));
    CHECK(Resting::read(tree.root()).value().all());
}

TEST_CASE("a single domain does not wake the host, and everything wakes all") {
    const fakes::TemporaryTree tree;
    auto resting = Resting::read(tree.root()).value();
    REQUIRE(resting.begin({}));
    REQUIRE(resting.end({"a"}));
    CHECK(resting.all());
    REQUIRE(resting.end({}));
    CHECK_FALSE(resting.all());
    CHECK_FALSE(tree.root().exists("var/lib/kvmtune/resting"));
}

}  // namespace resting_test
