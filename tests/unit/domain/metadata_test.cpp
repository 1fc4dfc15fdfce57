#include "daemon/domain/metadata.hpp"

#include <doctest/doctest.h>

#include "tests/unit/domain/samples.hpp"

namespace metadata_test {

using namespace kvmtune;
using namespace kvmtune::domain;

namespace {

plan::Target element(const Document &document, const std::string &name) {
    return {plan::TargetKind::element, document.uuid(), name};
}

plan::Hold place(const std::string &cpus) {
    return {"", {}, cpus, cpus, {}};
}

Tuned full(const Document &document) {
    Tuned tuned;
    tuned.holds[element(document, "cputune/emulatorpin")] = {"", "0-3", "8-9", "8-9", {"8", "<&'\">"}};
    tuned.holds[element(document, "cputune/vcpupin/0")] = {"", {}, "4", {}, {}};
    tuned.holds[element(document, "channel/org.kvmtune.agent.0")] = {"", "", "virtio", "virtio", {}};
    tuned.holds[element(document, "controller/virtio-serial/0")] = {"", {}, "present", "present", {}};
    tuned.holds[element(document, "vhost/52:54:00:12:34:56/0")] = place("4");
    tuned.holds[element(document, "vhost/52:54:00:12:34:56/1")] = place("4-5");
    return tuned;
}

const std::string ns = " xmlns:kvmtune='urn:kvmtune:domain:1'";

std::string block(const std::string &inside) {
    return "<domain><metadata>\n<kvmtune:tuned" + ns + " version='1'>" + inside +
           "</kvmtune:tuned></metadata></domain>";
}

Error error_of(const std::string &bytes) {
    const auto out = tuned_in(samples::parsed(bytes));
    return out ? Error{ErrorKind::failed, "accepted"} : out.error();
}

}  // namespace

TEST_CASE("the block is written as documented") {
    const Document document = samples::parsed("<domain>\n  <title>x</title>\n  <vcpu>1</vcpu>\n</domain>\n");
    Tuned tuned;
    tuned.holds[element(document, "cputune/emulatorpin")] = {"", "0-3", "8-9", "8-9", {"8"}};
    tuned.holds[element(document, "vhost/52:54:00:12:34:56/0")] = place("4");
    CHECK(with_tuned(document, tuned)->bytes() == R"(<domain>
  <title>x</title>
  <metadata>
    <kvmtune:tuned xmlns:kvmtune='urn:kvmtune:domain:1' version='1'>
      <kvmtune:hold element='cputune/emulatorpin' original='0-3' asked='8-9' granted='8-9'>
        <kvmtune:earlier value='8'/>
      </kvmtune:hold>
      <kvmtune:vhost mac='52:54:00:12:34:56' queue='0' cpus='4'/>
    </kvmtune:tuned>
  </metadata>
  <vcpu>1</vcpu>
</domain>
)");
}

TEST_CASE("the block comes back as it was written, and taking it away leaves the bytes as they were") {
    for (const auto &sample : samples::all()) {
        CAPTURE(sample.name);
        const Document document = samples::parsed(sample.bytes);
        CHECK(*tuned_in(document) == Tuned());
        const Tuned tuned = full(document);
        const auto written = with_tuned(document, tuned);
        REQUIRE_MESSAGE(written.has_value(), (written ? "" : written.error().what));
        CHECK(*tuned_in(*written) == tuned);
        CHECK(with_tuned(*written, tuned)->bytes() == written->bytes());

        Tuned other = tuned;
        other.holds.erase(other.holds.begin());
        std::erase_if(other.holds, [](const auto &hold) { return hold.first.name.starts_with("vhost/"); });
        const auto replaced = with_tuned(*written, other);
        REQUIRE_MESSAGE(replaced.has_value(), (replaced ? "" : replaced.error().what));
        CHECK(*tuned_in(*replaced) == other);
        CHECK(with_tuned(*replaced, tuned)->bytes() == written->bytes());
        CHECK(with_tuned(*replaced, {})->bytes() == sample.bytes);

        CHECK(*worker_cpus_in(*written) ==
              WorkerCpus{{{"52:54:00:12:34:56", 0}, CpuSet{4}}, {{"52:54:00:12:34:56", 1}, CpuSet{4, 5}}});
        CHECK(*value_of(*written, "vhost/52:54:00:12:34:56/1") == "4-5");
        CHECK(*value_of(document, "vhost/52:54:00:12:34:56/1") == plan::Value());
    }
}

TEST_CASE("an element of the user's in our namespace takes the block in, because libvirt keeps one a namespace") {
    const Document document =
        samples::parsed("<domain><metadata><k:policy xmlns:k='urn:kvmtune:domain:1' tag='gold'/></metadata></domain>");
    Tuned tuned;
    tuned.holds[element(document, "vhost/52:54:00:12:34:56/0")] = place("4");
    const auto written = with_tuned(document, tuned);
    CHECK(written->bytes() ==
          "<domain><metadata><k:policy xmlns:k='urn:kvmtune:domain:1' tag='gold'><kvmtune:tuned" + ns +
              " version='1'><kvmtune:vhost mac='52:54:00:12:34:56' queue='0' cpus='4'/></kvmtune:tuned></k:policy "
              "></metadata></domain>");
    CHECK(*tuned_in(*written) == tuned);
    CHECK(policy_tags_in(*written) == std::set<std::string>{"gold"});
}

TEST_CASE("a policy tag inside the block stays when the block changes and when it goes") {
    const Document document =
        samples::parsed(block("<kvmtune:policy tag='a'/>\n<kvmtune:vhost mac='52:54:00:12:34:56' "
                              "queue='0' cpus='4'/>"));
    CHECK(policy_tags_in(document) == std::set<std::string>{"a"});
    const auto written = with_tuned(document, full(document));
    CHECK(*tuned_in(*written) == full(document));
    CHECK(policy_tags_in(*written) == std::set<std::string>{"a"});
    const auto gone = with_tuned(*written, {});
    CHECK(policy_tags_in(*gone) == std::set<std::string>{"a"});
    CHECK(*tuned_in(*gone) == Tuned());
}

TEST_CASE("another version is refused, reading and writing") {
    const std::string bytes =
        "<domain>\n <metadata><k:tuned xmlns:k='urn:kvmtune:domain:1' version='2'/></metadata></domain>";
    CHECK(error_of(bytes) == Error{ErrorKind::unsupported,
                                   "test.xml:2:61: a block of another version of kvmtune; this one knows version 1"});
    CHECK(with_tuned(samples::parsed(bytes), {}).error().kind == ErrorKind::unsupported);
    CHECK(with_holds(samples::parsed(bytes), {}).error().kind == ErrorKind::unsupported);
}

TEST_CASE("a block that we would not have written is refused at its place") {
    CHECK(error_of("<domain><metadata><k:tuned xmlns:k='urn:kvmtune:domain:1'/></metadata></domain>").what ==
          "test.xml:1:19: the attribute version is missing");
    CHECK(error_of(block("\n<kvmtune:hold asked='1'/>")).what == "test.xml:3:1: the attribute element is missing");
    CHECK(error_of(block("\n<kvmtune:hold element='cputune/emulatorpin'/>")).what ==
          "test.xml:3:1: the attribute asked is missing");
    CHECK(error_of(block("\n<kvmtune:hold element='cputune/shares' asked='1'/>")).kind == ErrorKind::unsupported);
    CHECK(error_of(block("\n<kvmtune:hold element='cputune/emulatorpin' asked='1' x='1'/>")).what ==
          "test.xml:3:55: an attribute that kvmtune does not write here");
    CHECK(error_of(block("\n<kvmtune:hold element='cputune/emulatorpin' asked='1'>x</kvmtune:hold>")).what ==
          "test.xml:3:1: text in an element of kvmtune");
    CHECK(
        error_of(block("\n<kvmtune:hold element='cputune/emulatorpin' asked='1'>\n<earlier value='1'/></kvmtune:hold>"))
            .what == "test.xml:4:1: an element that kvmtune does not write here");
    CHECK(error_of(block("\n<kvmtune:hold element='cputune/emulatorpin' asked='1'>\n<kvmtune:earlier/></kvmtune:hold>"))
              .what == "test.xml:4:1: the attribute value is missing");
    CHECK(error_of(block("\n<kvmtune:hold element='vhost/52:54:00:12:34:56/0' asked='1'/>")).what ==
          "test.xml:3:1: a hold that kvmtune writes in another way");
    const std::string hold = "\n<kvmtune:hold element='cputune/emulatorpin' asked='1'/>";
    CHECK(error_of(block(hold + hold)).what == "test.xml:4:1: a second hold of the same element");
    CHECK(error_of(block("\n<other/>")).what == "test.xml:3:1: an element that kvmtune does not write here");
    CHECK(error_of(block("\n<kvmtune:vhost mac='52' queue='0' cpus='1'/>")).what ==
          "test.xml:3:1: mac is no MAC address in lower case");
    CHECK(error_of(block("\n<kvmtune:vhost mac='52:54:00:12:34:56' queue='x' cpus='1'/>")).what ==
          "test.xml:3:1: queue is no number");
    CHECK(error_of(block("\n<kvmtune:vhost mac='52:54:00:12:34:56' queue='0' cpus=''/>")).what ==
          "test.xml:3:1: cpus is no list of CPUs");
    const std::string worker = "\n<kvmtune:vhost mac='52:54:00:12:34:56' queue='0' cpus='1'/>";
    CHECK(error_of(block(worker + worker)).what == "test.xml:4:1: a second entry of the same worker");
    const std::string two = "<kvmtune:tuned" + ns + " version='1'/>\n";
    CHECK(error_of("<domain><metadata>" + two + two + "</metadata></domain>").what ==
          "test.xml:2:1: a second block of kvmtune");
}

TEST_CASE("holds of something else are not written") {
    const Document document = samples::parsed(samples::recipe_guest());
    const plan::Hold hold{"", {}, "1", {}, {}};
    const auto kind = [&](const plan::Target &target, const plan::Hold &what) {
        const auto out = with_holds(document, {{target, what}});
        return out ? ErrorKind::failed : out.error().kind;
    };
    CHECK(kind({plan::TargetKind::sysctl, "", "net.core.rmem_max"}, hold) == ErrorKind::invalid);
    CHECK(kind({plan::TargetKind::element, "other", "cputune/emulatorpin"}, hold) == ErrorKind::invalid);
    CHECK(kind(element(document, "cputune/shares"), hold) == ErrorKind::invalid);
    CHECK(kind(element(document, "cputune/emulatorpin"), {"epoch", {}, "1", {}, {}}) == ErrorKind::invalid);
    CHECK(kind(element(document, "cputune/emulatorpin"), {"", "\x02", "1", {}, {}}) == ErrorKind::invalid);
    const auto worker = element(document, "vhost/52:54:00:12:34:56/0");
    CHECK(kind(worker, place("")) == ErrorKind::invalid);
    CHECK(kind(worker, {"", "3", "4", "4", {}}) == ErrorKind::invalid);
}

TEST_CASE("a worker's place goes with its hold, and not by an edit") {
    const Document document = samples::parsed(samples::recipe_guest());
    const std::string place = "vhost/52:54:00:12:34:56/0";
    CHECK(with(document, {{place, "4"}}).error().kind == ErrorKind::unsupported);
    plan::Change worker;
    worker.target = element(document, place);
    worker.to = "4";
    plan::Change emulator = worker;
    emulator.target.name = "cputune/emulatorpin";
    CHECK(edits_of({worker, emulator}) == std::vector<Edit>{{"cputune/emulatorpin", "4"}});
    for (const char *other : {"vhost/52:54:00:12:34:56", "vhost/52:54:00:12:34:56/", "vhost/52:54:00:12:34:56/01",
                              "vhost/52:54:00:AB:34:56/0", "vhost//0", "vhost/52:54:00:12:34:56/0/0"})
        CHECK(!is_element(other));
}

TEST_CASE("elements of the same names outside our namespace are not ours") {
    CHECK(*tuned_in(samples::parsed(
              "<domain><metadata><tuned version='9'/><x:tuned xmlns:x='urn:x'/></metadata></domain>")) == Tuned());
}

TEST_CASE("a section of a domain's own is the text of its policy element") {
    const auto text_in = [](const std::string &metadata) {
        return own_policy_in(samples::parsed("<domain><metadata>" + metadata + "</metadata></domain>"));
    };
    CHECK(text_in("<p:policy xmlns:p='urn:kvmtune:policy:1' tag='a'>\nqueues = 4 # &lt; 8\n</p:policy>") ==
          "\nqueues = 4 # < 8\n");
    CHECK(text_in("<p:policy xmlns:p='urn:kvmtune:policy:1' tag='a'>  \n</p:policy>").empty());
    CHECK(text_in("<p:policy xmlns:p='urn:kvmtune:domain:1'>queues = 4</p:policy>").empty());
    CHECK(text_in("<policy>queues = 4</policy>").empty());
}

}  // namespace metadata_test
