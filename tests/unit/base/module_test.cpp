#include "base/module.hpp"

#include <doctest/doctest.h>

namespace module_test {

using namespace kvmtune;

TEST_CASE("a module is looked for where it is installed, then in the build tree") {
    const std::string file = "kvmtune-libvirt.so";
    const auto places = module_places("/usr/bin/kvmtune", file, "daemon/libvirt");
    REQUIRE(places.size() == 3);
    CHECK(places[0].starts_with("/usr/l"));
    CHECK(places[0].ends_with("/kvmtune/kvmtune-libvirt.so"));
    CHECK(module_places("/b/daemon/cli/kvmtune", file, "daemon/libvirt")[1] == "/b/daemon/libvirt/kvmtune-libvirt.so");
    CHECK(module_places("/b/tests/unit/libvirt/libvirt-test", file, "daemon/libvirt")[2] ==
          "/b/daemon/libvirt/kvmtune-libvirt.so");
}

}  // namespace module_test
