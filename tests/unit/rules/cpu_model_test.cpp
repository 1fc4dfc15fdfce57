#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace cpu_model_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

constexpr auto element = TargetKind::element;

/// What the rule says of the only domain of a host.
Proposal proposal_for(const DomainSituation &domain, const std::string &vendor = "GenuineIntel",
                      const Shape &shape = {}) {
    Situation situation = host_with({domain});
    situation.host.topology = host_of(shape);
    situation.host.cpu_vendor = vendor;
    return placed(rules::cpu_model, situation);
}

DomainSituation domain_with(const CpuModelFacts &cpu) {
    DomainSituation domain = tuned_domain();
    domain.facts.cpu = cpu;
    return domain;
}

CpuModelFacts mode(const std::string &name, const std::string &model = "") {
    CpuModelFacts cpu;
    cpu.mode = name;
    cpu.model = model;
    return cpu;
}

CpuModelFacts with_topology(CpuModelFacts cpu, unsigned sockets, unsigned cores, unsigned threads) {
    cpu.topology = CpuTopology{sockets, 1, 1, cores, threads};
    return cpu;
}

CpuModelFacts with_cells(const std::vector<CpuSet> &cells) {
    CpuModelFacts cpu;
    for (const CpuSet &vcpus : cells) cpu.cells.push_back({static_cast<unsigned>(cpu.cells.size()), vcpus, gib});
    return cpu;
}

Disruption class_of(const Proposal &proposal, const std::string &name) {
    const Wish *const wish = find(proposal, element, name);
    REQUIRE(wish != nullptr);
    return wish->disruption;
}

std::string finding_in(const Proposal &proposal) {
    return proposal.findings.empty() ? "none" : proposal.findings[0].what;
}

void check_untouched(const DomainSituation &domain) {
    CHECK(proposal_for(domain).wishes.empty());
}

}  // namespace

TEST_CASE("a guest that names no CPU model gets the host's, which binds it to hosts like this") {
    const Proposal proposal = proposal_for(tuned_domain());
    CHECK(value_of(proposal, element, "cpu/mode") == "host-passthrough");
    CHECK(value_of(proposal, element, "cpu/check") == "none");
    CHECK(value_of(proposal, element, "cpu/migratable") == "on");
    for (const Wish &wish : proposal.wishes) {
        CHECK(wish.disruption == Disruption::binding);
        CHECK(wish.because.find("test.toml:7") != std::string::npos);
    }
    CHECK(proposal.findings.empty());
}

TEST_CASE("a <cpu> with nothing but cells or a topology names no model") {
    CHECK(class_of(proposal_for(domain_with(with_cells({{0, 1, 2, 3}}))), "cpu/mode") == Disruption::binding);
    CHECK(class_of(proposal_for(domain_with(with_topology({}, 1, 2, 2))), "cpu/mode") == Disruption::binding);
}

TEST_CASE("the model that libvirt writes where nobody named one is nobody's choice") {
    auto cpu = mode("custom", "qemu64");
    cpu.match = "exact";
    const Proposal proposal = proposal_for(domain_with(cpu));
    REQUIRE(find(proposal, element, "cpu/mode") != nullptr);
    CHECK(find(proposal, element, "cpu/mode")->disruption == Disruption::binding);

    cpu.features["vmx"] = "require";
    CHECK(find(proposal_for(domain_with(cpu)), element, "cpu/mode")->disruption == Disruption::guest_abi);
}

TEST_CASE("threads that a guest was shown stay, wherever it sits") {
    auto domain = tuned_domain();
    domain.present.threads = 1;
    CHECK(value_of(proposal_for(domain), element, "cpu/topology") == "sockets=1 dies=1 cores=4 threads=1");
    domain.present.threads = 2;
    CHECK(value_of(proposal_for(domain), element, "cpu/topology") == "sockets=1 dies=1 cores=2 threads=2");
}

TEST_CASE("a guest's own model changes by consent only, and alone stands for what is held back with it") {
    for (const CpuModelFacts &own : {mode("custom", "qemu64"), mode("host-model"), mode("maximum")}) {
        const Proposal proposal = proposal_for(domain_with(own));
        CHECK(class_of(proposal, "cpu/mode") == Disruption::guest_abi);
        CHECK(class_of(proposal, "cpu/topology") == Disruption::guest_abi);
        CHECK(proposal.wishes.size() == 2);
        DomainSituation consenting = domain_with(own);
        consenting.policy->allow = {Disruption::guest_abi};
        CHECK(class_of(proposal_for(consenting), "cpu/check") == Disruption::guest_abi);
        CHECK(class_of(proposal_for(consenting), "cpu/migratable") == Disruption::guest_abi);
    }
}

TEST_CASE("a model without a mode is the guest's own") {
    CpuModelFacts cpu;
    cpu.model = "EPYC";
    CHECK(class_of(proposal_for(domain_with(cpu)), "cpu/mode") == Disruption::guest_abi);
}

