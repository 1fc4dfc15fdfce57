#include "guest-agent/record.hpp"

#include <doctest/doctest.h>

#include "tests/unit/agent/fake_guest.hpp"

namespace record_test {

using namespace kvmtune;
using namespace kvmtune::fakes;
using agent::Held;
using agent::Record;

namespace {

Record record_of(const FakeGuest &guest, const std::string &boot_id = first_boot) {
    auto record = Record::open(guest.root(), boot_id);
    if (!record) FAIL(record.error().what);
    return std::move(*record);
}

/// A record with two holds, one of them released.
void fill(const FakeGuest &guest) {
    Record record = record_of(guest);
    REQUIRE(record.hold("a", "1", "").has_value());
    REQUIRE(record.claim("a", "2").has_value());
    REQUIRE(record.hold("b", "10", "7").has_value());
    REQUIRE(record.claim("b", "20").has_value());
    REQUIRE(record.claim("b", "21").has_value());
    REQUIRE(record.hold("c", "100", "").has_value());
    REQUIRE(record.release("c").has_value());
}

const std::map<std::string, Held> filled{{"a", {"1", "", {"2"}}}, {"b", {"10", "7", {"20", "21"}}}};

}  // namespace

TEST_CASE("a record read back is the record that was written") {
    const FakeGuest guest;
    fill(guest);
    CHECK(record_of(guest).held() == filled);
    CHECK(record_of(guest).held() == filled);
}

TEST_CASE("a record of another boot is void") {
    const FakeGuest guest;
    fill(guest);
    CHECK(record_of(guest, second_boot).held().empty());
    CHECK(record_of(guest, first_boot).held().empty());
}

TEST_CASE("a torn last line is dropped wherever it was torn, and what follows is readable") {
    const FakeGuest guest;
    fill(guest);
    const std::string whole = guest.read(Record::path);
    const std::string before = whole.substr(0, whole.rfind('\n', whole.size() - 2) + 1);
    for (std::size_t length = before.size(); length < whole.size(); ++length) {
        CAPTURE(length);
        guest.write(Record::path, whole.substr(0, length));
        Record record = record_of(guest);
        CHECK(record.held().count("c") == 1);
        REQUIRE(record.release("c").has_value());
        CHECK(record_of(guest).held() == filled);
    }
}

TEST_CASE("damage elsewhere is an error and the record is left as it is") {
    const FakeGuest guest;
    fill(guest);
    std::string text = guest.read(Record::path);
    text[text.find("10")] = '2';
    guest.write(Record::path, text);
    const auto record = Record::open(guest.root(), first_boot);
    REQUIRE(!record.has_value());
    CHECK(error_of(record).what == guest.folder() + "/run/kvmtune-agent/record: line 4 is damaged");
    CHECK(guest.read(Record::path) == text);
}

TEST_CASE("a record of another version is refused and left as it is") {
    const FakeGuest guest;
    const std::string text = "51154993 {\"record\":2,\"boot_id\":\"x\"}\n";
    guest.write(Record::path, text);
    const auto record = Record::open(guest.root(), first_boot);
    REQUIRE(!record.has_value());
    CHECK(error_of(record).kind == ErrorKind::unsupported);
    CHECK(guest.read(Record::path) == text);
}

TEST_CASE("what is not held cannot be claimed, and a claim counts once") {
    const FakeGuest guest;
    Record record = record_of(guest);
    CHECK(!record.claim("a", "2").has_value());
    REQUIRE(record.hold("a", "1", "").has_value());
    REQUIRE(record.claim("a", "2").has_value());
    const std::string text = guest.read(Record::path);
    REQUIRE(record.claim("a", "2").has_value());
    CHECK(guest.read(Record::path) == text);
    REQUIRE(record.release("z").has_value());
    CHECK(guest.read(Record::path) == text);
}

}  // namespace record_test
