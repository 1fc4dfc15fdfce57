#include "daemon/domain/overrides.hpp"

#include <doctest/doctest.h>

#include "daemon/domain/elements.hpp"
#include "tests/fakes/temporary_tree.hpp"
#include "tests/unit/domain/samples.hpp"

namespace overrides_test {

using namespace kvmtune;
using namespace kvmtune::domain;

namespace {

const std::string folder = "etc/kvmtune/xml-templates/";

/// Fragments of a tree with this file; the tree's path is left out of errors.
Result<Fragments> fragments_with(const std::string &file, const std::string &text) {
    const fakes::TemporaryTree tree;
    tree.add(folder + file, text);
    auto read = fragments_in(tree.root());
    if (read) return read;
    Error error = read.error();
    error.what.erase(0, tree.root().path().size() + 1);
    return tl::unexpected<Error>(error);
}

std::string refusal_of(const std::string &file, const std::string &text) {
    const auto read = fragments_with(file, text);
    if (read) return "accepted";
    REQUIRE(read.error().what.starts_with(folder));
    return read.error().what.substr(folder.size());
}

}  // namespace

TEST_CASE("without files of the administrator the fragments are ours") {
    const fakes::TemporaryTree tree;
    const auto read = fragments_in(tree.root());
    REQUIRE(read.has_value());
    CHECK(read->all() == Fragments::built_in().all());
    CHECK(fragments_with("README", "no XML")->all() == Fragments::built_in().all());
    CHECK(fragments_with("cpu.xml.bak", "no XML")->all() == Fragments::built_in().all());
}

TEST_CASE("a file takes the place of our fragment of its name") {
    const auto read = fragments_with("channel.xml",
                                     "<channel type='unix'>\n  <!-- the tuner's -->\n  <target type='virtio' "
                                     "name='${name}' state='connected'/>\n</channel>\n");
    REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error().what));
    const auto out =
        with(samples::parsed("<domain><devices/></domain>"), {{"channel/org.kvmtune.agent.0", "virtio"}}, *read);
    CHECK(out->bytes() ==
          "<domain><devices><channel type='unix'><!-- the tuner's --><target type='virtio' name='org.kvmtune.agent.0' "
          "state='connected'/></channel></devices ></domain>");
}

TEST_CASE("children come behind what a fragment has of its own") {
    const auto read = fragments_with("hugepages.xml", "<hugepages>\n  <!-- ours -->\n</hugepages>\n");
    REQUIRE_MESSAGE(read.has_value(), (read ? "" : read.error().what));
    const auto out =
        with(samples::parsed("<domain>\n <name/>\n</domain>"), {{"memoryBacking/hugepages", "2048"}}, *read);
    CHECK(out->bytes() ==
          "<domain>\n <name/>\n <memoryBacking>\n  <hugepages>\n   <!-- ours -->\n   <page size='2048' unit='KiB'/>\n  "
          "</hugepages>\n </memoryBacking>\n</domain>");
}

TEST_CASE("files that cannot be used are errors with their place") {
    CHECK(refusal_of("disk.xml", "<disk/>") == "disk.xml:1:1: there is no fragment of this name");
    CHECK(refusal_of("mtu.xml", "\n<mtu size='${size}'>\n</mut>") == "mtu.xml:3:1: </mut> where </mtu> must come");
    CHECK(refusal_of("mtu.xml", "<mtu size='9000'/>") == "mtu.xml:1:1: the hole ${size} is missing");
    CHECK(refusal_of("mtu.xml", "").starts_with("mtu.xml:1:1: "));
}

TEST_CASE("a fragment that kvmtune would not find again or not take back is refused") {
    const std::string why =
        ":1:1: kvmtune would not find this element again with the values of its holes, or not take it back without a "
        "trace";
    CHECK(refusal_of("driver.xml",
                     "<driver name='${name}' queues='${queues}' rx_queue_size='${rx_queue_size}' txmode='timer'/>") ==
          "driver.xml" + why);
    CHECK(refusal_of("vcpupin.xml", "<vcpupin vcpu='${cpuset}' cpuset='${vcpu}'/>") == "vcpupin.xml" + why);
    CHECK(refusal_of("channel.xml", "<channel type='unix'><target type='guestfwd' name='${name}'/></channel>") ==
          "channel.xml" + why);
    CHECK(refusal_of("cpu.xml",
                     "<cpu mode='${mode}' check='${check}' migratable='${migratable}'><feature policy='require' "
                     "name='topoext'/></cpu>") == "cpu.xml" + why);
}

}  // namespace overrides_test