TEST_CASE("host-passthrough of the user's keeps its check and migratable, and gets a topology") {
    const Proposal proposal = proposal_for(domain_with(mode("host-passthrough")));
    CHECK(proposal.wishes.size() == 1);
    CHECK(class_of(proposal, "cpu/topology") == Disruption::binding);
}

TEST_CASE("vCPU pairs on the threads of a core are threads of a core in the guest") {
    CHECK(value_of(proposal_for(tuned_domain()), element, "cpu/topology") == "sockets=1 dies=1 cores=2 threads=2");
}

TEST_CASE("vCPUs that are no pairs of threads are cores") {
    const std::string four_cores = "sockets=1 dies=1 cores=4 threads=1";
    const Shape one_thread{2, 8, 1, 64 * gib};
    CHECK(value_of(proposal_for(tuned_domain(), "", one_thread), element, "cpu/topology") == four_cores);

    DomainSituation odd = tuned_domain();
    odd.facts.vcpus = 3;
    CHECK(value_of(proposal_for(odd), element, "cpu/topology") == "sockets=1 dies=1 cores=3 threads=1");

    DomainSituation unpinned = tuned_domain();
    unpinned.policy->cpus = CpuPolicy::off;
    CHECK(value_of(proposal_for(unpinned), element, "cpu/topology") == four_cores);

    DomainSituation crossed = tuned_domain();
    crossed.facts.vcpupins = {{0, {2}}, {1, {4}}, {2, {3}}, {3, {5}}};
    CHECK(value_of(proposal_for(crossed), element, "cpu/topology") == four_cores);
}

TEST_CASE("the user's pins on pairs of threads count as much as ours") {
    DomainSituation domain = tuned_domain();
    domain.facts.vcpupins = {{0, {4}}, {1, {5}}, {2, {2}}, {3, {3}}};
    CHECK(value_of(proposal_for(domain), element, "cpu/topology") == "sockets=1 dies=1 cores=2 threads=2");
    domain.facts.vcpupins[3] = {3, 6};
    CHECK(value_of(proposal_for(domain), element, "cpu/topology") == "sockets=1 dies=1 cores=4 threads=1");
    domain.facts.vcpupins = {{0, {4}}, {1, {4}}, {2, {5}}, {3, {5}}};
    const Shape one_thread{2, 8, 1, 64 * gib};
    CHECK(value_of(proposal_for(domain, "", one_thread), element, "cpu/topology") ==
          "sockets=1 dies=1 cores=4 threads=1");
}

TEST_CASE("a domain that does not fit gets no threads, and one vCPU needs no topology") {
    DomainSituation large = tuned_domain();
    large.facts.vcpus = 13;
    CHECK(value_of(proposal_for(large), element, "cpu/topology") == "sockets=1 dies=1 cores=13 threads=1");
    DomainSituation small = tuned_domain();
    small.facts.vcpus = 1;
    CHECK(value_of(proposal_for(small), element, "cpu/topology") == "no wish");
    CHECK(value_of(proposal_for(small), element, "cpu/mode") == "host-passthrough");
}

TEST_CASE("the user's topology stays, with a finding, unless the section names topology") {
    DomainSituation domain = domain_with(with_topology({}, 4, 1, 1));
    const Proposal proposal = proposal_for(domain);
    CHECK(value_of(proposal, element, "cpu/topology") == "no wish");
    CHECK(finding_in(proposal) ==
          "its CPU topology stays: the user wrote it, and the policy section names no topology");
    domain.policy->named = {"topology"};
    CHECK(value_of(proposal_for(domain), element, "cpu/topology") == "sockets=1 dies=1 cores=2 threads=2");
    CHECK(class_of(proposal_for(domain), "cpu/topology") == Disruption::guest_abi);
}

TEST_CASE("a topology that is right already is neither wished for nor a finding") {
    const Proposal proposal = proposal_for(domain_with(with_topology({}, 1, 2, 2)));
    CHECK(value_of(proposal, element, "cpu/topology") == "no wish");
    CHECK(finding_in(proposal) == "none");
}

TEST_CASE("a guest whose vCPUs come and go keeps its topology, not its model") {
    DomainSituation domain = tuned_domain();
    domain.facts.vcpus_at_start = 2;
    CHECK(value_of(proposal_for(domain), element, "cpu/topology") == "no wish");
    CHECK(value_of(proposal_for(domain), element, "cpu/mode") == "host-passthrough");
    CHECK(finding_in(proposal_for(domain)) == "its CPU topology stays: it starts with 2 of 4 vCPUs");
    domain = tuned_domain();
    domain.facts.individual_vcpus = true;
    CHECK(value_of(proposal_for(domain), element, "cpu/topology") == "no wish");
    CHECK(finding_in(proposal_for(domain)).find("one by one") != std::string::npos);
}

