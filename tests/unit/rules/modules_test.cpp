#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace modules_test {

using namespace kvmtune::plan;

namespace {

constexpr const char *file = "etc/modules-load.d/kvmtune.conf";

}  // namespace

TEST_CASE("vhost_net is loaded and persisted for a KVM domain in scope") {
    const Proposal proposal = rules::modules(host_with({tuned_domain()}));
    CHECK(value_of(proposal, TargetKind::module, "vhost_net") == "loaded");
    CHECK(value_of(proposal, TargetKind::file, file) ==
          "# Written by kvmtune; kvmtune rollback --all takes it back.\nvhost_net\n");
    CHECK(find(proposal, TargetKind::module, "vhost_net")->because.find("web01") != std::string::npos);
}

TEST_CASE("no module is wished for where vhost serves nobody") {
    DomainSituation emulated = tuned_domain();
    emulated.facts.type = "qemu";
    DomainSituation quiet = tuned_domain("quiet");
    quiet.policy->profile = Profile::none;
    const Proposal proposal = rules::modules(host_with({domain_named("other"), emulated, quiet}));
    CHECK(proposal == Proposal{});
}

TEST_CASE("the policy's modules are loaded too, and the file has them sorted") {
    Situation situation = host_with({tuned_domain()});
    situation.policy.host.modules = {"tcp_bbr", "sch_fq", "vhost_net"};
    situation.host.loadable = {"vhost_net", "tcp_bbr", "sch_fq"};
    const Proposal proposal = rules::modules(situation);
    CHECK(value_of(proposal, TargetKind::module, "sch_fq") == "loaded");
    CHECK(value_of(proposal, TargetKind::module, "tcp_bbr") == "loaded");
    const std::string text = value_of(proposal, TargetKind::file, file);
    CHECK(text.substr(text.find('\n') + 1) == "sch_fq\ntcp_bbr\nvhost_net\n");
}

TEST_CASE("nothing is persisted where the policy says so") {
    Situation situation = host_with({tuned_domain()});
    situation.policy.host.persist = false;
    Proposal proposal = rules::modules(situation);
    CHECK(value_of(proposal, TargetKind::module, "vhost_net") == "loaded");
    CHECK(find(proposal, TargetKind::file, file) == nullptr);
    CHECK_FALSE(find(proposal, TargetKind::module, "vhost_net")->survives_boot);
    situation.policy.host.persist = true;
    proposal = rules::modules(situation);
    CHECK(find(proposal, TargetKind::module, "vhost_net")->survives_boot);
}

TEST_CASE("a module that is neither loaded nor loadable is a finding and in no file") {
    Situation situation = host_with({tuned_domain()});
    situation.host.loadable.clear();
    const Proposal proposal = rules::modules(situation);
    CHECK(proposal.wishes.empty());
    REQUIRE(proposal.findings.size() == 1);
    CHECK(proposal.findings[0].about == "module:vhost_net");
}

TEST_CASE("a module that is built in or loaded needs no file of its own to be wished for") {
    Situation situation = host_with({tuned_domain()});
    situation.host.loadable.clear();
    situation.host.modules = {"vhost_net"};
    CHECK(value_of(rules::modules(situation), TargetKind::module, "vhost_net") == "loaded");
}

TEST_CASE("a host with profile none gets only the modules that the policy names") {
    Situation situation = host_with({tuned_domain()});
    situation.policy.host.profile = Profile::none;
    situation.policy.host.modules = {"sch_fq"};
    situation.host.loadable.insert("sch_fq");
    const Proposal proposal = rules::modules(situation);
    CHECK(find(proposal, TargetKind::module, "vhost_net") == nullptr);
    CHECK(value_of(proposal, TargetKind::module, "sch_fq") == "loaded");
}

TEST_CASE("the modules to ask the host for are those of the profile and the policy's") {
    Policy policy;
    policy.host.modules = {"sch_fq"};
    CHECK(asked_modules(policy) == std::set<std::string>{"br_netfilter", "sch_fq", "vhost_net"});
}

}  // namespace modules_test
