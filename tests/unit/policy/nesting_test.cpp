#include "daemon/policy/nesting.hpp"

#include <doctest/doctest.h>

namespace nesting_test {

using kvmtune::policy::nesting_of;

TEST_CASE("brackets, braces and dots of a key nest") {
    CHECK(nesting_of("") == 0);
    CHECK(nesting_of("a = 1\n") == 0);
    CHECK(nesting_of("a = [[1], {b = [2]}]\n") == 3);
    CHECK(nesting_of("a.b.c.d = 1\n") == 3);
    CHECK(nesting_of("a = [1.5, 2.5, 3.5]\nb.c = 1.0\n") == 1);
}

TEST_CASE("strings and comments do not nest, whatever quotes stand in them") {
    CHECK(nesting_of("a = '[[[['\n") == 0);
    CHECK(nesting_of("a = \"[[\\\"[[\" # [[[[\nb = [1]\n") == 1);
    CHECK(nesting_of("a = \"\"\"[[\n\"[\\\"\"\"[[\"\"\"\nb = [[1]]\n") == 2);
    CHECK(nesting_of("a = '''[''[''' # '''\nb = [1]\n") == 1);
}

TEST_CASE("quotes right before the closing three hide nothing behind them") {
    CHECK(nesting_of("a = [\"\"\"x\"\"\"\"\", [[[[1]]]]]\n") == 5);
    CHECK(nesting_of("a = ['''x'''', [[1]]]\n") == 3);
}

}  // namespace nesting_test
