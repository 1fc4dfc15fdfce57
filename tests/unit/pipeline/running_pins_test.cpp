#include "daemon/pipeline/running_pins.hpp"

#include <doctest/doctest.h>

#include "daemon/domain/facts.hpp"
#include "daemon/domain/metadata.hpp"
#include "daemon/facts/topology.hpp"
#include "tests/fakes/host_tree.hpp"

namespace running_pins_test {

namespace {

using namespace kvmtune;
using plan::Hold;
using plan::Target;
using plan::TargetKind;
using plan::ThreadPins;

constexpr const char *uuid = "00000000-0000-4000-8000-000000000001";

domain::Document live_with(const std::string &cputune) {
    return *domain::Document::parse(std::string("<domain type='kvm'>\n  <name>web01</name>\n  <uuid>") + uuid +
                                        "</uuid>\n  <memory unit='MiB'>512</memory>\n  <vcpu>2</vcpu>\n  <cputune>\n" +
                                        cputune +
                                        "  </cputune>\n  <os><type arch='x86_64' machine='q35'>hvm</type></os>\n"
                                        "</domain>\n",
                                    "web01");
}

Target element(const std::string &name) {
    return {TargetKind::element, uuid, name};
}

/// A host of 16 CPUs.
struct Bench {
    plan::HostFacts host;
    plan::Holds holds;
    plan::Seat present;

    Bench() { host.topology = facts::topology_from(fakes::HostTree::topology).value(); }
    [[nodiscard]] ThreadPins pins(const domain::Document &live) const {
        return pipeline::others_pins(live, domain::facts_of(live).value(), {holds, present}, host);
    }
};

}  // namespace

TEST_CASE("pins of which we know nothing are somebody's") {
    CHECK(Bench{}.pins(live_with("<vcpupin vcpu='0' cpuset='3'/><emulatorpin cpuset='1-2'/>")) ==
          ThreadPins{{{0, {3}}}, {}, CpuSet{1, 2}});
}

TEST_CASE("a vCPU where we have it is ours, one that somebody moved is his") {
    Bench bench;
    bench.present.vcpus = {{0, {2}}, {1, {3}}};
    CHECK(bench.pins(live_with("<vcpupin vcpu='0' cpuset='2'/><vcpupin vcpu='1' cpuset='5'/>")) ==
          ThreadPins{{{1, {5}}}, {}, {}});
}

TEST_CASE("emulator and iothreads where a hold of the definition or of this run has them are ours") {
    Bench bench;
    bench.holds[element("cputune/iothreadpin/1")] = Hold{"", std::nullopt, "0-1", "0-1", {}};
    bench.holds[{TargetKind::affinity, uuid, "emulator"}] = Hold{"boot", "0-15", "0,4", "0,4", {}};
    CHECK(bench.pins(live_with("<emulatorpin cpuset='0,4'/><iothreadpin iothread='1' cpuset='0-1'/>")) == ThreadPins{});
    CHECK(bench.pins(live_with("<emulatorpin cpuset='7'/><iothreadpin iothread='1' cpuset='6'/>")) ==
          ThreadPins{{}, {{1, {6}}}, CpuSet{7}});
}

TEST_CASE("what we gave it when it started is ours still, but for a vCPU on a CPU of its own") {
    const auto live =
        live_with("<vcpupin vcpu='0' cpuset='2'/><vcpupin vcpu='1' cpuset='4-6'/><emulatorpin cpuset='0-1'/>");
    plan::Holds given;
    given[element("cputune/vcpupin/0")] = Hold{"", std::nullopt, "2", "2", {}};
    given[element("cputune/vcpupin/1")] = Hold{"", std::nullopt, "4-6", "4-6", {}};
    given[element("cputune/emulatorpin")] = Hold{"", std::nullopt, "0-1", "0-1", {}};
    const auto started_with = domain::with_holds(live, given);
    REQUIRE(started_with.has_value());
    CHECK(Bench{}.pins(*started_with) == ThreadPins{{{0, {2}}}, {}, {}});
}

TEST_CASE("a pin on all CPUs that guests may use is none") {
    Bench bench;
    const auto live = live_with("<vcpupin vcpu='0' cpuset='2-15'/><emulatorpin cpuset='2-15'/>");
    CHECK(bench.pins(live) == ThreadPins{{{0, CpuSet::range(2, 15)}}, {}, CpuSet::range(2, 15)});
    SUBCASE("as machine.slice has fewer") {
        bench.host.guest_cpus = CpuSet::range(2, 15);
    }
    SUBCASE("as the others are isolated") {
        bench.host.isolated_cpus = CpuSet{0, 1};
    }
    CHECK(bench.pins(live) == ThreadPins{});
}

}  // namespace running_pins_test
