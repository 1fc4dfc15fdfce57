#include "daemon/domain/normal.hpp"

#include <doctest/doctest.h>

#include "daemon/domain/elements.hpp"
#include "daemon/domain/metadata.hpp"
#include "tests/unit/domain/samples.hpp"

namespace normal_test {

using namespace kvmtune;
using namespace kvmtune::domain;

namespace {

bool same(const std::string &left, const std::string &right) {
    return same_meaning(samples::parsed(left), samples::parsed(right));
}

const std::string nic = "interface/52:54:00:12:34:56/driver/";

/// The document with these edits and their holds, as after a define that was granted in full.
Document held(const Document &document, const std::vector<Edit> &edits) {
    plan::Holds holds;
    for (const Edit &edit : edits) {
        holds[{plan::TargetKind::element, document.uuid(), edit.element}] = {
            "", *value_of(document, edit.element), *edit.value, edit.value, {}};
    }
    return *with_holds(*with(document, edits), holds);
}

std::string replaced(std::string text, const std::string &what, const std::string &by) {
    REQUIRE(text.find(what) != std::string::npos);
    return text.replace(text.find(what), what.size(), by);
}

const std::vector<Edit> tuning = {{"cputune/vcpupin/0", "4"},     {"cputune/vcpupin/1", "5"},
                                  {"cputune/emulatorpin", "8-9"}, {nic + "name", "vhost"},
                                  {nic + "queues", "2"},          {"channel/org.kvmtune.agent.0", "virtio"}};

}  // namespace

TEST_CASE("layout, comments, quotes, prefixes and the order of attributes and of names do not count") {
    CHECK(same("<domain a='1' b=\"2\"><x/><y/></domain>", "<domain\n b='2' a='1'>\n<!-- c --><y/>\n<x></x> </domain>"));
    CHECK(same("<domain><q:a xmlns:q='urn:q' q:b='1'/></domain>", "<domain xmlns:r='urn:q'><r:a r:b='1'/></domain>"));
    CHECK(same("<domain><a>&lt;x</a></domain>", "<domain><a><![CDATA[<x]]></a></domain>"));
    CHECK(same("<domain><a>x<b/>y</a></domain>", "<domain><a>x <b/>\n y</a></domain>") == false);
    CHECK(same("<domain><a> x <b/></a></domain>", "<domain><a>x<b/></a></domain>"));
}

TEST_CASE("values, text, elements and the order within a name count") {
    CHECK(!same("<domain a='1'/>", "<domain a='2'/>"));
    CHECK(!same("<domain a='1'/>", "<domain/>"));
    CHECK(!same("<domain><a/></domain>", "<domain/>"));
    CHECK(!same("<domain><a>x</a></domain>", "<domain><a> x</a></domain>"));
    CHECK(!same("<domain><a v='1'/><a v='2'/></domain>", "<domain><a v='2'/><a v='1'/></domain>"));
    CHECK(!same("<domain><a/></domain>", "<domain><a xmlns='urn:x'/></domain>"));
    CHECK(!same("<domain><q:x xmlns:q='urn:q'><a/><b/></q:x></domain>",
                "<domain><q:x xmlns:q='urn:q'><b/><a/></q:x></domain>"));
}

TEST_CASE("every sample means the same as itself and something else once it is edited") {
    for (const auto &sample : samples::all()) {
        CAPTURE(sample.name);
        const Document document = samples::parsed(sample.bytes);
        CHECK(same_meaning(document, document));
        CHECK(!same_meaning(document, *with(document, tuning)));
    }
}

TEST_CASE("without us every sample is byte for byte what it was") {
    for (const auto &sample : samples::all()) {
        CAPTURE(sample.name);
        const Document document = samples::parsed(sample.bytes);
        plan::Holds holds = *holds_in(held(document, tuning));
        holds[{plan::TargetKind::element, document.uuid(), "vhost/52:54:00:12:34:56/0"}] = {"", {}, "4", "4", {}};
        const Document tuned = *with_holds(held(document, tuning), holds);
        const auto back = without_us(tuned);
        REQUIRE_MESSAGE(back.has_value(), (back ? "" : back.error().what));
        CHECK(back->bytes() == sample.bytes);
        CHECK(without_us(document)->bytes() == sample.bytes);
    }
}

TEST_CASE("without us keeps what somebody changed since") {
    const Document tuned = held(samples::parsed(samples::recipe_guest()), tuning);
    const Document touched = *with(tuned, {{"cputune/emulatorpin", "0-1"}, {nic + "queues", {}}});
    const auto back = without_us(touched);
    CHECK(*value_of(*back, "cputune/emulatorpin") == "0-1");
    CHECK(*value_of(*back, "cputune/vcpupin/0") == plan::Value());
    CHECK(*value_of(*back, nic + "name") == plan::Value());
    CHECK(*tuned_in(*back) == Tuned());
}

TEST_CASE("without us knows a value by its meaning and by what was asked earlier") {
    const Document document = samples::parsed(samples::pc_dump());
    plan::Holds holds;
    holds[{plan::TargetKind::element, document.uuid(), "cputune/emulatorpin"}] = {"", "0-1", "0,1,2,3", {}, {}};
    holds[{plan::TargetKind::element, document.uuid(), "cputune/vcpupin/1"}] = {"", {}, "7", "7", {"2-3"}};
    const auto back = without_us(*with_holds(document, holds));
    CHECK(*value_of(*back, "cputune/emulatorpin") == "0-1");
    CHECK(*value_of(*back, "cputune/vcpupin/1") == plan::Value());
}

TEST_CASE("without us forgets a NIC that is gone") {
    const Document tuned = held(samples::parsed(samples::recipe_guest()), tuning);
    const std::string other_mac =
        replaced(tuned.bytes(), "52:54:00:12:34:56'/>\n      <source", "52:54:00:00:00:01'/>\n      <source");
    const auto back = without_us(samples::parsed(other_mac));
    REQUIRE(back.has_value());
    CHECK(back->bytes().find("queues='2'") != std::string::npos);
    CHECK(back->bytes().find("kvmtune") == std::string::npos);
}

TEST_CASE("controllers that libvirt added go with our channel, and stay if something else uses them") {
    const std::string without_agent = replaced(
        samples::q35_dump(),
        "    <channel type='unix'>\n      <target type='virtio' name='org.qemu.guest_agent.0'/>\n      <address "
        "type='virtio-serial' controller='0' bus='0' port='1'/>\n    </channel>\n",
        "");
    const std::string before = replaced(
        replaced(
            without_agent,
            "    <controller type='pci' index='3' model='pcie-root-port'>\n      <address type='pci' domain='0x0000' "
            "bus='0x00' slot='0x02' function='0x2'/>\n    </controller>\n",
            ""),
        "    <controller type='virtio-serial' index='0'>\n      <address type='pci' domain='0x0000' bus='0x03' "
        "slot='0x00' "
        "function='0x0'/>\n    </controller>\n",
        "");
    const auto tuned = [&](const std::string &bytes) {
        const Document document = *with(samples::parsed(bytes), {{"channel/org.kvmtune.agent.0", "virtio"}});
        plan::Holds holds;
        for (const std::string name : {"controller/virtio-serial/0", "controller/pci/3"}) {
            holds[{plan::TargetKind::element, document.uuid(), name}] = {"", {}, "present", "present", {}};
        }
        holds[{plan::TargetKind::element, document.uuid(), "channel/org.kvmtune.agent.0"}] = {
            "", {}, "virtio", "virtio", {}};
        return *with_holds(document, holds);
    };
    CHECK(without_us(tuned(without_agent))->bytes() == before);
    CHECK(without_us(tuned(samples::q35_dump()))->bytes() == samples::q35_dump());
}

TEST_CASE("without us refuses a block that it does not understand") {
    CHECK(without_us(samples::parsed(
                         "<domain><metadata><k:tuned xmlns:k='urn:kvmtune:domain:1' version='7'/></metadata></domain>"))
              .error()
              .kind == ErrorKind::unsupported);
}

}  // namespace normal_test
