// The watch against libvirt's test driver: what another connection of the process does is heard of.
#include "daemon/libvirt/watch.hpp"

#include <doctest/doctest.h>
#include <libvirt/libvirt.h>

#include <algorithm>

#include "daemon/libvirt/handle.hpp"

namespace watch_test {

using namespace kvmtune;
using apply::Happening;
using What = apply::Happening::What;

namespace {

constexpr const char *test_uuid = "6695eb01-f6a4-8304-79aa-97f2502e193f";  ///< the test driver's own domain

struct World {
    std::unique_ptr<apply::Watch> watch = libvirt::watch("test:///default").value();
    libvirt::Connection other{virConnectOpen("test:///default")};
    libvirt::Domain test{virDomainLookupByName(other.get(), "test")};

    /// Turns until something happens; a test that hears nothing would hang, and is ended by the runner.
    std::vector<Happening> heard() const {
        for (;;)
            if (auto happenings = watch->turn().value(); !happenings.empty()) return happenings;
    }
};

bool has(const std::vector<Happening> &happenings, What what, const std::string &uuid) {
    return std::count(happenings.begin(), happenings.end(), Happening{what, uuid}) != 0;
}

}  // namespace

TEST_CASE("a domain's stop and start are heard") {
    World world;
    REQUIRE(virDomainDestroy(world.test.get()) == 0);
    CHECK(has(world.heard(), What::stopped, test_uuid));
    REQUIRE(virDomainCreate(world.test.get()) == 0);
    CHECK(has(world.heard(), What::started, test_uuid));
}

TEST_CASE("a new definition is heard") {
    World world;
    const libvirt::Text xml(virDomainGetXMLDesc(world.test.get(), VIR_DOMAIN_XML_INACTIVE));
    const libvirt::Domain again(virDomainDefineXML(world.other.get(), xml.get()));
    REQUIRE(again);
    CHECK(has(world.heard(), What::defined, test_uuid));
}

TEST_CASE("what is done through the watch itself is heard too") {
    World world;
    REQUIRE(virDomainDestroy(world.test.get()) == 0);
    CHECK(has(world.heard(), What::stopped, test_uuid));
    REQUIRE(world.watch->hypervisor().start(test_uuid));
    CHECK(has(world.heard(), What::started, test_uuid));
}

TEST_CASE("a wake ends a turn in which nothing happens") {
    World world;
    world.watch->wake();
    CHECK(world.watch->turn().value().empty());
}

}  // namespace watch_test
