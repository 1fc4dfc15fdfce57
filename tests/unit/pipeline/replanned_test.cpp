// A guest that was tuned on one host, on another.
#include "daemon/pipeline/replanned.hpp"

#include <doctest/doctest.h>

#include <set>

#include "daemon/domain/elements.hpp"
#include "daemon/domain/facts.hpp"
#include "daemon/domain/metadata.hpp"
#include "daemon/domain/normal.hpp"
#include "daemon/facts/topology.hpp"

namespace replanned_test {

using namespace kvmtune;
using domain::Document;
using pipeline::Destination;
using pipeline::replanned;

namespace {

const std::string uuid = "00000000-0000-4000-8000-000000000001";
const std::string mac = "52:54:00:00:00:01";
const std::string large = "numa:2(memory=64GB) core:8 pu:2";
const std::string small = "numa:1(memory=16GB) core:4 pu:1";

Document user_document(const std::string &more = "") {
    return Document::parse("<domain type='kvm'>\n  <name>web01</name>\n  <uuid>" + uuid +
                               "</uuid>\n  <memory unit='GiB'>1</memory>\n  <vcpu>2</vcpu>\n" + more +
                               "  <os><type arch='x86_64' machine='q35'>hvm</type></os>\n"
                               "  <devices>\n    <interface type='network'>\n      <mac address='" +
                               mac +
                               "'/>\n      <source network='default'/>\n      <model type='virtio'/>\n"
                               "    </interface>\n  </devices>\n</domain>\n",
                           "web01")
        .value();
}

Document held_with(const Document &document, const std::vector<domain::Edit> &edits) {
    domain::Tuned block;
    for (const auto &edit : edits)
        block.holds[{plan::TargetKind::element, uuid, edit.element}] = {
            "", domain::value_of(document, edit.element).value(), *edit.value, edit.value, {}};
    for (unsigned queue = 0; queue < 4; ++queue)
        block.holds[{plan::TargetKind::element, uuid, domain::worker_element({mac, queue})}] = {"", {}, "14", "14", {}};
    return domain::with(document, edits, block).value();
}

/// As it was tuned on a host where these numbers meant something.
Document tuned(const Document &document) {
    const std::vector<domain::Edit> edits = {{"cputune/vcpupin/0", "12"},
                                             {"cputune/vcpupin/1", "13"},
                                             {"cputune/emulatorpin", "8-9,14"},
                                             {"numatune/memory/mode", "restrictive"},
                                             {"numatune/memory/nodeset", "1"},
                                             {"interface/" + mac + "/driver/name", "vhost"},
                                             {"interface/" + mac + "/driver/queues", "4"},
                                             {"interface/" + mac + "/mtu", "9000"},
                                             {"memoryBacking/hugepages", "default"}};
    return held_with(document, edits);
}

/// As it was tuned on two nodes, with a cell for each.
Document with_cells(const Document &document) {
    return held_with(document, {{"cputune/vcpupin/0", "2"},
                                {"cputune/vcpupin/1", "20"},
                                {"cputune/emulatorpin", "0-1,14,16-17"},
                                {"numatune/memory/mode", "strict"},
                                {"numatune/memory/nodeset", "0-1"},
                                {"numatune/memnode", "0 1"},
                                {"cpu/numa", "0:524288 1:524288"},
                                {"memoryBacking/hugepages", "default"}});
}

Destination host(const std::string &topology) {
    Destination destination;
    destination.host.topology = facts::topology_from(topology).value();
    return destination;
}

plan::DomainFacts facts_at(const Document &document, const Destination &destination) {
    const auto there = replanned(document, destination);
    REQUIRE_MESSAGE(there.has_value(), (there ? "" : there.error().what));
    return domain::facts_of(*there).value();
}

/// All CPUs that a document names.
CpuSet cpus_in(const Document &document) {
    const auto facts = domain::facts_of(document).value();
    CpuSet cpus = facts.emulatorpin.value_or(CpuSet{});
    for (const auto &[vcpu, pin] : facts.vcpupins) cpus = cpus | pin;
    const auto workers = domain::worker_cpus_in(document).value();
    for (const auto &[queue, place] : workers) cpus = cpus | place;
    return cpus;
}

}  // namespace

TEST_CASE("on another host, every place is on CPUs and nodes that are there") {
    const auto destination = host(small);
    const auto there = replanned(tuned(user_document()), destination).value();
    const auto facts = domain::facts_of(there).value();
    CHECK(destination.host.topology.all().contains(cpus_in(there)));
    REQUIRE(facts.vcpupins.size() == 2);
    CHECK(!facts.vcpupins.at(0).intersects(facts.vcpupins.at(1)));
    CHECK(facts.memory_nodes == std::nullopt);  // one node: nothing to bind it to
    REQUIRE(facts.emulatorpin);
    const auto workers = domain::worker_cpus_in(there).value();
    CHECK(workers.size() == 4);
    for (const auto &[queue, place] : workers) CHECK(facts.emulatorpin->contains(place));
}

TEST_CASE("what the guest sees stays as it was") {
    const auto before = tuned(user_document());
    for (const auto &topology : {large, small}) {
        const auto there = replanned(before, host(topology)).value();
        const auto facts = domain::facts_of(there).value();
        const auto old = domain::facts_of(before).value();
        CHECK(facts.nics == old.nics);
        CHECK(facts.cpu == old.cpu);
        CHECK(facts.machine == old.machine);
        CHECK(facts.backing == old.backing);
        CHECK(facts.disks == old.disks);
        CHECK(facts.agent_channel == old.agent_channel);
    }
}

TEST_CASE("cells that the guest is shown stay, and their memory goes where their vCPUs go") {
    const auto before = with_cells(user_document());
    for (const auto &topology : {large, small}) {
        CAPTURE(topology);
        const auto there = replanned(before, host(topology)).value();
        CHECK(domain::value_of(there, "cpu/numa").value() == "0:524288 1:524288");
        const auto facts = domain::facts_of(there).value();
        REQUIRE(facts.cell_nodes.size() == 2);
        const auto home = host(topology).host.topology;
        for (const unsigned cell : {0u, 1u})
            CHECK(facts.cell_nodes.at(cell) == CpuSet{*home.node_of(facts.vcpupins.at(cell).first())});
        CHECK(facts.memory_mode.value_or("strict") == "strict");
    }
}

TEST_CASE("a guest without cells is shown none by a move") {
    const auto there = replanned(tuned(user_document()), host(large)).value();
    CHECK(domain::value_of(there, "cpu/numa").value() == std::nullopt);
    CHECK(domain::value_of(there, "numatune/memnode").value() == std::nullopt);
    CHECK(domain::facts_of(there).value().memory_mode == "restrictive");
}

TEST_CASE("a NIC that has one queue has one worker, whatever it would get at its next start") {
    const auto before = tuned(user_document());
    const std::vector<domain::Edit> one = {{"interface/" + mac + "/driver/queues", std::nullopt}};
    const auto single = domain::with(before, one, domain::tuned_in(before).value()).value();
    CHECK(domain::worker_cpus_in(replanned(single, host(large)).value()).value().size() == 1);
}

TEST_CASE("where its places are as good as any, it keeps them; a second time changes nothing") {
    const auto once = replanned(tuned(user_document()), host(large)).value();
    const auto facts = domain::facts_of(once).value();
    CHECK(facts.vcpupins.at(0) == CpuSet{12});
    CHECK(facts.vcpupins.at(1) == CpuSet{13});
    for (const auto &topology : {large, small}) {
        const auto first = replanned(once, host(topology)).value();
        CHECK(replanned(first, host(topology)).value().bytes() == first.bytes());
    }
}

TEST_CASE("a pin that somebody moved while it ran stays his, and the other places are planned") {
    const std::vector<domain::Edit> moved = {{"cputune/emulatorpin", "0-3"}};
    const auto before = tuned(user_document());
    const auto saved = domain::with(before, moved, domain::tuned_in(before).value()).value();
    const auto there = replanned(saved, host(large)).value();
    const auto facts = domain::facts_of(there).value();
    CHECK(facts.emulatorpin == CpuSet::parse("0-3").value());
    CHECK(facts.vcpupins.size() == 2);
    CHECK(facts.memory_nodes == CpuSet{0});
    CHECK(domain::worker_cpus_in(there).value().size() == 4);
}

TEST_CASE("CPUs that the host keeps for itself are not taken, and workers get as many as the policy says") {
    auto destination = host(large);
    const auto as_it_was = facts_at(tuned(user_document()), destination);
    destination.policy.host.housekeeping = CpuSet::parse("0-3,12-13").value();
    plan::DomainPolicy section;
    section.match = {"web01"};
    section.vhost_cpus = 3;
    destination.policy.domains = {section};
    const auto there = replanned(tuned(user_document()), destination).value();
    const auto facts = domain::facts_of(there).value();
    REQUIRE(facts.vcpupins.size() == 2);
    for (const auto &[vcpu, pin] : facts.vcpupins) CHECK_FALSE(pin.intersects(*destination.policy.host.housekeeping));
    CHECK(facts.vcpupins != as_it_was.vcpupins);
    std::set<std::string> places;
    const auto workers = domain::worker_cpus_in(there).value();
    for (const auto &[queue, place] : workers) places.insert(place.text());
    CHECK(places.size() == 3);
}

TEST_CASE("CPUs that this host isolates, or somebody here has to himself, are none for who comes") {
    auto destination = host(large);
    const auto as_it_was = facts_at(tuned(user_document()), destination);
    for (const auto &[vcpu, pin] : as_it_was.vcpupins)
        destination.host.isolated_cpus = destination.host.isolated_cpus | pin;
    const auto spared = facts_at(tuned(user_document()), destination);
    REQUIRE(spared.vcpupins.size() == 2);
    for (const auto &[vcpu, pin] : spared.vcpupins) CHECK_FALSE(pin.intersects(destination.host.isolated_cpus));
    destination.policy.host.isolated = plan::IsolatedCpus::guests;
    CHECK(facts_at(tuned(user_document()), destination).vcpupins == as_it_was.vcpupins);
    destination.host.partitions = {{"dpdk.slice", destination.host.isolated_cpus}};
    for (const auto &[vcpu, pin] : facts_at(tuned(user_document()), destination).vcpupins)
        CHECK_FALSE(pin.intersects(destination.host.isolated_cpus));
}

TEST_CASE("CPUs of others are not taken") {
    auto destination = host(large);
    const auto there = facts_at(tuned(user_document()), destination);
    destination.taken.taken["other"] = there.vcpupins.at(0);
    const auto beside = replanned(tuned(user_document()), destination).value();
    const auto facts = domain::facts_of(beside).value();
    CHECK(!facts.vcpupins.at(0).intersects(there.vcpupins.at(0)));
    CHECK(!facts.vcpupins.at(1).intersects(there.vcpupins.at(0)));
    destination.taken.taken = {{"web01", there.vcpupins.at(0)}};  // of itself, while it is saved
    CHECK(facts_at(tuned(user_document()), destination) == there);
}

TEST_CASE("its memory goes where free huge pages are") {
    auto destination = host(large);
    destination.host.pools = {{0, 2048, 512, 512, 0}, {1, 2048, 512, 0, 0}};
    CHECK(facts_at(tuned(user_document()), destination).memory_nodes == CpuSet{0});
    destination.host.pools = {{0, 2048, 512, 0, 0}, {1, 2048, 512, 512, 0}};
    CHECK(facts_at(tuned(user_document()), destination).memory_nodes == CpuSet{1});
    destination.host.pools = {{0, 2048, 512, 256, 0}, {1, 2048, 512, 256, 0}};
    const auto split = facts_at(tuned(user_document()), destination);
    CHECK(split.memory_nodes == std::nullopt);
    CHECK(split.vcpupins.empty());
    CHECK(split.backing.hugepages);
}

TEST_CASE("where there is no room, nothing of ours stays") {
    auto destination = host(small);
    destination.taken.taken = {{"a", CpuSet{1}}, {"b", CpuSet{2, 3}}};
    const auto there = replanned(tuned(user_document()), destination).value();
    CHECK(cpus_in(there).empty());
    CHECK(domain::facts_of(there).value().memory_mode == std::nullopt);
    CHECK(domain::facts_of(there).value().nics == domain::facts_of(tuned(user_document())).value().nics);
}

TEST_CASE("pins of the user's come back, unless this host has no such CPUs and nodes") {
    const std::string pins =
        "  <cputune>\n    <vcpupin vcpu='0' cpuset='1'/>\n    <vcpupin vcpu='1' cpuset='15'/>\n  </cputune>\n"
        "  <numatune>\n    <memory mode='strict' nodeset='1'/>\n  </numatune>\n";
    const auto destination = host(small);
    const auto there = replanned(tuned(user_document(pins)), destination).value();
    const auto facts = domain::facts_of(there).value();
    CHECK(facts.vcpupins == std::map<unsigned, CpuSet>{{0, CpuSet{1}}});
    CHECK(facts.memory_nodes == std::nullopt);
    CHECK(facts.memory_mode == std::nullopt);
    CHECK(destination.host.topology.all().contains(cpus_in(there)));
}

TEST_CASE("a document without places of ours, and what the user changed since, stay as they are") {
    const auto plain = user_document("  <cputune>\n    <vcpupin vcpu='0' cpuset='40'/>\n  </cputune>\n");
    CHECK(replanned(plain, host(small)).value().bytes() == plain.bytes());
    const auto touched = domain::with(tuned(user_document()), {{"cputune/vcpupin/0", "3"}}).value();
    CHECK(facts_at(touched, host(small)).vcpupins.at(0) == CpuSet{3});
}

TEST_CASE("the holds still lead back to the user's document") {
    const auto there = replanned(tuned(user_document()), host(small)).value();
    CHECK(domain::without_us(there).value().bytes() == user_document().bytes());
}

}  // namespace replanned_test
