#include "daemon/domain/redacted.hpp"

#include <doctest/doctest.h>

#include "tests/unit/domain/samples.hpp"

namespace redacted_test {

using namespace kvmtune::domain;

TEST_CASE("secrets are replaced and nothing else") {
    std::string expected = samples::pc_dump();
    expected.replace(expected.find("s3cret"), 6, "***");
    CHECK(redacted(samples::parsed(samples::pc_dump())) == expected);
    CHECK(redacted(samples::parsed(samples::q35_dump())) == samples::q35_dump());
}

TEST_CASE("passwords of other places are replaced too") {
    CHECK(redacted(samples::parsed(
              "<domain><metadata><x:a xmlns:x='urn:x' Password=\"s\"><x:passwd>a<b/>c</x:passwd><password/>"
              "</x:a></metadata></domain>")) ==
          "<domain><metadata><x:a xmlns:x='urn:x' "
          "Password=\"***\"><x:passwd>***</x:passwd><password/></x:a></metadata></domain>");
    CHECK(redacted(samples::parsed(
              "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:commandline><qemu:arg "
              "value='secret,id=a,data=s'/><qemu:arg value='-set'/><qemu:env name='A' "
              "value='s'/></qemu:commandline></domain>")) ==
          "<domain xmlns:qemu='http://libvirt.org/schemas/domain/qemu/1.0'><qemu:commandline><qemu:arg "
          "value='***'/><qemu:arg "
          "value='-set'/><qemu:env name='A' value='***'/></qemu:commandline></domain>");
}

}  // namespace redacted_test
