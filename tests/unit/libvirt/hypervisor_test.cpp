// The contract of apply::Hypervisor, kept by libvirt's test driver behind the real gateway and by the fake alike: what
// tests of other layers see in the fake is what libvirt does.
#include "daemon/apply/hypervisor.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <ostream>

#include "daemon/libvirt/load.hpp"
#include "tests/fakes/fake_hypervisor.hpp"

namespace hypervisor_test {

using namespace kvmtune;
using namespace std::chrono_literals;
using apply::DomainRecord;
using apply::Hypervisor;
using apply::Insist;

namespace {

constexpr const char *web_uuid = "aaaaaaaa-0000-4000-8000-000000000001";
constexpr const char *unknown_uuid = "ffffffff-0000-4000-8000-000000000001";

std::string document(const std::string &name, const std::string &uuid, const std::string &devices) {
    return "<domain type='test'><name>" + name + "</name>" + (uuid.empty() ? "" : "<uuid>" + uuid + "</uuid>") +
           "<memory unit='KiB'>8192</memory><vcpu>2</vcpu><iothreads>2</iothreads><os><type "
           "arch='i686'>hvm</type></os><devices>" +
           devices + "</devices></domain>";
}

const std::string web = document("web01", web_uuid, "<graphics type='vnc' passwd='geheim'/>");

std::unique_ptr<Hypervisor> real() {
    return libvirt::open_hypervisor("test:///default").value();
}
std::unique_ptr<Hypervisor> fake() {
    return std::make_unique<fakes::FakeHypervisor>();
}

template <class T>
ErrorKind kind_of(const Result<T> &result) {
    REQUIRE_FALSE(result.has_value());
    return result.error().kind;
}

apply::NetworkRecord network_named(const Hypervisor &hypervisor, const std::string &name) {
    const auto networks = hypervisor.networks().value();
    for (const auto &network : networks)
        if (network.name == name) return network;
    FAIL("no network " << name);
    return {};
}

/// Runs a case in both worlds, each with the domain web01 defined and off.
void in_both(const std::function<void(Hypervisor &)> &body) {
    for (const auto &[world, make] : {std::pair{"libvirt", &real}, std::pair{"fake", &fake}}) {
        CAPTURE(world);
        const auto hypervisor = make();
        REQUIRE(hypervisor->define(web).has_value());
        body(*hypervisor);
        // The test driver keeps one world per process: leave it as it was.
        (void)hypervisor->shut_down(web_uuid, 1s, Insist::destroy);
    }
}

}  // namespace

TEST_CASE("a domain that is off has its definition with secrets and nothing live") {
    in_both([](Hypervisor &hypervisor) {
        const auto record = hypervisor.domain(web_uuid).value();
        CHECK(record.uuid == web_uuid);
        CHECK(record.name == "web01");
        CHECK(record.persistent);
        CHECK_FALSE(record.running);
        CHECK_FALSE(record.saved_image);
        CHECK(record.definition.find("passwd='geheim'") != std::string::npos);
        CHECK(record.live.empty());
    });
}

TEST_CASE("a started domain is live with its definition, without secrets") {
    in_both([](Hypervisor &hypervisor) {
        REQUIRE(hypervisor.start(web_uuid).has_value());
        const auto record = hypervisor.domain(web_uuid).value();
        CHECK(record.running);
        CHECK(record.live.find("<graphics type='vnc'") != std::string::npos);
        CHECK(record.live.find("geheim") == std::string::npos);
        CHECK(record.definition.find("geheim") != std::string::npos);
    });
}

TEST_CASE("all domains come in order of UUID, as each comes alone") {
    in_both([](Hypervisor &hypervisor) {
        const std::string other = "00000000-0000-4000-8000-00000000000a";
        REQUIRE(hypervisor.define(document("other", other, "")).has_value());
        REQUIRE(hypervisor.start(other).has_value());
        const auto all = hypervisor.domains().value();
        REQUIRE(all.size() >= 2);
        CHECK(std::is_sorted(all.begin(), all.end(), [](const DomainRecord &left, const DomainRecord &right) {
            return left.uuid < right.uuid;
        }));
        for (const auto &record : all) CHECK(hypervisor.domain(record.uuid).value() == record);
        CHECK(std::count_if(all.begin(), all.end(), [&](const auto &record) { return record.uuid == other; }) == 1);
        CHECK(hypervisor.shut_down(other, 1s, Insist::no).has_value());
    });
}

TEST_CASE("a domain is found by name and by UUID") {
    in_both([](Hypervisor &hypervisor) {
        CHECK(hypervisor.find("web01").value() == web_uuid);
        CHECK(hypervisor.find(web_uuid).value() == web_uuid);
        CHECK(kind_of(hypervisor.find("web02")) == ErrorKind::not_found);
        CHECK(kind_of(hypervisor.find(unknown_uuid)) == ErrorKind::not_found);
        CHECK(kind_of(hypervisor.find("")) == ErrorKind::not_found);
    });
}

TEST_CASE("every verb on an unknown domain says that there is none") {
    in_both([](Hypervisor &hypervisor) {
        for (const std::string uuid : {unknown_uuid, "web01", ""}) {
            CAPTURE(uuid);
            CHECK(kind_of(hypervisor.domain(uuid)) == ErrorKind::not_found);
            CHECK(kind_of(hypervisor.start(uuid)) == ErrorKind::not_found);
            CHECK(kind_of(hypervisor.shut_down(uuid, 1s, Insist::destroy)) == ErrorKind::not_found);
            CHECK(kind_of(hypervisor.pin_vcpu(uuid, 0, {0})) == ErrorKind::not_found);
            CHECK(kind_of(hypervisor.pin_emulator(uuid, {0})) == ErrorKind::not_found);
            CHECK(kind_of(hypervisor.pin_iothread(uuid, 1, {0})) == ErrorKind::not_found);
            CHECK(kind_of(hypervisor.move_memory(uuid, {0})) == ErrorKind::not_found);
        }
    });
}

TEST_CASE("define gives the definition as a later read gives it, and again it changes nothing") {
    in_both([](Hypervisor &hypervisor) {
        const auto once = hypervisor.define(web).value();
        CHECK(hypervisor.domain(web_uuid).value().definition == once);
        CHECK(hypervisor.define(once).value() == once);
    });
}

TEST_CASE("define of a running domain leaves what is live alone") {
    in_both([](Hypervisor &hypervisor) {
        REQUIRE(hypervisor.start(web_uuid).has_value());
        const auto before = hypervisor.domain(web_uuid).value();
        REQUIRE(hypervisor.define(document("web01", web_uuid, "")).has_value());
        const auto after = hypervisor.domain(web_uuid).value();
        CHECK(after.live == before.live);
        CHECK(after.definition != before.definition);
        REQUIRE(hypervisor.shut_down(web_uuid, 1s, Insist::no).has_value());
        REQUIRE(hypervisor.start(web_uuid).has_value());
        CHECK(hypervisor.domain(web_uuid).value().live.find("<graphics") == std::string::npos);
    });
}

TEST_CASE("documents that are none are invalid and change nothing") {
    in_both([](Hypervisor &hypervisor) {
        const auto before = hypervisor.domains().value();
        CHECK(kind_of(hypervisor.define("")) == ErrorKind::invalid);
        CHECK(kind_of(hypervisor.define("<network><name>n</name></network>")) == ErrorKind::invalid);
        CHECK(kind_of(hypervisor.define(web.substr(0, web.size() / 2))) == ErrorKind::invalid);
        CHECK(hypervisor.domains().value() == before);
    });
}

TEST_CASE("a name belongs to one UUID and a UUID to one name") {
    in_both([](Hypervisor &hypervisor) {
        CHECK(kind_of(hypervisor.define(document("web02", web_uuid, ""))) == ErrorKind::failed);
        CHECK(kind_of(hypervisor.define(document("web01", unknown_uuid, ""))) == ErrorKind::failed);
        CHECK(hypervisor.domain(web_uuid).value().name == "web01");
    });
}

TEST_CASE("a running domain cannot be started") {
    in_both([](Hypervisor &hypervisor) {
        REQUIRE(hypervisor.start(web_uuid).has_value());
        const auto again = hypervisor.start(web_uuid);
        CHECK(kind_of(again) == ErrorKind::failed);
        CHECK(again.error().what.starts_with("start web01: "));
    });
}

TEST_CASE("shutting down a domain that is off is no error") {
    in_both([](Hypervisor &hypervisor) {
        REQUIRE(hypervisor.start(web_uuid).has_value());
        CHECK(hypervisor.shut_down(web_uuid, 1s, Insist::no).has_value());
        CHECK_FALSE(hypervisor.domain(web_uuid).value().running);
        CHECK(hypervisor.shut_down(web_uuid, 1s, Insist::no).has_value());
    });
}

TEST_CASE("a network that is defined is off, and comes back as define gave it") {
    in_both([](Hypervisor &hypervisor) {
        const std::string uuid = "bbbbbbbb-0000-4000-8000-000000000001";
        const auto document = [&](const std::string &inside) {
            return "<network><name>lab</name><uuid>" + uuid + "</uuid><bridge name='virbr9' stp='on' delay='0'/>" +
                   inside + "</network>";
        };
        const auto given = hypervisor.define_network(document("")).value();
        const auto seen = network_named(hypervisor, "lab");
        CHECK(seen.uuid == uuid);
        CHECK(seen.persistent);
        CHECK_FALSE(seen.active);
        CHECK_FALSE(seen.autostart);
        CHECK(seen.definition == given);
        CHECK(seen.live.empty());
        CHECK(hypervisor.define_network(given).value() == given);

        const auto wide = hypervisor.define_network(document("<mtu size='9000'/>")).value();
        CHECK(wide.find("<mtu size='9000'/>") != std::string::npos);
        CHECK(network_named(hypervisor, "lab").definition == wide);
        CHECK(hypervisor.define_network(given).value() == given);
    });
}

TEST_CASE("a network's name belongs to one UUID, and documents that are none are invalid") {
    in_both([](Hypervisor &hypervisor) {
        const std::string lab = "<network><name>lab2</name><uuid>bbbbbbbb-0000-4000-8000-000000000002</uuid></network>";
        REQUIRE(hypervisor.define_network(lab).has_value());
        const auto before = hypervisor.networks().value();
        CHECK(kind_of(hypervisor.define_network("<network><name>lab2</name></network>")) == ErrorKind::failed);
        CHECK(kind_of(hypervisor.define_network("")) == ErrorKind::invalid);
        CHECK(kind_of(hypervisor.define_network(web)) == ErrorKind::invalid);
        CHECK(hypervisor.networks().value() == before);
    });
}

TEST_CASE("pins are for running domains, their own vCPUs and iothreads, and at least one CPU") {
    in_both([](Hypervisor &hypervisor) {
        CHECK(kind_of(hypervisor.pin_vcpu(web_uuid, 0, {0})) == ErrorKind::failed);
        CHECK(kind_of(hypervisor.pin_emulator(web_uuid, {0})) == ErrorKind::failed);
        CHECK(kind_of(hypervisor.pin_iothread(web_uuid, 1, {0})) == ErrorKind::failed);
        REQUIRE(hypervisor.start(web_uuid).has_value());
        CHECK(hypervisor.pin_vcpu(web_uuid, 1, {0, 1}).has_value());
        CHECK(hypervisor.pin_emulator(web_uuid, {1}).has_value());
        CHECK(hypervisor.pin_iothread(web_uuid, 2, {0}).has_value());
        CHECK(kind_of(hypervisor.pin_iothread(web_uuid, 3, {0})) == ErrorKind::invalid);
        CHECK(kind_of(hypervisor.pin_iothread(web_uuid, 1, {})) == ErrorKind::invalid);
        CHECK(kind_of(hypervisor.pin_vcpu(web_uuid, 2, {0})) == ErrorKind::invalid);
        CHECK(kind_of(hypervisor.pin_vcpu(web_uuid, 0, {})) == ErrorKind::invalid);
        CHECK(kind_of(hypervisor.pin_emulator(web_uuid, {})) == ErrorKind::invalid);
        CHECK(hypervisor.domain(web_uuid).value().definition.find("cputune") == std::string::npos);
    });
}

}  // namespace hypervisor_test
