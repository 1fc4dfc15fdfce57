// The policy and the agent keep a list each, as neither program may include the other: they must be the same.
#include <doctest/doctest.h>

#include "daemon/policy/policy.hpp"
#include "guest-agent/knob_name.hpp"

namespace guest_sysctls_test {

using namespace kvmtune;

TEST_CASE("the policy takes each sysctl that the agent takes, and names no other in its refusal") {
    for (const auto &sysctl : agent::allowed_sysctls()) {
        const bool is_switch = sysctl.ends_with("probing") || sysctl.ends_with("scaling");
        const std::string value = sysctl.ends_with("mem") ? "4096 8192 16384" : is_switch ? "1" : "65536";
        const auto read = policy::read_policy(
            {{"p.toml", "[[domain]]\nmatch = [\"*\"]\nsysctl.\"" + sysctl + "\" = \"" + value + "\"\n"}});
        CHECK_MESSAGE(read.has_value(), sysctl);
    }
    const auto refused =
        policy::read_policy({{"p.toml", "[[domain]]\nmatch = [\"*\"]\nsysctl.\"vm.swappiness\" = 1\n"}});
    REQUIRE_FALSE(refused.has_value());
    REQUIRE(refused.error().size() == 1);
    CHECK(refused.error().front().line == 3);
}

}  // namespace guest_sysctls_test
