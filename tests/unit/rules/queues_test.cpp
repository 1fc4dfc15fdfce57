#include "daemon/plan/queues.hpp"

#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"
#include "tests/unit/tries.hpp"

namespace queues_test {

using namespace kvmtune::plan;

namespace {

using Numbers = std::vector<unsigned>;

/// A guest with 8 GiB and so many virtio NICs.
DomainFacts guest(unsigned vcpus, unsigned nics) {
    DomainFacts domain = tuned_domain().facts;
    domain.vcpus = vcpus;
    domain.nics.clear();
    for (unsigned nic = 10; nic < 10 + nics; ++nic)
        domain.nics.push_back(virtio_nic("52:54:00:00:00:" + std::to_string(nic)));
    return domain;
}

QueueRoom room_of(unsigned vhost_cpus) {
    QueueRoom room;
    room.vhost_cpus = vhost_cpus;
    return room;
}

/// The queues of all its NICs in their order.
Numbers queues_of(const DomainFacts &domain, const DomainPolicy &policy = {}, const QueueRoom &room = {}) {
    const GuestQueues queues = guest_queues(domain, policy, room);
    Numbers numbers;
    for (const NicFacts &nic : domain.nics) numbers.push_back(queues.number_of.at(nic.mac));
    return numbers;
}

std::string terms(const DomainFacts &domain, const QueueRoom &room) {
    return terms_of(guest_queues(domain, {}, room), {});
}

unsigned spared(const Shape &shape) {
    HostFacts host;
    host.topology = host_of(shape);
    return queue_room(host, {}).vhost_cpus.value();
}

/// Of the NICs to which the user gave no number.
void check_limits(const DomainFacts &domain, const QueueRoom &room) {
    const GuestQueues queues = guest_queues(domain, {}, room);
    unsigned derived = 0;
    unsigned nics = 0;
    unsigned vectors = 0;
    for (const NicFacts &nic : domain.nics) {
        const unsigned number = queues.number_of.at(nic.mac);
        CHECK(number >= 1);
        if (nic.queues) continue;
        CHECK(number <= 8);
        derived += number;
        vectors += vectors_for(number);
        ++nics;
    }
    CHECK(derived <= std::max(nics, domain.vcpus));
    CHECK(derived <= std::max(nics, 2 * *room.vhost_cpus));
    CHECK(derived <= std::max<std::uint64_t>(nics, domain.memory / 16 / (256 * 4096)));
    CHECK(vectors <= 4 * std::max(nics, domain.vcpus));
}

std::string reason(const NicFacts &nic, const DomainFacts &domain) {
    return reason_to_leave_alone(nic, domain).value_or("none");
}

}  // namespace

TEST_CASE("a NIC gets a queue per vCPU, and at most eight") {
    for (const auto &[vcpus, queues] : std::map<unsigned, unsigned>{{0, 1}, {1, 1}, {4, 4}, {8, 8}, {9, 8}, {64, 8}})
        CHECK(queues_of(guest(vcpus, 1)) == Numbers{queues});
}

TEST_CASE("all NICs of a guest together get a queue per vCPU, the first ones more where it is uneven") {
    CHECK(queues_of(guest(8, 2)) == Numbers{4, 4});
    CHECK(queues_of(guest(8, 3)) == Numbers{3, 3, 2});
    CHECK(queues_of(guest(3, 2)) == Numbers{2, 1});
    CHECK(queues_of(guest(16, 2)) == Numbers{8, 8});
    CHECK(queues_of(guest(64, 2)) == Numbers{8, 8});
}

TEST_CASE("ten NICs on eight vCPUs are ten queues, not eighty") {
    CHECK(queues_of(guest(8, 10)) == Numbers(10, 1));
    CHECK(queues_of(guest(12, 10)) == Numbers{2, 2, 1, 1, 1, 1, 1, 1, 1, 1});
}

TEST_CASE("queues that the user wrote stay, and the other NICs share what they leave") {
    DomainFacts domain = guest(8, 3);
    domain.nics[1].queues = 4;
    CHECK(queues_of(domain) == Numbers{2, 4, 2});
    domain.nics[1].queues = 8;
    CHECK(queues_of(domain) == Numbers{1, 8, 1});
    domain.nics[1].queues = 1000;
    CHECK(queues_of(domain) == Numbers{1, 256, 1});
}

TEST_CASE("NICs that are left alone take no queues from the others") {
    DomainFacts domain = guest(8, 4);
    domain.nics[0].model = "e1000";
    domain.nics[1].driver = "qemu";
    domain.nics[2].network = "sriov";
    QueueRoom room;
    room.networks_of_devices = {"sriov"};
    CHECK(guest_queues(domain, {}, room).number_of == std::map<std::string, unsigned>{{domain.nics[3].mac, 8}});
}

TEST_CASE("a host spares a third of its largest node without housekeeping for vhost, and one CPU in any case") {
    CHECK(spared({1, 18, 2}) == 11);  // 36 CPUs, two of them housekeeping
    CHECK(spared({2, 18, 2}) == 11);
    CHECK(spared({1, 4, 2}) == 2);
    CHECK(spared({1, 2, 1}) == 1);
    CHECK(spared({1, 1, 1}) == 1);
    CHECK(queue_room({}, {}).vhost_cpus == std::nullopt);
}

TEST_CASE("the policy's housekeeping CPUs are spared for nobody") {
    HostFacts host;
    host.topology = host_of({1, 8, 2});
    HostPolicy policy;
    policy.housekeeping = kvmtune::CpuSet::range(0, 6);
    CHECK(queue_room(host, policy).vhost_cpus == 3u);
    policy.housekeeping = kvmtune::CpuSet::range(0, 15);
    CHECK(queue_room(host, policy).vhost_cpus == 1u);
}

TEST_CASE("queues are at most two for each CPU that the host spares for vhost") {
    for (const auto &[cpus, queues] : std::map<unsigned, unsigned>{{1, 2}, {2, 4}, {3, 6}, {4, 8}, {11, 8}})
        CHECK(queues_of(guest(8, 1), {}, room_of(cpus)) == Numbers{queues});
    CHECK(queues_of(guest(8, 2), {}, room_of(2)) == Numbers{2, 2});
    CHECK(queues_of(guest(8, 3), {}, room_of(1)) == Numbers{1, 1, 1});
}

TEST_CASE("CPUs that the policy gives the workers count instead of those that the host spares") {
    DomainPolicy policy;
    policy.vhost_cpus = 2;
    CHECK(queues_of(guest(8, 1), policy, room_of(11)) == Numbers{4});
    policy.vhost_cpus = 4;
    CHECK(queues_of(guest(8, 1), policy, room_of(1)) == Numbers{8});
    policy.vhost_cpus = 4000000000;
    CHECK(queues_of(guest(8, 1), policy, room_of(1)) == Numbers{8});
}

TEST_CASE("a guest whose NICs vhost does not serve needs no CPUs for it") {
    DomainFacts domain = guest(8, 1);
    domain.type = "qemu";
    CHECK(queues_of(domain, {}, room_of(1)) == Numbers{8});
}

TEST_CASE("a guest with little memory gets queues whose smallest rings fit a sixteenth of it") {
    DomainFacts domain = guest(8, 1);
    for (const auto &[mib, queues] : std::map<std::uint64_t, unsigned>{{8, 1}, {32, 2}, {64, 4}, {128, 8}, {512, 8}}) {
        domain.memory = mib << 20;
        CHECK(queues_of(domain) == Numbers{queues});
    }
    domain.memory_at_start = 32 << 20;
    CHECK(queues_of(domain) == Numbers{2});
    domain.memory = domain.memory_at_start = 0;
    CHECK(queues_of(domain) == Numbers{8});
}

TEST_CASE("the policy's number is every NIC's, whatever there is, but not more than a tap device can have") {
    DomainFacts domain = guest(2, 2);
    domain.memory = 64 << 20;
    DomainPolicy policy;
    for (const auto &[wished, queues] : std::map<unsigned, unsigned>{{0, 1}, {4, 4}, {16, 16}, {1000, 256}}) {
        policy.queues = wished;
        CHECK(queues_of(domain, policy, room_of(1)) == Numbers{queues, queues});
    }
}

TEST_CASE("queues are derived for all NICs where the section names them and no number") {
    DomainFacts domain = guest(8, 2);
    domain.nics[0].queues = 2;
    DomainPolicy policy;
    policy.named = {"queues"};
    CHECK(queues_of(domain, policy) == Numbers{4, 4});
}

TEST_CASE("the terms are said with their numbers") {
    DomainFacts domain = guest(8, 1);
    CHECK(terms(domain, room_of(11)) ==
          "8 vCPUs, at most 8; a node of this host spares 11 CPUs for vhost, two queues each");
    CHECK(terms(domain, {}) == "8 vCPUs, at most 8");
    domain = guest(8, 3);
    domain.nics[0].queues = 2;
    CHECK(terms(domain, {}) == "8 vCPUs less 2 queues of the user's over 2 NICs, at most 8 each");
    domain.memory = 64 << 20;
    CHECK(terms(domain, {}) ==
          "8 vCPUs less 2 queues of the user's over 2 NICs, at most 8 each; its memory has room "
          "for the rings of 4");
    DomainPolicy policy;
    policy.vhost_cpus = 1;
    CHECK(terms_of(guest_queues(guest(1, 1), policy, {}), policy) ==
          "1 vCPU, at most 8; the policy gives 1 CPU for vhost, two queues each");
}

TEST_CASE(
    "queues are never none, never more than the guest, its host and its memory have use for, and grow with each") {
    Dice dice(1);
    for (unsigned round = 0; round < kvmtune::tries(500); ++round) {
        CAPTURE(round);
        DomainFacts domain = guest(dice.below(40), 1 + dice.below(12));
        for (NicFacts &nic : domain.nics)
            if (dice.once_in(8)) nic.queues = 1 + dice.below(12);
        domain.memory = std::uint64_t{1 + dice.below(2048)} << 20;
        const QueueRoom room = room_of(1 + dice.below(20));
        check_limits(domain, room);
        DomainFacts larger = domain;
        larger.vcpus += dice.below(4);
        larger.memory += std::uint64_t{dice.below(64)} << 20;
        const Numbers less = queues_of(domain, {}, room);
        const Numbers more = queues_of(larger, {}, room_of(*room.vhost_cpus + dice.below(3)));
        for (std::size_t nic = 0; nic < less.size(); ++nic) CHECK(less[nic] <= more[nic]);
    }
}

TEST_CASE("a virtio NIC on a network, bridge, direct or ethernet is ours to tune") {
    const DomainFacts domain = tuned_domain().facts;
    for (const std::string type : {"network", "bridge", "direct", "ethernet"}) {
        NicFacts nic = virtio_nic();
        nic.type = type;
        CHECK(reason(nic, domain) == "none");
    }
}

TEST_CASE("a NIC without a tap device is left alone") {
    const DomainFacts domain = tuned_domain().facts;
    for (const std::string type : {"vhostuser", "hostdev", "user", "vdpa"}) {
        NicFacts nic = virtio_nic();
        nic.type = type;
        CHECK(reason(nic, domain) == "its type is " + type + ", which has no tap device");
        nic.model = "";
        CHECK(reason(nic, domain) == "its type is " + type + ", which has no tap device");
    }
}

TEST_CASE("a NIC that is not virtio is left alone") {
    NicFacts nic = virtio_nic();
    nic.model = "e1000";
    CHECK(reason(nic, tuned_domain().facts) == "its model is e1000, not virtio");
    nic.model = "";
    CHECK(reason(nic, tuned_domain().facts) == "its model is not named, not virtio");
}

TEST_CASE("a NIC without a MAC address, or with that of another, is left alone") {
    DomainFacts domain = tuned_domain().facts;
    CHECK(reason(virtio_nic(""), domain) == "it names no MAC address");
    domain.nics.push_back(virtio_nic());
    CHECK(reason(domain.nics[0], domain) == "another one has the same MAC address");
}

TEST_CASE("the user's driver name='qemu' stays") {
    NicFacts nic = virtio_nic();
    nic.driver = "qemu";
    CHECK(reason(nic, tuned_domain().facts) == "the user wrote driver name='qemu'");
    nic.driver = "vhost";
    CHECK(reason(nic, tuned_domain().facts) == "none");
}

TEST_CASE("the user's queues stay unless the policy section names queues") {
    NicFacts nic = virtio_nic();
    CHECK_FALSE(keeps_queues(nic, {}));
    nic.queues = 2;
    CHECK(keeps_queues(nic, {}));
    DomainPolicy policy;
    policy.named = {"queues"};
    CHECK_FALSE(keeps_queues(nic, policy));
}

TEST_CASE("virtio has three spellings") {
    NicFacts nic = virtio_nic();
    for (const std::string model : {"virtio", "virtio-transitional", "virtio-non-transitional"}) {
        nic.model = model;
        CHECK(reason(nic, tuned_domain().facts) == "none");
    }
    for (const std::string model : {"", "e1000", "virtio-net", "VIRTIO"}) {
        nic.model = model;
        CHECK(reason(nic, tuned_domain().facts).find("not virtio") != std::string::npos);
    }
}

TEST_CASE("vhost serves the queues wished for, and the user's where they stay") {
    DomainFacts domain = tuned_domain().facts;
    domain.nics.push_back(virtio_nic("52:54:00:00:00:02"));
    domain.nics[1].queues = 2;
    domain.nics.push_back(virtio_nic("52:54:00:00:00:03"));
    domain.nics[2].driver = "qemu";
    const std::vector<NicQueue> expected = {{mac, 0}, {mac, 1}, {"52:54:00:00:00:02", 0}, {"52:54:00:00:00:02", 1}};
    CHECK(vhost_queues(domain, {}, {}) == expected);
}

TEST_CASE("vhost serves no domain without KVM") {
    DomainFacts domain = tuned_domain().facts;
    domain.type = "qemu";
    CHECK(vhost_queues(domain, {}, {}).empty());
    domain = tuned_domain().facts;
    domain.arch = "aarch64";
    CHECK(vhost_queues(domain, {}, {}).empty());
}

TEST_CASE("profile none leaves NICs with the one queue that they have") {
    DomainPolicy policy;
    policy.profile = Profile::none;
    CHECK(vhost_queues(tuned_domain().facts, policy, {}).size() == 1);
}

}  // namespace queues_test
