#include "daemon/plan/ledger.hpp"

#include <doctest/doctest.h>

#include "tests/unit/placement/hosts.hpp"

namespace ledger_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

DomainSituation pinned(const std::string &name) {
    DomainSituation domain;
    domain.facts.uuid = name;
    domain.facts.name = name;
    domain.facts.type = "kvm";
    domain.facts.arch = "x86_64";
    domain.facts.os_type = "hvm";
    domain.facts.vcpus = 2;
    domain.facts.vcpupins = {{0, {4}}, {1, {5}}};
    return domain;
}

Situation host_with(const DomainSituation &domain) {
    Situation situation;
    situation.host.topology = host_of({});
    situation.domains = {domain};
    return situation;
}

}  // namespace

TEST_CASE("the ledger has the pins of a domain out of scope, of vCPUs, emulator and iothreads") {
    DomainSituation domain = pinned("other");
    domain.facts.emulatorpin = CpuSet{2, 3};
    domain.facts.iothreadpins = {{1, {6}}};
    CHECK(ledger_of(host_with(domain)).taken == std::map<std::string, CpuSet>{{"other", {2, 3, 4, 5, 6}}});
    CHECK(ledger_of(host_with(domain)).all() == CpuSet{2, 3, 4, 5, 6});
}

TEST_CASE("a cpuset of the vcpu element is in the ledger, unless it is all CPUs") {
    DomainSituation domain;
    domain.facts.name = "other";
    domain.facts.vcpu_cpuset = CpuSet::range(8, 15);
    CHECK(ledger_of(host_with(domain)).all() == CpuSet::range(8, 15));
    domain.facts.vcpu_cpuset = CpuSet::range(0, 15);
    domain.facts.emulatorpin = CpuSet::range(0, 63);
    CHECK(ledger_of(host_with(domain)).taken.empty());
}

TEST_CASE("CPUs that the host does not have are not in the ledger") {
    DomainSituation domain;
    domain.facts.name = "other";
    domain.facts.emulatorpin = CpuSet{3, 500};
    CHECK(ledger_of(host_with(domain)).all() == CpuSet{3});
}

TEST_CASE("a domain that we place is not in the ledger, one in scope with cpus = off is") {
    DomainSituation domain = pinned("ours");
    domain.policy = DomainPolicy{};
    CHECK(ledger_of(host_with(domain)).taken.empty());
    domain.policy->cpus = CpuPolicy::off;
    CHECK(ledger_of(host_with(domain)).all() == CpuSet{4, 5});
}

TEST_CASE("a domain that numad places is in the ledger with its pins") {
    DomainSituation domain = pinned("auto");
    domain.policy = DomainPolicy{};
    domain.facts.automatic_placement = true;
    CHECK(ledger_of(host_with(domain)).all() == CpuSet{4, 5});
}

}  // namespace ledger_test
