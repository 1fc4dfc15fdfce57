#include "daemon/plan/lost_cpus.hpp"

#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace lost_cpus_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

/// The host without these CPUs, which are offline if they are not removed altogether.
Situation host_without(const CpuSet &lost, const std::vector<DomainSituation> &domains) {
    Situation situation = host_with(domains);
    Topology &topology = situation.host.topology;
    std::erase_if(topology.cpus, [&](const Cpu &cpu) { return lost.contains(cpu.index); });
    for (Node &node : topology.nodes) node.cpus = node.cpus - lost;
    situation.host.offline_cpus = lost;
    situation.host.online_cpus = topology.all();
    return situation;
}

DomainSituation pinned(const std::map<unsigned, CpuSet> &pins, bool running = false) {
    DomainSituation domain = domain_named("web");
    domain.facts.vcpupins = pins;
    domain.running = running;
    return domain;
}

std::string said(const Situation &situation) {
    std::string text;
    for (const Finding &finding : lost_cpus(situation, placement_of(situation))) {
        CHECK(finding.about == (situation.domains.empty() ? "" : situation.domains[0].facts.name));
        text += finding.what + "\n";
    }
    return text;
}

}  // namespace

TEST_CASE("nothing is said where all CPUs of pins are online, or a pin is on all that are") {
    CHECK(said(host_with({pinned({{0, {4}}, {1, CpuSet::range(0, 15)}}, true)})).empty());
    CHECK(said(host_without({5}, {pinned({{0, {4}}, {1, CpuSet::range(0, 15)}}), domain_named("other")})).empty());
    CHECK(lost_cpus({}, {}).empty());
}

TEST_CASE("a guest that is off and pinned to a CPU that is offline will not start") {
    const std::string wanted =
        "it has vCPUs 0,2 pinned to CPU 4, which is offline: libvirt will not start it; `chcpu --enable 4` brings back "
        "what is offline, virsh vcpupin --config (or iothreadpin, emulatorpin) gives them others\n";
    CHECK(said(host_without({4}, {pinned({{0, {4}}, {1, {5}}, {2, {4}}})})) == wanted);
}

TEST_CASE("... of one that runs the kernel lets the threads run anywhere, until its next start fails") {
    const auto text = said(host_without({4, 5}, {pinned({{0, CpuSet{4, 5}}}, true)}));
    CHECK(
        text.starts_with("it has vCPU 0 pinned to CPUs 4-5, which are offline: libvirt will not start it, and the "
                         "kernel lets them run anywhere now; `chcpu --enable 4-5` "));
}

TEST_CASE("... pins of its run alone matter for that alone") {
    DomainSituation domain = pinned({{0, {3}}}, true);
    domain.running_pins = ThreadPins{{{0, {4}}}, {{1, {4}}}, CpuSet{4}};
    const auto text = said(host_without({4}, {domain}));
    CHECK(
        text.starts_with("it has vCPU 0, iothread 1, emulator pinned to CPU 4, which is offline: the kernel lets them "
                         "run anywhere; "));
    CHECK(said(host_without({3}, {domain}))
              .starts_with("it has vCPU 0 pinned to CPU 3, which is offline: libvirt will "
                           "not start it; "));
}

TEST_CASE("... both are told, each with the way to mend it") {
    DomainSituation domain = pinned({{0, {3}}}, true);
    domain.running_pins = ThreadPins{{}, {}, CpuSet{4}};
    const auto text = said(host_without({3, 4}, {domain}));
    CHECK(text.starts_with("it has vCPU 0 pinned to CPU 3, which is offline: libvirt will not start it; "));
    CHECK(text.find("others\nit has emulator pinned to CPU 4, which is offline: the kernel lets them run anywhere; ") !=
          std::string::npos);
    CHECK(text.find(" virsh vcpupin --config (") < text.find(" virsh vcpupin --live ("));
}

TEST_CASE("what cannot start again has no next start, vCPUs that are not plugged in have no thread") {
    DomainSituation transient = pinned({{0, {4}}}, true);
    transient.persistent = false;
    CHECK(said(host_without({4}, {transient})).find("will not start") == std::string::npos);
    DomainSituation half = pinned({{0, {3}}, {2, {4}}}, true);
    half.facts.vcpus_at_start = 2;
    half.running_vcpus = 2;
    CHECK(said(host_without({4}, {half})).empty());
    half.facts.individual_vcpus = true;
    CHECK(said(host_without({4}, {half})).find("libvirt will not start it; ") != std::string::npos);
}

