#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace guest_sysctls_test {

using namespace kvmtune::plan;

namespace {

Proposal proposal_for(const DomainSituation &domain) {
    return rules::guest_sysctls(host_with({domain}));
}

std::string sysctl_of(const DomainSituation &domain, const std::string &name) {
    return value_of(proposal_for(domain), TargetKind::knob, "sysctl/" + name);
}

}  // namespace

TEST_CASE("a guest's buffers are raised to the profile's values") {
    DomainSituation domain = tuned_domain();
    domain.guest = guest_with({{"net.core.rmem_max", "212992"}, {"net.ipv4.tcp_rmem", "4096 131072 6291456"}});
    CHECK(sysctl_of(domain, "net.core.rmem_max") == "16777216");
    CHECK(sysctl_of(domain, "net.ipv4.tcp_rmem") == "4096 1048576 16777216");
    CHECK(proposal_for(domain).wishes.size() == 2);
}

TEST_CASE("a guest's buffer says what it follows from, running or not") {
    DomainSituation domain = tuned_domain();
    domain.facts.memory = gib / 2;
    const std::string name = "sysctl/net.core.rmem_max";
    const std::string terms =
        ": the smaller of the recipe's 16 MiB and a 64th of the guest's 512 MiB, at least 1 MiB (test.toml:7)";
    CHECK(find(proposal_for(domain), TargetKind::knob, name)->because == "guest sysctl: profile network" + terms);
    domain.guest = guest_with({{"net.core.rmem_max", "212992"}});
    CHECK(find(proposal_for(domain), TargetKind::knob, name)->because ==
          "guest sysctl: profile network raises it from 212992" + terms);
}

TEST_CASE("a guest's value that is larger already is left") {
    DomainSituation domain = tuned_domain();
    domain.guest = guest_with({{"net.core.rmem_max", "33554432"}});
    CHECK(proposal_for(domain) == Proposal{});
}

TEST_CASE("the policy's values are wished for as they stand") {
    DomainSituation domain = tuned_domain();
    domain.policy->guest_sysctls = {{"net.core.rmem_max", "131072"}};
    domain.guest = guest_with({{"net.core.rmem_max", "33554432"}});
    CHECK(sysctl_of(domain, "net.core.rmem_max") == "131072");
}

TEST_CASE("what the agent does not offer is left out, and a finding if the policy names it") {
    DomainSituation domain = tuned_domain();
    domain.policy->guest_sysctls = {{"net.core.busy_poll", "50"}};
    domain.guest = guest_with({});
    const Proposal proposal = proposal_for(domain);
    CHECK(proposal.wishes.empty());
    REQUIRE(proposal.findings.size() == 1);
    CHECK(proposal.findings[0].about == "web01");
    CHECK(proposal.findings[0].what.find("net.core.busy_poll") != std::string::npos);
}

TEST_CASE("without an agent the values are wished for all the same, running or not") {
    DomainSituation domain = tuned_domain();
    domain.policy->guest_sysctls = {{"net.core.busy_poll", "50"}};
    const Proposal off = proposal_for(domain);
    CHECK(value_of(off, TargetKind::knob, "sysctl/net.core.busy_poll") == "50");
    CHECK(value_of(off, TargetKind::knob, "sysctl/net.core.rmem_default") == "1048576");
    domain.running = true;
    CHECK(proposal_for(domain) == off);
}

TEST_CASE("a small guest keeps the kernel's defaults of sockets") {
    DomainSituation domain = tuned_domain();
    domain.facts.memory = gib / 2;
    CHECK(sysctl_of(domain, "net.core.rmem_default") == "no wish");
    CHECK(sysctl_of(domain, "net.ipv4.tcp_rmem") == "4096 131072 8388608");
}

TEST_CASE("a guest that starts with a part of its memory gets what fits that part") {
    DomainSituation domain = tuned_domain();
    domain.facts.memory_at_start = gib / 2;
    CHECK(sysctl_of(domain, "net.core.rmem_max") == "8388608");
    domain.facts.memory_at_start = 2 * domain.facts.memory;
    CHECK(sysctl_of(domain, "net.core.rmem_max") == "16777216");
}

TEST_CASE("a guest with 8 GiB that offers every sysctl gets all of the recipe") {
    DomainSituation domain = tuned_domain();
    std::map<std::string, std::string> kernel = {{"net.core.rmem_max", "212992"},
                                                 {"net.core.wmem_max", "212992"},
                                                 {"net.core.rmem_default", "212992"},
                                                 {"net.core.wmem_default", "212992"},
                                                 {"net.core.netdev_max_backlog", "1000"},
                                                 {"net.core.somaxconn", "4096"},
                                                 {"net.ipv4.tcp_rmem", "4096 131072 6291456"},
                                                 {"net.ipv4.tcp_wmem", "4096 16384 4194304"},
                                                 {"net.ipv4.tcp_mtu_probing", "0"},
                                                 {"net.ipv4.tcp_window_scaling", "1"}};
    domain.guest = guest_with(kernel);
    std::map<std::string, std::string> wished;
    for (const Wish &wish : proposal_for(domain).wishes) wished[wish.target.name] = wish.value;
    CHECK(wished == std::map<std::string, std::string>{{"sysctl/net.core.rmem_max", "16777216"},
                                                       {"sysctl/net.core.wmem_max", "16777216"},
                                                       {"sysctl/net.core.rmem_default", "1048576"},
                                                       {"sysctl/net.core.wmem_default", "1048576"},
                                                       {"sysctl/net.core.netdev_max_backlog", "5000"},
                                                       {"sysctl/net.core.somaxconn", "65535"},
                                                       {"sysctl/net.ipv4.tcp_rmem", "4096 1048576 16777216"},
                                                       {"sysctl/net.ipv4.tcp_wmem", "4096 1048576 16777216"},
                                                       {"sysctl/net.ipv4.tcp_mtu_probing", "1"}});
}

TEST_CASE("profile none wishes only for what the section names, out of scope for nothing") {
    DomainSituation domain = tuned_domain();
    domain.policy->profile = Profile::none;
    CHECK(proposal_for(domain) == Proposal{});
    domain.policy->guest_sysctls = {{"net.core.somaxconn", "1024"}};
    CHECK(proposal_for(domain).wishes.size() == 1);
    CHECK(proposal_for(domain_named("other")) == Proposal{});
}

}  // namespace guest_sysctls_test
