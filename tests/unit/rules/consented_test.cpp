#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace consented_test {

using namespace kvmtune::plan;

namespace {

const Target element{TargetKind::element, "uuid of web01", "os/machine"};

Desired desired_with(Disruption disruption) {
    Desired desired;
    desired.add({element, "q35", "machine: a test", disruption, {}});
    return desired;
}

bool is_consented(const DomainSituation &domain, Disruption disruption) {
    return consented(desired_with(disruption), host_with({domain})).wishes.count(element) == 1;
}

}  // namespace

TEST_CASE("mild classes need no consent") {
    for (const Disruption mild : {Disruption::live, Disruption::link, Disruption::next_boot, Disruption::binding})
        CHECK(is_consented(tuned_domain(), mild));
}

TEST_CASE("a start dependency and guest ABI are held back unless the section allows that class") {
    for (const Disruption harsh : {Disruption::start_dependency, Disruption::guest_abi}) {
        DomainSituation domain = tuned_domain();
        CHECK_FALSE(is_consented(domain, harsh));
        domain.policy->allow = {harsh};
        CHECK(is_consented(domain, harsh));
    }
    DomainSituation domain = tuned_domain();
    domain.policy->allow = {Disruption::start_dependency};
    CHECK_FALSE(is_consented(domain, Disruption::guest_abi));
}

TEST_CASE("what binds to a host is held back from a domain that is to stay migratable") {
    DomainSituation domain = tuned_domain();
    domain.policy->migratable = true;
    CHECK_FALSE(is_consented(domain, Disruption::binding));
    domain.policy->allow = {Disruption::binding};
    CHECK(is_consented(domain, Disruption::binding));
}

TEST_CASE("what is held back is a finding that names the domain, the value and the class") {
    const Desired rest = consented(desired_with(Disruption::guest_abi), host_with({tuned_domain()}));
    REQUIRE(rest.findings.size() == 1);
    CHECK(rest.findings[0].about == "web01");
    CHECK(rest.findings[0].what == "held back: os/machine = q35 needs allow = [\"guest-abi\"] (machine: a test)");
}

TEST_CASE("vhost without persistence is held back as a whole through all rules") {
    Situation situation = host_with({tuned_domain()});
    situation.policy.host.persist = false;
    const Target driver{TargetKind::element, "uuid of web01", "interface/52:54:00:12:34:56/driver/name"};
    CHECK(desired(situation).wishes.count(driver) == 0);
    situation.domains[0].policy->allow = {Disruption::start_dependency};
    CHECK(desired(situation).wishes.count(driver) == 1);
}

}  // namespace consented_test
