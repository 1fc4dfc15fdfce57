#include "daemon/libvirt/error.hpp"

#include <doctest/doctest.h>
#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <cerrno>

#include "daemon/libvirt/handle.hpp"

namespace error_test {

using namespace kvmtune;
using namespace kvmtune::libvirt;

TEST_CASE("libvirt's codes become the kinds that callers act on") {
    CHECK(kind_of(VIR_ERR_NO_DOMAIN, 0) == ErrorKind::not_found);
    CHECK(kind_of(VIR_ERR_XML_INVALID_SCHEMA, -1) == ErrorKind::invalid);
    CHECK(kind_of(VIR_ERR_XML_DETAIL, -1) == ErrorKind::invalid);
    CHECK(kind_of(VIR_ERR_AUTH_UNAVAILABLE, 0) == ErrorKind::denied);
    CHECK(kind_of(VIR_ERR_ACCESS_DENIED, 0) == ErrorKind::denied);
    CHECK(kind_of(VIR_ERR_CONFIG_UNSUPPORTED, 0) == ErrorKind::unsupported);
    CHECK(kind_of(VIR_ERR_NO_SUPPORT, 0) == ErrorKind::unsupported);
    CHECK(kind_of(VIR_ERR_OPERATION_TIMEOUT, 0) == ErrorKind::timed_out);
    CHECK(kind_of(VIR_ERR_RESOURCE_BUSY, 0) == ErrorKind::busy);
    CHECK(kind_of(VIR_ERR_OPERATION_INVALID, 0) == ErrorKind::failed);
}

TEST_CASE("a system error has the kind of its errno") {
    CHECK(kind_of(VIR_ERR_SYSTEM_ERROR, EACCES) == ErrorKind::denied);
    CHECK(kind_of(VIR_ERR_SYSTEM_ERROR, EPERM) == ErrorKind::denied);
    CHECK(kind_of(VIR_ERR_SYSTEM_ERROR, EBUSY) == ErrorKind::busy);
    CHECK(kind_of(VIR_ERR_SYSTEM_ERROR, ENOENT) == ErrorKind::failed);
    CHECK(kind_of(VIR_ERR_INTERNAL_ERROR, EACCES) == ErrorKind::failed);
}

TEST_CASE("a message becomes one line") {
    CHECK(line_of(VIR_ERR_XML_INVALID_SCHEMA, "no\nExtra element: x\n") == "no; Extra element: x");
    CHECK(line_of(VIR_ERR_INTERNAL_ERROR, "plain") == "plain");
    CHECK(line_of(VIR_ERR_INTERNAL_ERROR, "").empty());
    CHECK(line_of(VIR_ERR_INTERNAL_ERROR, "\n\nlate\n\n") == "late");
}

TEST_CASE("the line of the document that libvirt's XML parser quotes is dropped") {
    CHECK(line_of(VIR_ERR_XML_DETAIL, "(domain_definition):3: Mismatch\n<graphics passwd='geheim'>\n---^") ==
          "(domain_definition):3: Mismatch");
}

TEST_CASE("a failed call gives libvirt's words behind the action") {
    silence_libvirt();
    const Connection connection(virConnectOpen("test:///default"));
    REQUIRE(connection);
    const Domain domain(virDomainLookupByName(connection.get(), "nobody"));
    REQUIRE_FALSE(domain);
    const auto error = libvirt_failure("look for nobody").value();
    CHECK(error.kind == ErrorKind::not_found);
    CHECK(error.what == "look for nobody: Domain not found");
}

TEST_CASE("a daemon that is not there is named as what does not answer") {
    silence_libvirt();
    const Connection connection(virConnectOpen("qemu+unix:///system?socket=/nonexistent/libvirt-sock"));
    REQUIRE_FALSE(connection);
    CHECK(libvirt_failure("connect").value().what.starts_with("connect: libvirt does not answer: "));
}

TEST_CASE("a failure that libvirt does not explain is still one") {
    virResetLastError();
    CHECK(libvirt_failure("try").value() == Error{ErrorKind::failed, "try: libvirt gives no reason"});
}

}  // namespace error_test
