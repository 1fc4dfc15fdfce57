#include "daemon/libvirt/secret.hpp"

#include <doctest/doctest.h>

namespace secret_test {

using namespace kvmtune;
using namespace kvmtune::libvirt;

using Texts = std::vector<std::string>;

TEST_CASE("passwords are found in either quotes and with blanks around the sign") {
    CHECK(secrets_of("<graphics type='vnc' passwd='one'/>") == Texts{"one"});
    CHECK(secrets_of("<graphics passwd = \"two\" passwdValidTo='2030-01-01T00:00:00'/>") == Texts{"two"});
    CHECK(secrets_of("<graphics passwd='a'/><graphics passwd='b'/>") == Texts{"a", "b"});
}

TEST_CASE("a password with entities counts as written and as meant") {
    CHECK(secrets_of("<graphics passwd='a&lt;b&amp;amp;c'/>") == Texts{"a&lt;b&amp;amp;c", "a<b&amp;c"});
}

TEST_CASE("cookies of network disks are secrets") {
    CHECK(secrets_of("<cookies><cookie name='session'>abc</cookie><cookie name='t'>def</cookie></cookies>") ==
          Texts{"abc", "def"});
}

TEST_CASE("documents without secrets, and cut ones, have none") {
    CHECK(secrets_of("<domain><name>web</name></domain>").empty());
    CHECK(secrets_of("<graphics passwd=''/>").empty());
    CHECK(secrets_of("passwd").empty());
    CHECK(secrets_of("passwd =").empty());
    CHECK(secrets_of("passwd='").empty());
    CHECK(secrets_of("<cookie").empty());
    CHECK(secrets_of("<cookie>").empty());
}

TEST_CASE("an unclosed password is one to its end") {
    CHECK(secrets_of("passwd='rest") == Texts{"rest"});
}

TEST_CASE("an error that shows a secret loses its detail and keeps its kind") {
    const std::string xml = "<graphics passwd='gehe&lt;im'/>";
    const Error harmless{ErrorKind::invalid, "define: no such element"};
    CHECK(without_secrets(harmless, xml) == harmless);
    for (const auto *shown : {"gehe&lt;im", "gehe<im"}) {
        const auto error = without_secrets({ErrorKind::invalid, std::string("define: bad value ") + shown}, xml);
        CHECK(error.kind == ErrorKind::invalid);
        CHECK(error.what.find("gehe") == std::string::npos);
    }
}

}  // namespace secret_test
