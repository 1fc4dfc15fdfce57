#include "daemon/plan/rules/bridge_netfilter.hpp"

#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace bridge_netfilter_test {

using namespace kvmtune::plan;

namespace {

using Filter = NetworkPolicy::Filter;

constexpr const char *file = "etc/udev/rules.d/60-kvmtune-bridge-netfilter.rules";
constexpr const char *iptables = "net.bridge.bridge-nf-call-iptables";

DomainSituation domain_on(const std::string &network) {
    DomainSituation domain = tuned_domain();
    domain.facts.nics[0].network = network;
    return domain;
}

/// br_netfilter is loaded, and does its work.
Situation filtering_host(const std::vector<DomainSituation> &domains) {
    Situation situation = host_with(domains);
    situation.host.modules.insert("br_netfilter");
    for (const std::string sysctl : bridge_netfilter_sysctls) situation.host.sysctls[sysctl] = "1";
    return situation;
}

void set_policy(Situation &situation, const std::string &network, Filter filter) {
    situation.policy.networks[network].bridge_netfilter = filter;
}

}  // namespace

TEST_CASE("a loaded bridge netfilter that nothing needs is switched off, now and whenever it comes") {
    const Proposal proposal = rules::bridge_netfilter(filtering_host({domain_on("default")}));
    for (const std::string sysctl : bridge_netfilter_sysctls) {
        CHECK(value_of(proposal, TargetKind::sysctl, sysctl) == "0");
        CHECK(find(proposal, TargetKind::sysctl, sysctl)->survives_boot);
    }
    CHECK(value_of(proposal, TargetKind::file, file) ==
          "# Written by kvmtune; kvmtune rollback --all takes it back.\n"
          "ACTION==\"add\", SUBSYSTEM==\"module\", KERNEL==\"br_netfilter\", "
          "SYSCTL{net/bridge/bridge-nf-call-arptables}=\"0\", SYSCTL{net/bridge/bridge-nf-call-ip6tables}=\"0\", "
          "SYSCTL{net/bridge/bridge-nf-call-iptables}=\"0\"\n");
    CHECK(proposal.findings.empty());
}

TEST_CASE("a module that is not loaded is not loaded for it: only the files are written") {
    Situation situation = host_with({domain_on("default")});
    situation.host.loadable.insert("br_netfilter");
    const Proposal proposal = rules::bridge_netfilter(situation);
    REQUIRE(proposal.wishes.size() == 1);
    CHECK(proposal.wishes[0].target.name == file);
    const std::string settings =
        value_of(rules::host_sysctls(situation), TargetKind::file, "etc/sysctl.d/60-kvmtune.conf");
    CHECK(settings.find("\n-net.bridge.bridge-nf-call-iptables = 0\n") != std::string::npos);
    CHECK(value_of(rules::modules(situation), TargetKind::module, "br_netfilter") == "no wish");
}

TEST_CASE("the sysctl.d file has its lines even where nothing else is to be set") {
    Situation situation = host_with({domain_on("default")});
    situation.host.loadable.insert("br_netfilter");
    for (auto &[sysctl, value] : recipe_for_host(0)) situation.host.sysctls[sysctl] = value;
    CHECK(value_of(rules::host_sysctls(situation), TargetKind::file, "etc/sysctl.d/60-kvmtune.conf") ==
          "# Written by kvmtune; kvmtune rollback --all takes it back.\n"
          "-net.bridge.bridge-nf-call-arptables = 0\n"
          "-net.bridge.bridge-nf-call-ip6tables = 0\n"
          "-net.bridge.bridge-nf-call-iptables = 0\n");
}

TEST_CASE("a kernel without bridge netfilter needs nothing") {
    CHECK(rules::bridge_netfilter(host_with({domain_on("default")})) == Proposal{});
}

TEST_CASE("nothing is written where the policy does not persist") {
    Situation situation = filtering_host({domain_on("default")});
    situation.policy.host.persist = false;
    const Proposal proposal = rules::bridge_netfilter(situation);
    CHECK(proposal.wishes.size() == 3);
    CHECK_FALSE(find(proposal, TargetKind::sysctl, iptables)->survives_boot);
}

