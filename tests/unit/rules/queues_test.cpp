#include "daemon/plan/queues.hpp"

#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace queues_test {

using namespace kvmtune::plan;

namespace {

std::string reason(const NicFacts &nic, const DomainFacts &domain) {
    return reason_to_leave_alone(nic, domain).value_or("none");
}

}  // namespace

TEST_CASE("a NIC gets a queue per vCPU, and at most eight") {
    DomainFacts domain = tuned_domain().facts;
    for (const auto &[vcpus, queues] : std::map<unsigned, unsigned>{{0, 1}, {1, 1}, {4, 4}, {8, 8}, {9, 8}, {64, 8}}) {
        domain.vcpus = vcpus;
        CHECK(queues_for(domain, {}) == queues);
    }
}

TEST_CASE("the policy's number may exceed the vCPUs, but not what a tap device can have") {
    const DomainFacts domain = tuned_domain().facts;
    DomainPolicy policy;
    policy.queues = 16;
    CHECK(queues_for(domain, policy) == 16);
    policy.queues = 1000;
    CHECK(queues_for(domain, policy) == 256);
    policy.queues = 0;
    CHECK(queues_for(domain, policy) == 1);
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

TEST_CASE("the receive ring is the policy's, else QEMU's largest") {
    DomainPolicy policy;
    CHECK(rx_queue_size_for(policy) == 1024);
    policy.rx_queue_size = 512;
    CHECK(rx_queue_size_for(policy) == 512);
}

TEST_CASE("vhost serves the queues wished for, and the user's where they stay") {
    DomainFacts domain = tuned_domain().facts;
    domain.nics.push_back(virtio_nic("52:54:00:00:00:02"));
    domain.nics[1].queues = 2;
    domain.nics.push_back(virtio_nic("52:54:00:00:00:03"));
    domain.nics[2].driver = "qemu";
    const std::vector<NicQueue> expected = {
        {mac, 0}, {mac, 1}, {mac, 2}, {mac, 3}, {"52:54:00:00:00:02", 0}, {"52:54:00:00:00:02", 1}};
    CHECK(vhost_queues(domain, {}) == expected);
}

TEST_CASE("vhost serves no domain without KVM") {
    DomainFacts domain = tuned_domain().facts;
    domain.type = "qemu";
    CHECK(vhost_queues(domain, {}).empty());
    domain = tuned_domain().facts;
    domain.arch = "aarch64";
    CHECK(vhost_queues(domain, {}).empty());
}

TEST_CASE("profile none leaves NICs with the one queue that they have") {
    DomainPolicy policy;
    policy.profile = Profile::none;
    CHECK(vhost_queues(tuned_domain().facts, policy).size() == 1);
}

}  // namespace queues_test
