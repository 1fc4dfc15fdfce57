// The gateway against libvirt's test driver, with libvirt itself as the other tool in the same process.
#include "daemon/libvirt/gateway.hpp"

#include <doctest/doctest.h>
#include <libvirt/libvirt.h>
#include <unistd.h>

#include <array>
#include <cstdlib>
#include <vector>

#include "daemon/libvirt/handle.hpp"

namespace gateway_test {

using namespace kvmtune;
using namespace std::chrono_literals;
using apply::Insist;
using libvirt::Connection;
using libvirt::Domain;

namespace {

constexpr const char *test_uuid = "6695eb01-f6a4-8304-79aa-97f2502e193f";  ///< the test driver's own domain

/// The gateway and another tool on one world of the test driver, which ends with the last connection to it.
struct World {
    std::unique_ptr<apply::Hypervisor> hypervisor = libvirt::connect("test:///default").value();
    Connection other{virConnectOpen("test:///default")};
    Domain test{virDomainLookupByName(other.get(), "test")};
};

/// What is written to stderr while something runs; little enough for a pipe's buffer.
template <class Body>
std::string said_on_stderr(Body body) {
    std::array<int, 2> ends{};
    REQUIRE(pipe(ends.data()) == 0);
    const int kept = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    body();
    dup2(kept, STDERR_FILENO);
    close(kept);
    close(ends[1]);
    std::string text(4096, '\0');
    const auto size = read(ends[0], text.data(), text.size());
    close(ends[0]);
    text.resize(size > 0 ? static_cast<std::size_t>(size) : 0);
    return text;
}

std::string with_devices(std::string xml, const std::string &devices) {
    const auto at = xml.find("</devices>");
    REQUIRE(at != std::string::npos);
    return xml.insert(at, devices);
}

}  // namespace

TEST_CASE("what another tool made is seen") {
    World world;
    const auto record = world.hypervisor->domain(test_uuid).value();
    CHECK(record.name == "test");
    CHECK(record.running);
    CHECK(record.live.find("<domain type='test' id='") == 0);
    CHECK(record.definition.find("<domain type='test'>") == 0);
}

TEST_CASE("the test driver's network runs and has a definition") {
    World world;
    const auto networks = world.hypervisor->networks().value();
    REQUIRE_FALSE(networks.empty());
    CHECK(networks.front().name == "default");
    CHECK(networks.front().active);
    CHECK(networks.front().persistent);
    CHECK(networks.front().definition.find("<name>default</name>") != std::string::npos);
}

TEST_CASE("a network that only runs has no definition") {
    World world;
    const libvirt::Network made(
        virNetworkCreateXML(world.other.get(), "<network><name>a</name><bridge name='virbr8'/></network>"));
    REQUIRE(made);
    const auto seen = world.hypervisor->networks().value().front();
    CHECK(seen.name == "a");
    CHECK_FALSE(seen.persistent);
    CHECK(seen.active);
    CHECK(seen.definition.empty());
    CHECK(seen.live.find("virbr8") != std::string::npos);
    virNetworkDestroy(made.get());
}

TEST_CASE("a network by another schema than libvirt's is refused") {
    World world;
    const auto refused = world.hypervisor->define_network("<network><name>n</name><sheep/></network>");
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().kind == ErrorKind::invalid);
    CHECK(refused.error().what.starts_with("define network: "));
}

TEST_CASE("a domain with a saved image says so until it has started from it") {
    World world;
    REQUIRE(virDomainManagedSave(world.test.get(), 0) == 0);
    const auto saved = world.hypervisor->domain(test_uuid).value();
    CHECK(saved.saved_image);
    CHECK_FALSE(saved.running);
    REQUIRE(world.hypervisor->start(test_uuid).has_value());
    CHECK_FALSE(world.hypervisor->domain(test_uuid).value().saved_image);
}