TEST_CASE("whoever needs it is named, and it stays") {
    Situation situation = filtering_host({domain_on("default"), domain_named("guarded")});
    situation.domains[1].facts.nics[0].filtered = true;
    situation.host.bridge_filter_users = {"Docker", "Kubernetes"};
    situation.host.sysctl_lines = {{"etc/sysctl.d/99-k8s.conf", 3, iptables, "1"}};
    const Proposal proposal = rules::bridge_netfilter(situation);
    CHECK(proposal.wishes.empty());
    REQUIRE(proposal.findings.size() == 1);
    CHECK(proposal.findings[0].about == std::string("sysctl:") + iptables);
    CHECK(proposal.findings[0].what ==
          "bridge netfilter stays as it is: Docker, Kubernetes, the nwfilter rules of guarded, "
          "etc/sysctl.d/99-k8s.conf:3 may need it");
    CHECK(bridge_netfilter_at_boot(situation).empty());
}

TEST_CASE("one that needs it is enough, and one that switched it off before us needs nothing") {
    Situation situation = filtering_host({domain_on("default")});
    situation.host.sysctl_lines = {{"etc/sysctl.d/99-admin.conf", 3, iptables, "0"}};
    CHECK(rules::bridge_netfilter(situation).wishes.size() == 4);
    situation.host.bridge_filter_users = {"Docker"};
    CHECK(rules::bridge_netfilter(situation).wishes.empty());
}

TEST_CASE("bridge_netfilter = off goes before who needs it, and says so") {
    Situation situation = filtering_host({domain_on("default")});
    situation.host.bridge_filter_users = {"Docker"};
    set_policy(situation, "default", Filter::off);
    const Proposal proposal = rules::bridge_netfilter(situation);
    CHECK(value_of(proposal, TargetKind::sysctl, iptables) == "0");
    REQUIRE(proposal.findings.size() == 1);
    CHECK(proposal.findings[0].what == "switched off as the policy says, though Docker may need it");
}

TEST_CASE("bridge_netfilter = keep of any network in use leaves it") {
    DomainSituation other = tuned_domain("db01");
    other.facts.nics[0].type = "bridge";
    other.facts.nics[0].bridge = "br0";
    Situation situation = filtering_host({domain_on("default"), other});
    set_policy(situation, "default", Filter::off);
    set_policy(situation, "br0", Filter::keep);
    CHECK(rules::bridge_netfilter(situation) == Proposal{});
    set_policy(situation, "br0", Filter::automatic);
    CHECK(rules::bridge_netfilter(situation).wishes.size() == 4);
}

TEST_CASE("a section is found by the network whose bridge a NIC names") {
    DomainSituation domain = tuned_domain();
    domain.facts.nics[0].type = "bridge";
    domain.facts.nics[0].bridge = "virbr0";
    Situation situation = filtering_host({domain});
    situation.host.networks = {{"default", "", "virbr0", "nat", {}, true, true}};
    set_policy(situation, "default", Filter::keep);
    CHECK(rules::bridge_netfilter(situation) == Proposal{});
}

TEST_CASE("only domains in scope with a NIC on a bridge are a reason for it") {
    DomainSituation user = tuned_domain("user");
    user.facts.nics[0].type = "user";
    DomainSituation macvtap = tuned_domain("macvtap");
    macvtap.facts.nics[0].network = "lan";
    Situation situation = filtering_host({domain_named("other"), user, macvtap});
    situation.host.networks = {{"lan", "", "", "bridge", {}, true, true}};
    CHECK(rules::bridge_netfilter(situation) == Proposal{});
}

TEST_CASE("a profile of none, of host or domain, leaves it, unless the policy names it") {
    DomainSituation quiet = domain_on("default");
    quiet.policy->profile = Profile::none;
    CHECK(rules::bridge_netfilter(filtering_host({quiet})) == Proposal{});
    Situation situation = filtering_host({domain_on("default")});
    situation.policy.host.profile = Profile::none;
    CHECK(rules::bridge_netfilter(situation) == Proposal{});
    set_policy(situation, "default", Filter::off);
    CHECK(rules::bridge_netfilter(situation).wishes.size() == 4);
}

TEST_CASE("a sysctl that the policy names by itself is not set twice") {
    Situation situation = filtering_host({domain_on("default")});
    situation.policy.host.sysctls = {{iptables, "1"}};
    const Proposal proposal = rules::bridge_netfilter(situation);
    CHECK(find(proposal, TargetKind::sysctl, iptables) == nullptr);
    CHECK(value_of(proposal, TargetKind::file, file).find("call-iptables") == std::string::npos);
    CHECK(value_of(proposal, TargetKind::sysctl, "net.bridge.bridge-nf-call-ip6tables") == "0");
}

}  // namespace bridge_netfilter_test
