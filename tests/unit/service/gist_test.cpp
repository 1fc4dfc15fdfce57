#include <doctest/doctest.h>

#include "daemon/service/gist.hpp"

namespace gist_test {

using kvmtune::service::gist_of;

TEST_CASE("a finding with other amounts of memory is no news, one with another value is") {
    CHECK(gist_of({"web01", "15.0 GiB of node 0 are free, 512 MiB of them in blocks"}) ==
          gist_of({"web01", "9.7 GiB of node 0 are free, 0 MiB of them in blocks"}));
    CHECK(gist_of({"web01", "1.0 GiB of node 0 are free"}) != gist_of({"web01", "1.0 GiB of node 1 are free"}));
    CHECK(gist_of({"web01", "1.0 GiB are free"}) != gist_of({"web02", "1.0 GiB are free"}));
    CHECK(gist_of({"sysctl", "somebody changed it to 1234"}) != gist_of({"sysctl", "somebody changed it to 1235"}));
    CHECK(gist_of({"web01", "or say keep_free = \"1234MiB\" in [host.hugepages]"}) ==
          gist_of({"web01", "or say keep_free = \"987MiB\" in [host.hugepages]"}));
    CHECK(gist_of({"", "1.5 GiB"}) == ":  GiB");
    CHECK(gist_of({"a", " GiB"}) == "a:  GiB");
}

}  // namespace gist_test
