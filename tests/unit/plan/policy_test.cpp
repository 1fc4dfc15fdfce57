#include "daemon/plan/policy.hpp"

#include <doctest/doctest.h>

namespace policy_test {

using namespace kvmtune::plan;

namespace {

const std::string uuid = "6f1d9a3e-1111-4222-8333-944455556666";

DomainPolicy section(const std::string &name, const std::vector<std::string> &match) {
    DomainPolicy made;
    made.match = match;
    made.source = name;
    return made;
}

/// The section of a domain "web-1" with title "Shop front" and tag "gold".
std::string chosen(const std::vector<DomainPolicy> &sections) {
    Policy policy;
    policy.domains = sections;
    const auto *found = section_for(policy, "web-1", uuid, "Shop front", {"gold"});
    return found == nullptr ? "none" : found->source;
}

}  // namespace

TEST_CASE("a domain is matched by its name, with globs") {
    CHECK(chosen({section("a", {"web-1"})}) == "a");
    CHECK(chosen({section("a", {"web-*"})}) == "a");
    CHECK(chosen({section("a", {"web-[12]"})}) == "a");
    CHECK(chosen({section("a", {"*"})}) == "a");
    CHECK(chosen({section("a", {"web"})}) == "none");
    CHECK(chosen({section("a", {"WEB-1"})}) == "none");
    CHECK(chosen({section("a", {""})}) == "none");
}

TEST_CASE("a domain is matched by UUID, title and tag") {
    CHECK(chosen({section("a", {"uuid:" + uuid})}) == "a");
    CHECK(chosen({section("a", {"uuid:*"})}) == "none");
    CHECK(chosen({section("a", {"title:Shop*"})}) == "a");
    CHECK(chosen({section("a", {"title:Shop"})}) == "none");
    CHECK(chosen({section("a", {"metadata:gold"})}) == "a");
    CHECK(chosen({section("a", {"metadata:g*"})}) == "none");
    CHECK(chosen({section("a", {"metadata:silver"})}) == "none");
}

TEST_CASE("a section with several patterns takes what fits any of them") {
    CHECK(chosen({section("a", {"db-*", "metadata:gold"})}) == "a");
    CHECK(chosen({section("a", {"db-*", "mail-*"})}) == "none");
    CHECK(chosen({section("a", {})}) == "none");
}

TEST_CASE("the first section that matches wins") {
    CHECK(chosen({section("a", {"db-*"}), section("b", {"web-*"}), section("c", {"*"})}) == "b");
    CHECK(chosen({section("c", {"*"}), section("b", {"web-1"})}) == "c");
    CHECK(chosen({}) == "none");
}

}  // namespace policy_test