TEST_CASE("NUMA cells of equal size are sockets, in any order and beside cells without CPUs") {
    const std::string two_sockets = "sockets=2 dies=1 cores=1 threads=2";
    CHECK(value_of(proposal_for(domain_with(with_cells({{0, 1}, {2, 3}}))), element, "cpu/topology") == two_sockets);
    CHECK(value_of(proposal_for(domain_with(with_cells({{2, 3}, {}, {0, 1}}))), element, "cpu/topology") ==
          two_sockets);
}

TEST_CASE("cells that do not share out the vCPUs in order keep the topology") {
    for (const auto &cells : std::vector<std::vector<CpuSet>>{{{0, 2}, {1, 3}}, {{0}, {1, 2, 3}}, {{0, 1}}}) {
        const Proposal proposal = proposal_for(domain_with(with_cells(cells)));
        CHECK(value_of(proposal, element, "cpu/topology") == "no wish");
        CHECK(finding_in(proposal).find("NUMA cells") != std::string::npos);
    }
}

TEST_CASE("threads on AMD need topoext, which the user's word on it outweighs") {
    CHECK(value_of(proposal_for(tuned_domain(), "AuthenticAMD"), element, "cpu/feature/topoext") == "require");
    CHECK(value_of(proposal_for(tuned_domain()), element, "cpu/feature/topoext") == "no wish");
    CHECK(value_of(proposal_for(tuned_domain(), ""), element, "cpu/feature/topoext") == "no wish");

    const Shape one_thread{2, 8, 1, 64 * gib};
    CHECK(value_of(proposal_for(tuned_domain(), "AuthenticAMD", one_thread), element, "cpu/feature/topoext") ==
          "no wish");

    CpuModelFacts hidden;
    hidden.features["topoext"] = "optional";
    CHECK(value_of(proposal_for(domain_with(hidden), "AuthenticAMD"), element, "cpu/topology") ==
          "sockets=1 dies=1 cores=2 threads=2");
    hidden.features["topoext"] = "disable";
    const Proposal proposal = proposal_for(domain_with(hidden), "AuthenticAMD");
    CHECK(value_of(proposal, element, "cpu/feature/topoext") == "no wish");
    CHECK(value_of(proposal, element, "cpu/topology") == "sockets=1 dies=1 cores=4 threads=1");
}

TEST_CASE("topoext comes with what is ours only") {
    const auto topoext = [](const DomainSituation &domain) {
        return value_of(proposal_for(domain, "AuthenticAMD"), element, "cpu/feature/topoext");
    };
    CHECK(topoext(domain_with(with_topology({}, 1, 2, 2))) == "require");
    CHECK(topoext(domain_with(with_topology(mode("host-passthrough"), 1, 2, 2))) == "no wish");
    CHECK(topoext(domain_with(mode("host-passthrough"))) == "require");
    CHECK(topoext(domain_with(mode("custom", "EPYC"))) == "no wish");

    DomainSituation held_back = domain_with(with_topology(mode("host-passthrough"), 4, 1, 1));
    held_back.policy->named = {"topology"};
    CHECK(topoext(held_back) == "no wish");
    held_back.policy->allow = {Disruption::guest_abi};
    CHECK(topoext(held_back) == "require");

    DomainSituation of_topology_only = tuned_domain();
    of_topology_only.policy->cpu_passthrough = false;
    CHECK(topoext(of_topology_only) == "no wish");
}

TEST_CASE("no CPU model without KVM, with protected memory or with arguments of its own") {
    DomainSituation domain = tuned_domain();
    domain.facts.type = "qemu";
    check_untouched(domain);
    domain = tuned_domain();
    domain.facts.protection = "sev";
    check_untouched(domain);
    domain = tuned_domain();
    domain.facts.own_cpu_argument = true;
    check_untouched(domain);
    domain = tuned_domain();
    domain.facts.arch = "aarch64";
    check_untouched(domain);
    domain = tuned_domain();
    domain.persistent = false;
    check_untouched(domain);
}

TEST_CASE("the section may keep the model, the topology, or both") {
    DomainSituation domain = tuned_domain();
    domain.policy->cpu_passthrough = false;
    CHECK(proposal_for(domain).wishes.size() == 1);
    domain.policy->cpu_topology = false;
    check_untouched(domain);
    domain.policy = DomainPolicy{};
    domain.policy->profile = Profile::none;
    check_untouched(domain);
    domain.policy->named = {"cpu"};
    CHECK(proposal_for(domain).wishes.size() == 3);
}

TEST_CASE("a domain that is to stay migratable keeps model and topology, and says so once each") {
    DomainSituation domain = tuned_domain();
    domain.policy->migratable = true;
    const Desired all = desired(host_with({domain}));
    CHECK(all.wishes.count({element, "uuid of web01", "cpu/mode"}) == 0);
    CHECK(all.wishes.count({element, "uuid of web01", "cpu/topology"}) == 0);
    CHECK(std::count_if(all.findings.begin(), all.findings.end(),
                        [](const Finding &finding) { return finding.what.find("held back: cpu/") == 0; }) == 2);
}

}  // namespace cpu_model_test
