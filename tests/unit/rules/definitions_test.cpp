#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace definitions_test {

using namespace kvmtune::plan;

namespace {

std::string finding_for(const DomainSituation &domain) {
    const Proposal proposal = rules::definitions(host_with({domain}));
    CHECK(proposal.wishes.empty());
    CHECK(proposal.findings.size() <= 1);
    if (proposal.findings.empty()) return "none";
    CHECK(proposal.findings[0].about == domain.facts.name);
    return proposal.findings[0].what;
}

}  // namespace

TEST_CASE("an ordinary domain and one out of scope are no finding") {
    CHECK(finding_for(tuned_domain()) == "none");
    DomainSituation other = domain_named("other");
    other.persistent = false;
    CHECK(finding_for(other) == "none");
}

TEST_CASE("a transient domain, one against the schema and one that numad places are findings") {
    DomainSituation domain = tuned_domain();
    domain.persistent = false;
    CHECK(finding_for(domain).find("transient") != std::string::npos);
    domain = tuned_domain();
    domain.failed_schema = true;
    CHECK(finding_for(domain).find("schema") != std::string::npos);
    domain = tuned_domain();
    domain.facts.automatic_placement = true;
    CHECK(finding_for(domain).find("numad") != std::string::npos);
}

TEST_CASE("a domain that is out of reach is one finding, and nothing of it is wished for by any rule") {
    DomainSituation domain = tuned_domain();
    domain.facts.arch = "aarch64";
    domain.facts.automatic_placement = true;
    domain.running = true;
    CHECK(finding_for(domain) == "its architecture is aarch64, not x86_64: nothing of it is tuned");
    for (const auto &[target, wish] : desired(host_with({domain})).wishes) CHECK(target.owner.empty());
}

TEST_CASE("pins of the user's are a finding, unless the section names cpus or nothing is pinned anyway") {
    DomainSituation domain = tuned_domain();
    domain.facts.vcpupins = {{0, {2}}};
    domain.facts.emulatorpin = kvmtune::CpuSet{0};
    CHECK(finding_for(domain) ==
          "the pins that the user wrote stay (vcpupin, emulatorpin): the policy section names no cpus");
    domain.policy->named = {"cpus"};
    CHECK(finding_for(domain) == "none");
    domain.policy->named = {};
    domain.policy->cpus = CpuPolicy::off;
    CHECK(finding_for(domain) == "none");
}

TEST_CASE("a CPU model that stays is a finding, unless the section keeps it anyway") {
    const auto finding_about = [](void (*change)(DomainFacts &)) {
        DomainSituation domain = tuned_domain();
        change(domain.facts);
        const std::string finding = finding_for(domain);
        domain.policy->cpu_passthrough = false;
        domain.policy->cpu_topology = false;
        CHECK(finding_for(domain) == "none");
        return finding;
    };
    CHECK(finding_about([](DomainFacts &facts) { facts.type = "qemu"; }) ==
          "it runs without KVM: its CPU model and topology stay");
    CHECK(finding_about([](DomainFacts &facts) { facts.protection = "sev"; }).find("sev") != std::string::npos);
    CHECK(finding_about([](DomainFacts &facts) { facts.own_cpu_argument = true; }).find("qemu:commandline") !=
          std::string::npos);
}

}  // namespace definitions_test
