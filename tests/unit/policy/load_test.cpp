#include <doctest/doctest.h>

#include "daemon/policy/policy.hpp"
#include "tests/fakes/temporary_tree.hpp"

namespace load_test {

using namespace kvmtune;
using namespace kvmtune::policy;
using kvmtune::fakes::TemporaryTree;

namespace {

std::string first_mistake(const PolicyOrMistakes &policy) {
    return policy ? "none" : text_of(policy.error().front());
}

}  // namespace

TEST_CASE("a host without policy files has the built-in defaults") {
    const TemporaryTree tree;
    CHECK(load_policy(tree.root()) == PolicyOrMistakes(plan::Policy{}));
    tree.add_folder("etc/kvmtune/kvmtune.d");
    CHECK(load_policy(tree.root()) == PolicyOrMistakes(plan::Policy{}));
}

TEST_CASE("the drop-ins come after the main file, by name; only *.toml is read") {
    const TemporaryTree tree;
    tree.add("etc/kvmtune/kvmtune.toml", "[host.sysctl]\na.x = 1\na.y = 1\na.z = 1\n");
    tree.add("etc/kvmtune/kvmtune.d/20-b.toml", "[host.sysctl]\na.z = 3\n");
    tree.add("etc/kvmtune/kvmtune.d/10-a.toml", "[host.sysctl]\na.y = 2\na.z = 2\n");
    tree.add("etc/kvmtune/kvmtune.d/30-c.toml.dpkg-old", "this is not TOML");
    tree.add("etc/kvmtune/kvmtune.d/.#20-b.toml", "this is not TOML");
    const auto policy = load_policy(tree.root());
    REQUIRE(policy);
    CHECK(policy->host.sysctls == std::map<std::string, std::string>{{"a.x", "1"}, {"a.y", "2"}, {"a.z", "3"}});
    CHECK(policy->sources.at("host.sysctl.a.z") == tree.root().full("etc/kvmtune/kvmtune.d/20-b.toml") + ":2");
}

TEST_CASE("drop-ins need no main file") {
    const TemporaryTree tree;
    tree.add("etc/kvmtune/kvmtune.d/a.toml", "host.persist = false\n");
    CHECK_FALSE(load_policy(tree.root()).value().host.persist);
}

TEST_CASE("a policy file that is there but cannot be read is a mistake") {
    const TemporaryTree tree;
    tree.add_folder("etc/kvmtune/kvmtune.toml");
    const std::string file = tree.root().full("etc/kvmtune/kvmtune.toml");
    CHECK(first_mistake(load_policy(tree.root())).starts_with(file + ": "));
}

TEST_CASE("a drop-in that cannot be read is a mistake") {
    const TemporaryTree tree;
    tree.add_folder("etc/kvmtune/kvmtune.d/x.toml");
    const std::string file = tree.root().full("etc/kvmtune/kvmtune.d/x.toml");
    CHECK(first_mistake(load_policy(tree.root())).starts_with(file + ": "));
}

TEST_CASE("a file named by the caller is the whole policy, and must be there") {
    const TemporaryTree tree;
    tree.add("etc/kvmtune/kvmtune.toml", "host.persist = false\n");
    tree.add("own.toml", "host.profile = 'none'\n");
    const std::string own = tree.root().full("own.toml");
    const auto policy = load_policy(tree.root(), own);
    REQUIRE(policy);
    CHECK(policy->host.persist);
    CHECK(policy->host.profile == plan::Profile::none);
    CHECK(policy->sources.at("host.profile") == own + ":1");
    CHECK(first_mistake(load_policy(tree.root(), own + "x")) == own + "x: No such file or directory");
}

}  // namespace load_test
