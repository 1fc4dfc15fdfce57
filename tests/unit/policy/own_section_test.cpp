#include <doctest/doctest.h>

#include "daemon/policy/policy.hpp"

namespace own_section_test {

using namespace kvmtune;
using namespace kvmtune::policy;

namespace {

plan::DomainFacts domain(const std::string &own) {
    plan::DomainFacts facts;
    facts.name = "web01";
    facts.own_policy = own;
    return facts;
}

const plan::Policy of_host = read_policy({{"k.toml", "[[domain]]\nmatch = [\"web*\"]\nqueues = 8\n"}}).value();

}  // namespace

TEST_CASE("a domain's own section is tried before those of the policy, and not merged with them") {
    const auto own = section_of(of_host, domain("\nvhost_cpus = 2\nallow = [\"guest-abi\"]\n"));
    REQUIRE(own);
    REQUIRE(*own);
    CHECK((**own).vhost_cpus == 2u);
    CHECK((**own).queues == std::nullopt);
    CHECK((**own).named == std::set<std::string>{"vhost_cpus", "allow"});
    CHECK((**own).source == "metadata of web01");
}

TEST_CASE("without one the policy's counts") {
    CHECK((**section_of(of_host, domain(""))).queues == 8u);
    auto other = domain("");
    other.name = "db01";
    CHECK(*section_of(of_host, other) == std::nullopt);
    other.own_policy = "profile = \"network\"";
    CHECK(*section_of(of_host, other));
}

TEST_CASE("a mistake in it has its place") {
    const auto said = [](const std::string &own) { return section_of(of_host, domain(own)).error().what; };
    CHECK(said("\nqueues = 0\n") == "metadata of web01:2:10: domain.queues: must be \"auto\" or 1 to 256, not 0");
    CHECK(said("match = [\"x\"]").starts_with("metadata of web01:1:"));
    CHECK(said("queues").starts_with("metadata of web01:1:"));
    CHECK(said("<b/>").starts_with("metadata of web01:1:"));
}

}  // namespace own_section_test
