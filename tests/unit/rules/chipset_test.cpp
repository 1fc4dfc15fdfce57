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

/// One that runs, and whose agent answers.
Situation guest_in_use() {
    Situation situation = old_guest();
    situation.host.described = false;
    auto &domain = situation.domains[0];
    domain.guest.emplace().agent_version = "1.2";
    domain.facts.nics.clear();
    for (const char *mac : {"52:54:00:00:00:01", "52:54:00:00:00:02"}) domain.facts.nics.emplace_back().mac = mac;
    domain.running = true;
    return situation;
}

GuestNic nic_called(const std::string &mac, const std::string &name) {
    GuestNic nic;
    nic.mac = mac;
    nic.name = name;
    return nic;
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

TEST_CASE("one that was converted stays so") {
    auto situation = old_guest();
    situation.domains[0].facts.i440fx.reset();
    situation.domains[0].converted = true;
    situation.domains[0].policy->allow = {};
    CHECK(desired(situation).wishes.count(machine_target("uuid of web01")) == 1);
    situation.domains[0].policy->q35 = false;
    CHECK(desired(situation).wishes.count(machine_target("uuid of web01")) == 0);
}

TEST_CASE("of a definition in use the guest's agent is asked") {
    auto situation = guest_in_use();
    auto &domain = situation.domains[0];
    auto &chipset = *domain.facts.i440fx;
    CHECK(rules::chipset(situation).wishes.size() == 1);
    chipset.needs_ahci = chipset.has_virtio = true;
    CHECK(
        said(situation).starts_with("its chipset stays i440FX: its agent (1.2) does not tell of its kernel's drivers"));
    domain.guest->kernel = "2.6.32";
    domain.guest->ahci = true;
    domain.guest->virtio_1 = false;
    REQUIRE(rules::chipset(situation).wishes.size() == 1);
    CHECK(rules::chipset(situation).wishes[0].value == "q35 with transitional virtio");
    domain.guest->virtio_1 = true;
    CHECK(rules::chipset(situation).wishes.at(0).value == "q35");
    domain.guest->ahci = false;
    CHECK(said(situation) ==
          "its chipset stays i440FX: the guest's kernel (2.6.32) has no driver for AHCI, which its disks would be on");
    domain.policy->named = {"machine"};
    CHECK_FALSE(said(situation).empty());
}

TEST_CASE("where nobody tells of its drivers, the age of its machine does") {
    auto situation = old_guest();
    auto &chipset = *situation.domains[0].facts.i440fx;
    chipset.ancient = true;
    CHECK(rules::chipset(situation).wishes.at(0).value == "q35");
    chipset.has_virtio = true;
    CHECK(rules::chipset(situation).wishes.at(0).value == "q35 with transitional virtio");
    situation.domains[0].guest.emplace().virtio_1 = true;
    CHECK(rules::chipset(situation).wishes.at(0).value == "q35");
}

TEST_CASE("where no agent answers somebody has to name it") {
    auto situation = guest_in_use();
    situation.domains[0].guest.reset();
    CHECK(said(situation).starts_with("its chipset stays i440FX: no agent answers"));
    situation.domains[0].policy->named = {"machine"};
    CHECK(rules::chipset(situation).wishes.size() == 1);
}

TEST_CASE("names of NICs by their place are settled before the chipset changes") {
    auto situation = guest_in_use();
    auto &nics = situation.domains[0].guest->nics;
    nics = {nic_called("52:54:00:00:00:01", "ens3"), nic_called("52:54:00:00:00:02", "eth1")};
    CHECK(said(situation).find("its guest has no way to keep the name of its NIC 52:54:00:00:00:01, ens3") !=
          std::string::npos);
    nics[0].kept_name = "";
    const auto proposal = rules::chipset(situation);
    const Target name = kept_name_target("uuid of web01", "52:54:00:00:00:01");
    REQUIRE(proposal.wishes.size() == 2);
    CHECK(proposal.wishes[0].target == name);
    CHECK(proposal.wishes[0].value == "ens3");
    CHECK(proposal.wishes[1].target == machine_target("uuid of web01"));
    CHECK((proposal.wishes[1].requires_first == std::vector<Target>{name}));
}

TEST_CASE("names that were settled stay, and one that the guest does not heed is said") {
    auto situation = guest_in_use();
    auto &domain = situation.domains[0];
    domain.facts.i440fx.reset();
    domain.converted = true;
    domain.kept_names = {{"52:54:00:00:00:01", "ens3"}};
    domain.guest->nics = {nic_called("52:54:00:00:00:01", "enp1s0")};
    domain.runs_q35 = true;
    const auto proposal = rules::chipset(situation);
    CHECK(proposal.wishes.size() == 2);
    REQUIRE(proposal.findings.size() == 1);
    CHECK(proposal.findings[0].what == "its guest calls the NIC 52:54:00:00:00:01 enp1s0, not ens3 as before");
    domain.guest->nics[0].name = "ens3";
    CHECK(rules::chipset(situation).findings.empty());
}

TEST_CASE("of NICs that the domain has not, whatever its guest says, no names are kept") {
    auto situation = guest_in_use();
    situation.domains[0].guest->nics = {nic_called("52:54:00:00:00:99", "ens9")};
    CHECK(rules::chipset(situation).wishes.size() == 1);
}

TEST_CASE("names that were not settled before are, while there is time") {
    auto situation = guest_in_use();
    auto &domain = situation.domains[0];
    domain.facts.i440fx.reset();
    domain.converted = true;
    domain.guest->nics = {nic_called("52:54:00:00:00:01", "ens3")};
    domain.guest->nics[0].kept_name = "";
    CHECK(rules::chipset(situation).wishes.size() == 2);
    domain.runs_q35 = true;
    CHECK(rules::chipset(situation).wishes.size() == 1);
}

}  // namespace chipset_test
