#include "daemon/plan/wish.hpp"

#include <doctest/doctest.h>

namespace wish_test {

using namespace kvmtune::plan;

namespace {

Wish wish(const std::string &name, const std::string &value, const std::string &because) {
    return {{TargetKind::sysctl, "", name}, value, because, Disruption::live, {}, false};
}

}  // namespace

TEST_CASE("each disruption class has a name that is read back") {
    for (const auto *name : {"live", "link", "next-boot", "binding", "start-dependency", "guest-abi"}) {
        CAPTURE(name);
        const auto disruption = disruption_from(name);
        REQUIRE(disruption);
        CHECK(text_of(*disruption) == name);
    }
    CHECK_FALSE(disruption_from(""));
    CHECK_FALSE(disruption_from("Live"));
    CHECK(Disruption::live < Disruption::guest_abi);
}

TEST_CASE("two rules that wish the same are one wish, the first one's") {
    Desired desired;
    desired.add(wish("a.b", "1", "rule one"));
    desired.add(wish("a.b", "1", "rule two"));
    REQUIRE(desired.wishes.size() == 1);
    CHECK(desired.wishes.begin()->second.because == "rule one");
    CHECK(desired.findings.empty());
}

TEST_CASE("two rules that disagree leave the target alone, and a finding names both") {
    Desired desired;
    desired.add(wish("a.b", "1", "rule one"));
    desired.add(wish("a.c", "3", "rule three"));
    desired.add(wish("a.b", "2", "rule two"));
    CHECK(desired.wishes.size() == 1);
    REQUIRE(desired.findings.size() == 1);
    CHECK(desired.findings[0].about == "sysctl:a.b");
    for (const auto *part : {"\"1\"", "\"2\"", "rule one", "rule two"})
        CHECK(desired.findings[0].what.find(part) != std::string::npos);
}

TEST_CASE("what two rules disagreed about is not decided by a third") {
    for (const auto *third : {"1", "2", "3"}) {
        Desired desired;
        desired.add(wish("a.b", "1", "rule one"));
        desired.add(wish("a.b", "2", "rule two"));
        desired.add(wish("a.b", third, "rule three"));
        CHECK(desired.wishes.empty());
        CHECK(desired.findings.size() == 1);
    }
}

}  // namespace wish_test
