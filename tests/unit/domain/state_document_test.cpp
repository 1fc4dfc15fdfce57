#include "daemon/domain/state_document.hpp"

#include <doctest/doctest.h>

namespace state_document_test {

using namespace kvmtune;

TEST_CASE("the document of what runs is in its state byte for byte") {
    const std::string domain = "<domain type='kvm' id='1'>\n    <name>\"web01\"</name>\n  </domain>";
    const std::string head = "<!--\nWARNING: THIS IS AN AUTO-GENERATED FILE.\n-->\n";
    const auto state = head + "<domstatus state='running' pid='17'>\n  <monitor path='/x' type='unix'/>\n  " + domain +
                       "\n</domstatus>\n";
    CHECK(domain::document_in_state(state, "web01.xml").value() == domain);

    const std::string network = "<network>\n    <name>default</name>\n  </network>";
    const auto status = "<networkstatus>\n  <floor sum='0'/>\n  " + network + "\n</networkstatus>\n";
    CHECK(domain::document_in_state(status, "default.xml").value() == network);
}

TEST_CASE("what is no state of a domain or a network is refused by its name") {
    for (const std::string other :
         {"<domain/>", "<domstatus><network/></domstatus>", "<networkstatus><domain/></networkstatus>", "<domstatus"}) {
        const auto found = domain::document_in_state(other, "other.xml");
        REQUIRE_FALSE(found.has_value());
        CHECK(found.error().kind == ErrorKind::invalid);
        CHECK(found.error().what.starts_with("other.xml:1:"));
    }
}

}  // namespace state_document_test