TEST_CASE("a transient domain has no definition and is not shut down") {
    World world;
    const Domain made(virDomainCreateXML(
        world.other.get(), "<domain type='test'><name>t</name><memory>1024</memory><os><type>hvm</type></os></domain>",
        0));
    REQUIRE(made);
    const auto uuid = world.hypervisor->find("t").value();
    const auto record = world.hypervisor->domain(uuid).value();
    CHECK_FALSE(record.persistent);
    CHECK(record.running);
    CHECK(record.definition.empty());
    const auto done = world.hypervisor->shut_down(uuid, 1s, Insist::destroy);
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error() == Error{ErrorKind::unsupported, "shut down t: it is transient and would be gone"});
    CHECK(world.hypervisor->domain(uuid).value().running);
}

TEST_CASE("an element that libvirt does not know is refused, not dropped") {
    World world;
    const auto before = world.hypervisor->domain(test_uuid).value();
    const auto done = world.hypervisor->define(with_devices(before.definition, "<strange/>"));
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error().kind == ErrorKind::invalid);
    CHECK(done.error().what.find("schema") != std::string::npos);
    CHECK(done.error().what.find('\n') == std::string::npos);
    CHECK(world.hypervisor->domain(test_uuid).value() == before);
}

TEST_CASE("an error about a document does not show its password") {
    World world;
    const auto xml = world.hypervisor->domain(test_uuid).value().definition;
    for (const auto *devices : {"<graphics type='vnc' passwd='geheim'>", "<graphics type='geheim' passwd='geheim'/>"}) {
        const auto done = world.hypervisor->define(with_devices(xml, devices));
        REQUIRE_FALSE(done.has_value());
        CHECK(done.error().kind == ErrorKind::invalid);
        CHECK(done.error().what.find("geheim") == std::string::npos);
    }
}

TEST_CASE("pins arrive bit by bit") {
    World world;
    REQUIRE(world.hypervisor->pin_vcpu(test_uuid, 1, {0, 9}).has_value());
    std::array<unsigned char, 2 * 2> vcpus{};
    REQUIRE(virDomainGetVcpuPinInfo(world.test.get(), 2, vcpus.data(), 2, VIR_DOMAIN_AFFECT_CURRENT) == 2);
    CHECK(vcpus[2] == 0x01);
    CHECK(vcpus[3] == 0x02);

    REQUIRE(world.hypervisor->pin_emulator(test_uuid, {2}).has_value());
    std::array<unsigned char, 1> emulator{};
    REQUIRE(virDomainGetEmulatorPinInfo(world.test.get(), emulator.data(), 1, VIR_DOMAIN_AFFECT_CURRENT) == 1);
    CHECK(emulator[0] == 0x04);

    REQUIRE(virDomainAddIOThread(world.test.get(), 7, VIR_DOMAIN_AFFECT_LIVE) == 0);
    REQUIRE(world.hypervisor->pin_iothread(test_uuid, 7, {1}).has_value());
    virDomainIOThreadInfoPtr *iothreads = nullptr;
    REQUIRE(virDomainGetIOThreadInfo(world.test.get(), &iothreads, VIR_DOMAIN_AFFECT_LIVE) == 1);
    CHECK(iothreads[0]->iothread_id == 7);
    CHECK(iothreads[0]->cpumap[0] == 0x02);
    virDomainIOThreadInfoFree(iothreads[0]);
    std::free(iothreads);
}

TEST_CASE("errors name vCPU, domain and CPUs, and are not printed") {
    World world;
    Result<> done;
    const auto said = said_on_stderr([&] { done = world.hypervisor->pin_vcpu(test_uuid, 77, {0, 1}); });
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error().what.starts_with("pin vCPU 77 of test to 0-1: "));
    CHECK(done.error().what.find("'77' is not present") != std::string::npos);
    CHECK(said.empty());
}

TEST_CASE("libvirt's reason survives the words around it") {
    World world;
    CHECK(world.hypervisor->start(test_uuid).error().what ==
          "start test: internal error: Domain 'test' is already running");
    CHECK(world.hypervisor->domain("6695eb01-f6a4-8304-79aa-000000000000").error().what ==
          "domain 6695eb01-f6a4-8304-79aa-000000000000: Domain not found");
}

}  // namespace gateway_test
