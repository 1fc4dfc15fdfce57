#include "daemon/policy/utf8.hpp"

#include <doctest/doctest.h>

namespace utf8_test {

using kvmtune::policy::first_bad_byte;

TEST_CASE("characters of all lengths, up to the limits of each") {
    CHECK_FALSE(first_bad_byte(""));
    CHECK_FALSE(first_bad_byte(std::string_view("\0\x7f", 2)));
    CHECK_FALSE(first_bad_byte("\xc2\x80\xdf\xbf"));
    CHECK_FALSE(first_bad_byte("\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80\xef\xbf\xbf"));
    CHECK_FALSE(first_bad_byte("\xf0\x90\x80\x80\xf4\x8f\xbf\xbf"));
}

TEST_CASE("overlong forms, surrogates, what is too large, torn or loose") {
    CHECK(first_bad_byte("a\xc0\x80") == 1u);
    CHECK(first_bad_byte("ab\xe0\x9f\xbf") == 2u);
    CHECK(first_bad_byte("\xed\xa0\x80") == 0u);
    CHECK(first_bad_byte("\xf4\x90\x80\x80") == 0u);
    CHECK(first_bad_byte("\xf5\x80\x80\x80") == 0u);
    CHECK(first_bad_byte("a\xe2\x82") == 1u);
    CHECK(first_bad_byte("a\xe2\x82"
                         "b") == 1u);
    CHECK(first_bad_byte("\xc3\xa4\xbf") == 2u);
}

}  // namespace utf8_test
