#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace host_sysctls_test {

using namespace kvmtune::plan;

namespace {

constexpr const char *file = "etc/sysctl.d/60-kvmtune.conf";

}  // namespace

TEST_CASE("the host's buffers and backlogs are raised to the profile's values and persisted") {
    const Proposal proposal = rules::host_sysctls(host_with({tuned_domain()}));
    CHECK(value_of(proposal, TargetKind::sysctl, "net.core.rmem_max") == "16777216");
    CHECK(value_of(proposal, TargetKind::sysctl, "net.core.wmem_max") == "16777216");
    CHECK(value_of(proposal, TargetKind::sysctl, "net.core.netdev_max_backlog") == "5000");
    CHECK(value_of(proposal, TargetKind::sysctl, "net.core.somaxconn") == "65535");
    CHECK(value_of(proposal, TargetKind::file, file) ==
          "# Written by kvmtune; kvmtune rollback --all takes it back.\n"
          "net.core.netdev_max_backlog = 5000\n"
          "net.core.rmem_default = 1048576\n"
          "net.core.rmem_max = 16777216\n"
          "net.core.somaxconn = 65535\n"
          "net.core.wmem_default = 1048576\n"
          "net.core.wmem_max = 16777216\n"
          "net.ipv4.tcp_mtu_probing = 1\n"
          "net.ipv4.tcp_rmem = 4096 1048576 16777216\n"
          "net.ipv4.tcp_wmem = 4096 1048576 16777216\n");
    CHECK(find(proposal, TargetKind::sysctl, "net.ipv4.tcp_window_scaling") == nullptr);
    CHECK(proposal.findings.empty());
}

TEST_CASE("a buffer says what it follows from, what is none does not") {
    Situation situation = host_with({tuned_domain()});
    situation.host.memory = 4 * gib;
    const Proposal proposal = rules::host_sysctls(situation);
    CHECK(
        find(proposal, TargetKind::sysctl, "net.core.rmem_max")->because ==
        "sysctl: profile network raises it from 212992: the smaller of the recipe's 16 MiB and a 512th of this host's "
        "4 GiB");
    CHECK(find(proposal, TargetKind::sysctl, "net.core.somaxconn")->because ==
          "sysctl: profile network raises it from 4096");
}

TEST_CASE("a value that is larger already is left, and not in the file") {
    Situation situation = host_with({tuned_domain()});
    situation.host.sysctls["net.core.rmem_max"] = "33554432";
    const Proposal proposal = rules::host_sysctls(situation);
    CHECK(find(proposal, TargetKind::sysctl, "net.core.rmem_max") == nullptr);
    CHECK(value_of(proposal, TargetKind::file, file).find("rmem_max") == std::string::npos);
}

TEST_CASE("the policy's values go before the profile's and may lower") {
    Situation situation = host_with({tuned_domain()});
    situation.policy.host.sysctls = {{"net.core.rmem_max", "131072"}, {"vm.swappiness", "10"}};
    situation.policy.sources["host.sysctl.net.core.rmem_max"] = "test.toml:3";
    const Proposal proposal = rules::host_sysctls(situation);
    CHECK(value_of(proposal, TargetKind::sysctl, "net.core.rmem_max") == "131072");
    CHECK(find(proposal, TargetKind::sysctl, "net.core.rmem_max")->because.find("test.toml:3") != std::string::npos);
    CHECK(value_of(proposal, TargetKind::sysctl, "vm.swappiness") == "10");
    CHECK(value_of(proposal, TargetKind::file, file).find("net.core.rmem_max = 131072\n") != std::string::npos);
}

TEST_CASE("nothing is wished for a host without a domain in scope or a word of the policy's") {
    CHECK(rules::host_sysctls(host_with({domain_named("other")})) == Proposal{});
}

TEST_CASE("profile none of the host wishes only for what the policy names") {
    Situation situation = host_with({tuned_domain()});
    situation.policy.host.profile = Profile::none;
    CHECK(rules::host_sysctls(situation) == Proposal{});
    situation.policy.host.sysctls = {{"net.core.somaxconn", "1024"}};
    situation.policy.host.persist = false;
    const Proposal proposal = rules::host_sysctls(situation);
    REQUIRE(proposal.wishes.size() == 1);
    CHECK(value_of(proposal, TargetKind::sysctl, "net.core.somaxconn") == "1024");
}

