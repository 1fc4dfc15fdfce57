#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace agent_channel_test {

using namespace kvmtune::plan;

namespace {

constexpr const char *channel = "channel/org.kvmtune.agent.0";

const Wish *wish_for(const DomainSituation &domain, Proposal &proposal) {
    proposal = rules::agent_channel(host_with({domain}));
    return find(proposal, TargetKind::element, channel);
}

}  // namespace

TEST_CASE("a definition in scope gets the agent's channel at its next start") {
    Proposal proposal;
    const Wish *const wish = wish_for(tuned_domain(), proposal);
    REQUIRE(wish != nullptr);
    CHECK(wish->value == "virtio");
    CHECK(wish->target.owner == "uuid of web01");
    CHECK(wish->disruption == Disruption::next_boot);
}

TEST_CASE("no channel for a domain out of scope, a transient one, or profile none") {
    Proposal proposal;
    CHECK(wish_for(domain_named("other"), proposal) == nullptr);
    DomainSituation domain = tuned_domain();
    domain.persistent = false;
    CHECK(wish_for(domain, proposal) == nullptr);
    domain = tuned_domain();
    domain.policy->profile = Profile::none;
    CHECK(wish_for(domain, proposal) == nullptr);
}

TEST_CASE("profile none with sysctls for the guest needs the channel") {
    Proposal proposal;
    DomainSituation domain = tuned_domain();
    domain.policy->profile = Profile::none;
    domain.policy->guest_sysctls = {{"net.core.somaxconn", "1024"}};
    CHECK(wish_for(domain, proposal) != nullptr);
}

}  // namespace agent_channel_test