TEST_CASE("a CPU that is online and not ours to use is none that is lost") {
    Situation situation = host_without({4}, {pinned({{0, {4}}}, true)});
    situation.host.offline_cpus = {};
    situation.host.online_cpus = CpuSet::range(0, 15);
    CHECK(said(situation).empty());
}

TEST_CASE("CPUs that are not there cannot be brought back") {
    Situation situation = host_without({4}, {pinned({{0, {99}}})});
    CHECK(said(situation) ==
          "it has vCPU 0 pinned to CPU 99, which is not online: libvirt will not start it; virsh vcpupin "
          "--config (or iothreadpin, emulatorpin) gives them others\n");
    situation.domains[0].facts.vcpupins = {{0, CpuSet{4, 99}}};
    CHECK(said(situation).starts_with("it has vCPU 0 pinned to CPUs 4,99, which are not online: "));
}

TEST_CASE("a pin that lost some of its CPUs is told, of those that can be brought back") {
    CHECK(said(host_without({4}, {pinned({{0, CpuSet{4, 5}}})}))
              .starts_with("it has vCPU 0 pinned to CPU 4 among others, which is offline: they have fewer; `chcpu "
                           "--enable 4` "));
    Situation situation = host_without({4}, {pinned({{0, CpuSet{5, 99}}})});
    CHECK(said(situation).empty());
    situation.host.possible_cpus = CpuSet::range(0, 15);
    CHECK(said(situation).starts_with("it has vCPU 0 pinned to CPU 99, which is not online: libvirt will not start "));
}

TEST_CASE("<vcpu cpuset> is a pin of all threads without another") {
    DomainSituation domain = pinned({{0, {3}}});
    domain.facts.vcpus = 2;
    domain.facts.vcpu_cpuset = CpuSet{4};
    CHECK(said(host_without({4}, {domain})).starts_with("it has vCPU 1, emulator pinned to CPU 4, which is offline: "));
}

TEST_CASE("a guest of ours gets other CPUs, and keeps the rest") {
    Situation before = host_with({tuned_domain()});
    before.domains[0].present = placement_of(before).seats.begin()->second;
    const Seat had = before.domains[0].present;
    const unsigned lost = had.vcpus.at(1).first();
    Situation situation = host_without({lost}, before.domains);
    const Seat has = placement_of(situation).seats.begin()->second;
    CHECK(said(situation) == "vCPU 1 has CPU " + std::to_string(lost) + ", which is offline: it gets CPU " +
                                 has.vcpus.at(1).text() + "\n");
    CHECK(lost_cpus(situation, {})[0].what == "vCPU 1 has CPU " + std::to_string(lost) + ", which is offline");
    CHECK(has.vcpus.at(0) == had.vcpus.at(0));
    CHECK(has.vcpus.at(1) != had.vcpus.at(1));
    situation.domains[0].present = has;
    CHECK(said(situation).empty());
}

TEST_CASE("... its own pins are told as those of others") {
    DomainSituation domain = tuned_domain();
    domain.facts.vcpupins = {{0, {4}}};
    CHECK(said(host_without({4}, {domain})).starts_with("it has vCPU 0 pinned to CPU 4, which is offline: libvirt "));
}

TEST_CASE("... but not those of threads that we place whatever the user says") {
    DomainSituation domain = tuned_domain();
    domain.facts.iothreads = {1};
    domain.facts.iothreadpins = {{1, {4}}};
    CHECK(said(host_without({4}, {domain})).starts_with("it has iothread 1 pinned to CPU 4, "));
    domain.policy->named = {"cpus"};
    CHECK(said(host_without({4}, {domain})).empty());
    domain.policy->named = {};
    domain.facts.iothreadpins = {};
    domain.facts.vcpu_cpuset = CpuSet::range(2, 7);
    CHECK(said(host_without({4}, {domain})).empty());
}

}  // namespace lost_cpus_test