TEST_CASE("what is persisted outlives the boot, the rest does not") {
    Situation situation = host_with({tuned_domain()});
    Proposal proposal = rules::host_sysctls(situation);
    CHECK(find(proposal, TargetKind::sysctl, "net.core.rmem_max")->survives_boot);
    situation.policy.host.persist = false;
    proposal = rules::host_sysctls(situation);
    CHECK_FALSE(find(proposal, TargetKind::sysctl, "net.core.rmem_max")->survives_boot);
    CHECK(find(proposal, TargetKind::file, file) == nullptr);
}

TEST_CASE("a sysctl that the kernel does not have is a finding") {
    Situation situation = host_with({tuned_domain()});
    situation.host.sysctls.erase("net.core.somaxconn");
    const Proposal proposal = rules::host_sysctls(situation);
    CHECK(find(proposal, TargetKind::sysctl, "net.core.somaxconn") == nullptr);
    REQUIRE(proposal.findings.size() == 1);
    CHECK(proposal.findings[0].about == "sysctl:net.core.somaxconn");
}

TEST_CASE("what the host's memory keeps below the recipe is said") {
    Situation situation = host_with({tuned_domain()});
    situation.host.memory = 32 * gib;
    const Proposal proposal = rules::host_sysctls(situation);
    CHECK(value_of(proposal, TargetKind::sysctl, "net.core.rmem_default") == "425984");
    CHECK(value_of(proposal, TargetKind::sysctl, "net.core.rmem_max") == "16777216");
    REQUIRE(proposal.findings.size() == 2);
    CHECK(proposal.findings[0].about == "sysctl:net.core.rmem_default");
    CHECK(proposal.findings[0].what ==
          "not raised beyond 425984, though the recipe says 1048576: 10000 sockets that are full would take more than "
          "an eighth of this host's 32.0 GiB");
    CHECK(proposal.findings[1].about == "sysctl:net.core.wmem_default");
}

TEST_CASE("on a host with little memory a default that is there already is never lowered") {
    Situation situation = host_with({tuned_domain()});
    situation.host.memory = 4 * gib;
    const Proposal proposal = rules::host_sysctls(situation);
    CHECK(find(proposal, TargetKind::sysctl, "net.core.rmem_default") == nullptr);
    CHECK(proposal.findings[0].what.starts_with("not raised beyond 212992, "));
}

TEST_CASE("a line of a file that is later in order, with another value, is named") {
    Situation situation = host_with({tuned_domain()});
    situation.host.sysctl_lines = {
        {"usr/lib/sysctl.d/10-x.conf", 1, "net.core.rmem_max", "1"},
        {"etc/sysctl.d/70-x.conf", 2, "net.core.wmem_max", "16777216"},
        {"etc/sysctl.d/70-x.conf", 3, "net.core.somaxconn", "65535"},
        {"etc/sysctl.d/99-sysctl.conf", 4, "net.core.somaxconn", "512"},
        {"etc/sysctl.d/99-sysctl.conf", 5, "net.ipv4.tcp_window_scaling", "0"},
    };
    const Proposal proposal = rules::host_sysctls(situation);
    REQUIRE(proposal.findings.size() == 1);
    CHECK(proposal.findings[0].about == "sysctl:net.core.somaxconn");
    CHECK(proposal.findings[0].what ==
          "at boot etc/sysctl.d/99-sysctl.conf:4 sets it to 512 after our etc/sysctl.d/60-kvmtune.conf, which says "
          "65535");
}

TEST_CASE("the sysctls to ask the host for are the profile's, bridge netfilter's and the policy's") {
    Policy policy;
    policy.host.sysctls = {{"vm.swappiness", "10"}};
    CHECK(asked_sysctls(policy) ==
          std::set<std::string>{"net.bridge.bridge-nf-call-arptables", "net.bridge.bridge-nf-call-ip6tables",
                                "net.bridge.bridge-nf-call-iptables", "net.core.netdev_max_backlog",
                                "net.core.rmem_default", "net.core.rmem_max", "net.core.somaxconn",
                                "net.core.wmem_default", "net.core.wmem_max", "net.ipv4.tcp_mtu_probing",
                                "net.ipv4.tcp_rmem", "net.ipv4.tcp_window_scaling", "net.ipv4.tcp_wmem",
                                "vm.nr_hugepages", "vm.swappiness"});
}

}  // namespace host_sysctls_test
