#include "base/number.hpp"

#include <doctest/doctest.h>

#include <cstdint>

namespace number_test {

using kvmtune::whole_number;

TEST_CASE("a whole number is all of the text, or there is none") {
    CHECK(whole_number<unsigned>("0") == 0u);
    CHECK(whole_number<unsigned>("007") == 7u);
    CHECK(whole_number<std::int64_t>("-3") == -3);
    for (const char *text : {"", " 1", "1 ", "+1", "-1", "1x", "0x1", "1.0"}) CHECK_FALSE(whole_number<unsigned>(text));
}

TEST_CASE("a number that is too large is none") {
    CHECK(whole_number<unsigned>("4294967295") == 4294967295u);
    CHECK_FALSE(whole_number<unsigned>("4294967296"));
    CHECK(whole_number<std::uint64_t>("4294967296") == 4294967296u);
}

}  // namespace number_test
