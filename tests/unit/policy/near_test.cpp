#include "daemon/policy/near.hpp"

#include <doctest/doctest.h>

namespace near_test {

using kvmtune::policy::did_you_mean;

TEST_CASE("a slip of a letter or two is recognised") {
    const std::vector<std::string> known = {"profile", "persist", "housekeeping", "vhost_cpus", "cpus"};
    CHECK(did_you_mean("persits", known) == " (did you mean \"persist\"?)");
    CHECK(did_you_mean("Profile", known) == " (did you mean \"profile\"?)");
    CHECK(did_you_mean("vhost-cpus", known) == " (did you mean \"vhost_cpus\"?)");
    CHECK(did_you_mean("houskeping", known) == " (did you mean \"housekeeping\"?)");
    CHECK(did_you_mean("cpu", known) == " (did you mean \"cpus\"?)");
}

TEST_CASE("a word that is like none of ours gets no suggestion") {
    CHECK(did_you_mean("colour", {"profile", "persist"}).empty());
    CHECK(did_you_mean("on", {"off", "dedicated"}).empty());
    CHECK(did_you_mean("", {"off"}).empty());
    CHECK(did_you_mean("x", {}).empty());
}

}  // namespace near_test
