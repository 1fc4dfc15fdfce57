#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace chipset_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

/// A document of a guest with i440FX, tuned with this consent.
Situation old_guest(const std::set<Disruption> &allow = {Disruption::guest_abi}) {
    auto domain = tuned_domain();
    domain.facts.machine = "pc-i440fx-7.2";
    domain.facts.i440fx = ChipsetFacts{};
    domain.policy->allow = allow;
    Situation situation = host_with({domain});
    situation.host.described = true;
    return situation;
}

std::string said(const Situation &situation) {
    const auto proposal = rules::chipset(situation);
    CHECK(proposal.wishes.empty());
    return proposal.findings.empty() ? "" : proposal.findings[0].what;
}

}  // namespace

TEST_CASE("a guest with i440FX gets Q35, with its consent") {
    const auto proposal = rules::chipset(old_guest());
    REQUIRE(proposal.wishes.size() == 1);
    CHECK(proposal.wishes[0].target == machine_target("uuid of web01"));
    CHECK(proposal.wishes[0].value == "q35");
    CHECK(proposal.wishes[0].disruption == Disruption::guest_abi);
    CHECK(desired(old_guest()).wishes.count(machine_target("uuid of web01")) == 1);
    const auto held_back = desired(old_guest({}));
    CHECK(held_back.wishes.count(machine_target("uuid of web01")) == 0);
    CHECK(std::any_of(held_back.findings.begin(), held_back.findings.end(), [](const Finding &finding) {
        return finding.what.starts_with("held back: os/machine = q35 needs allow = [\"guest-abi\"]");
    }));
}

TEST_CASE("others are no business of it, nor those whose section says so") {
    CHECK(said(host_with({tuned_domain()})).empty());
    auto kept = old_guest();
    kept.domains[0].policy->q35 = false;
    CHECK(said(kept).empty());
    auto foreign = old_guest();
    foreign.domains[0].policy.reset();
    CHECK(said(foreign).empty());
}

TEST_CASE("what speaks against it is said to whoever consents, and nobody else") {
    auto situation = old_guest();
    situation.domains[0].facts.i440fx->obstacles = {"it has a GPU", "and more"};
    CHECK(said(situation) == "its chipset stays i440FX: it has a GPU");
    situation.domains[0].policy->named = {"machine"};
    CHECK(said(situation) == "its chipset stays i440FX: it has a GPU");
    situation.domains[0].policy->allow = {};
    CHECK(said(situation).empty());
}

TEST_CASE("what the guest has to bring along is said") {
    auto situation = old_guest();
    situation.domains[0].facts.i440fx->demands = {"the guest needs a driver"};
    const auto proposal = rules::chipset(situation);
    CHECK(proposal.wishes.size() == 1);
    REQUIRE(proposal.findings.size() == 1);
    CHECK(proposal.findings[0].what == "it gets Q35: the guest needs a driver");
    situation.domains[0].policy->allow = {};
    CHECK(rules::chipset(situation).findings.empty());
}

TEST_CASE("what is doubted is done where the section names it") {
    auto situation = old_guest();
    situation.domains[0].facts.i440fx->doubts = {"it has a TPM"};
    CHECK(said(situation) ==
          "its chipset stays i440FX: it has a TPM; machine = \"q35\" in its section says that it does not matter");
    situation.domains[0].policy->named = {"machine"};
    CHECK(rules::chipset(situation).wishes.size() == 1);
}

TEST_CASE("a definition in use is not converted yet, one that was stays as it is") {
    auto situation = old_guest();
    situation.host.described = false;
    CHECK(said(situation).starts_with("its chipset stays i440FX: a definition in use is not converted yet"));
    situation.domains[0].facts.i440fx.reset();
    situation.domains[0].converted = true;
    situation.domains[0].policy->allow = {};
    CHECK(desired(situation).wishes.count(machine_target("uuid of web01")) == 1);
}

}  // namespace chipset_test
