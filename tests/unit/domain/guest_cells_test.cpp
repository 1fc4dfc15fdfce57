// <cpu><numa> and <numatune><memnode>.
#include <doctest/doctest.h>

#include "daemon/domain/elements.hpp"
#include "daemon/domain/facts.hpp"
#include "tests/unit/domain/edits.hpp"

namespace guest_cells_test {

using namespace kvmtune;
using namespace kvmtune::domain;
using samples::edited;
using samples::value;

namespace {

const std::string guest = R"(<domain type='kvm'>
  <name>guest</name>
  <memory unit='GiB'>8</memory>
  <vcpu>12</vcpu>
  <os>
    <type>hvm</type>
  </os>
</domain>
)";

std::string numa(const std::string &inside) {
    return "<domain><cpu><numa>" + inside + "</numa></cpu></domain>";
}

}  // namespace

TEST_CASE("cells and the nodes of their memory stand where libvirt has them, and go without a trace") {
    const std::string tuned = edited(guest, {{"cpu/numa", "0-5:4194304 6-11:4194304"},
                                             {"numatune/memnode", "0 1"},
                                             {"numatune/memory/mode", "strict"},
                                             {"numatune/memory/nodeset", "0-1"}});
    CHECK(tuned == R"(<domain type='kvm'>
  <name>guest</name>
  <memory unit='GiB'>8</memory>
  <vcpu>12</vcpu>
  <numatune>
    <memory mode='strict' nodeset='0-1'/>
    <memnode cellid='0' mode='strict' nodeset='0'/>
    <memnode cellid='1' mode='strict' nodeset='1'/>
  </numatune>
  <os>
    <type>hvm</type>
  </os>
  <cpu>
    <numa>
      <cell id='0' cpus='0-5' memory='4194304' unit='KiB'/>
      <cell id='1' cpus='6-11' memory='4194304' unit='KiB'/>
    </numa>
  </cpu>
</domain>
)");
    CHECK(value(tuned, "cpu/numa") == "0-5:4194304 6-11:4194304");
    CHECK(value(tuned, "numatune/memnode") == "0 1");
    CHECK(edited(tuned, {{"cpu/numa", {}},
                         {"numatune/memnode", {}},
                         {"numatune/memory/mode", {}},
                         {"numatune/memory/nodeset", {}}}) == guest);
}

TEST_CASE("cells change in place, and become more and fewer") {
    const std::string two = edited(guest, {{"cpu/numa", "0-5:4194304 6-11:4194304"}, {"numatune/memnode", "0 1"}});
    const std::string three =
        edited(guest, {{"cpu/numa", "0-3:1024 4-7:1024 8-11:2048"}, {"numatune/memnode", "0 1 3"}});
    const std::string moved = edited(two, {{"numatune/memnode", "2 3"}});
    CHECK(value(moved, "numatune/memnode") == "2 3");
    CHECK(edited(moved, {{"numatune/memnode", "0 1"}}) == two);
    CHECK(edited(two, {{"cpu/numa", "0-3:1024 4-7:1024 8-11:2048"}, {"numatune/memnode", "0 1 3"}}) == three);
    CHECK(edited(three, {{"cpu/numa", "0-5:4194304 6-11:4194304"}, {"numatune/memnode", "0 1"}}) == two);
}

TEST_CASE("what else a user says of cells is seen") {
    CHECK(value(numa("<cell cpus='0-3' memory='1' unit='GiB'/><cell cpus='4-7' memory='1048576'/>"), "cpu/numa") ==
          "0-3:1048576 4-7:1048576");
    CHECK(value(numa("<cell id='1' cpus='4' memory='4'/><cell id='0' cpus='0' memory='2'/>"), "cpu/numa") == "0:2 4:4");
    CHECK(value(numa("<cell cpus='0' memory='4' memAccess='shared'/>"), "cpu/numa") == "0:4 and more");
    CHECK(value(numa("<cell cpus='0' memory='4'><distances/></cell>"), "cpu/numa") == "0:4 and more");
    CHECK(value(numa("<cell id='3' cpus='0' memory='4'/>"), "cpu/numa") == "0:4 and more");
    CHECK(value(numa(""), "cpu/numa") == "");
    const auto memnode = [](const std::string &attributes) {
        return value("<domain><numatune><memnode cellid='0' " + attributes + "/></numatune></domain>",
                     "numatune/memnode");
    };
    CHECK(memnode("mode='strict' nodeset='1-2'") == "1-2");
    CHECK(memnode("nodeset='1'") == "1");
    CHECK(memnode("mode='preferred' nodeset='1'") == "1 and more");
    CHECK_FALSE(value(guest, "cpu/numa"));
    CHECK_FALSE(value(guest, "numatune/memnode"));
}

TEST_CASE("what names no cells is refused") {
    for (const std::string cells : {"", "0-5", "0-5:", ":4", "x:4", "0-5:4 and more", "0-5:4k"})
        CHECK(edited(guest, {{"cpu/numa", cells}}) == "error: test.xml: no NUMA cells: " + cells);
}

}  // namespace guest_cells_test
