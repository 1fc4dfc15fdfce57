#include <doctest/doctest.h>

#include "daemon/plan/pool.hpp"
#include "tests/unit/rules/situations.hpp"

namespace memory_nodes_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

constexpr const char *mode = "numatune/memory/mode";
constexpr const char *nodeset = "numatune/memory/nodeset";

Proposal proposal_for(const Situation &situation) {
    const Placement placement = placement_of(situation);
    return rules::memory_nodes(situation, placement, huge_page_plan(situation, placement));
}

void check_not_bound(const Situation &situation, const std::string &reason) {
    const Proposal proposal = proposal_for(situation);
    CHECK(proposal.wishes.empty());
    REQUIRE(proposal.findings.size() == 1);
    CHECK(proposal.findings[0] == Finding{"web01", "its memory is bound to no node: " + reason});
}

}  // namespace

TEST_CASE("a guest's memory is bound to the node of its vCPUs") {
    const Situation situation = host_with({tuned_domain()});
    const Proposal proposal = proposal_for(situation);
    const CpuSet nodes = placement_of(situation).seats.at("uuid of web01").nodes;
    REQUIRE(nodes.size() == 1);
    CHECK(value_of(proposal, TargetKind::element, mode) == "restrictive");
    CHECK(value_of(proposal, TargetKind::element, nodeset) == nodes.text());
    CHECK(find(proposal, TargetKind::element, mode)->disruption == Disruption::next_boot);
    CHECK(proposal.wishes.size() == 2);
    CHECK(proposal.findings.empty());
}

TEST_CASE("the policy's mode is taken, and strict binds the guest to such a host") {
    Situation situation = host_with({tuned_domain()});
    situation.domains[0].policy->memory = MemoryPolicy::strict;
    Proposal proposal = proposal_for(situation);
    CHECK(value_of(proposal, TargetKind::element, mode) == "strict");
    CHECK(find(proposal, TargetKind::element, nodeset)->disruption == Disruption::binding);
    situation.domains[0].policy->memory = MemoryPolicy::preferred;
    CHECK(value_of(proposal_for(situation), TargetKind::element, mode) == "preferred");
    situation.domains[0].policy->memory = MemoryPolicy::off;
    CHECK(proposal_for(situation) == Proposal{});
}

TEST_CASE("a host with one node needs no numatune") {
    Situation situation = host_with({tuned_domain()});
    situation.host.topology = host_of({1});
    CHECK(proposal_for(situation) == Proposal{});
}

TEST_CASE("a numatune of the user's stays, unless the section names the key") {
    Situation situation = host_with({tuned_domain()});
    situation.domains[0].facts.memory_mode = "strict";
    situation.domains[0].facts.memory_nodes = CpuSet{1};
    CHECK(proposal_for(situation) == Proposal{});
    situation.domains[0].policy->named.insert("numatune");
    CHECK(value_of(proposal_for(situation), TargetKind::element, mode) == "restrictive");
}

TEST_CASE("a guest without a seat, or one that numad places, is bound to nothing") {
    Situation situation = host_with({tuned_domain()});
    situation.domains[0].policy->cpus = CpuPolicy::off;
    CHECK(proposal_for(situation) == Proposal{});
    situation.domains[0].policy->cpus = CpuPolicy::dedicated;
    situation.domains[0].facts.automatic_placement = true;
    CHECK(proposal_for(situation) == Proposal{});
}

TEST_CASE("an emulatorpin beyond the node keeps its memory unbound") {
    Situation situation = host_with({tuned_domain()});
    situation.domains[0].facts.vcpupins = {{0, CpuSet{9}}, {1, CpuSet{10}}, {2, CpuSet{11}}, {3, CpuSet{12}}};
    situation.domains[0].facts.emulatorpin = CpuSet{0};
    check_not_bound(situation,
                    "its emulatorpin shares no CPU with node 1, and QEMU would not start with huge pages there");
    situation.domains[0].facts.emulatorpin = CpuSet{0, 8};
    CHECK(value_of(proposal_for(situation), TargetKind::element, nodeset) == "1");
}

TEST_CASE("vCPUs that the user pinned over several nodes keep its memory unbound") {
    Situation situation = host_with({tuned_domain()});
    situation.domains[0].facts.vcpupins = {{0, CpuSet{2}}, {1, CpuSet{3}}, {2, CpuSet{4}}, {3, CpuSet{12}}};
    const Proposal proposal = proposal_for(situation);
    CHECK(proposal.wishes.empty());
}

TEST_CASE("a guest that is spread has its memory on all of its nodes, but preferred would take one alone") {
    Situation situation = host_with({tuned_domain()});
    situation.domains[0].facts.vcpus = 12;
    CHECK(value_of(proposal_for(situation), TargetKind::element, nodeset) == "0-1");
    situation.domains[0].policy->memory = MemoryPolicy::preferred;
    check_not_bound(situation, "numatune's preferred takes one node, and its vCPUs are on nodes 0-1");
}

TEST_CASE("nodes of single cells are the user's") {
    Situation situation = host_with({tuned_domain()});
    situation.domains[0].facts.memory_by_cell = true;
    check_not_bound(situation, "the user wrote nodes for its cells one by one");
}

TEST_CASE("a guest with huge pages of its own is bound only where a pool of ours holds them") {
    Situation situation = host_with({tuned_domain()});
    situation.domains[0].facts.backing.hugepages = true;
    check_not_bound(situation, "its own huge pages are not sure to be there on node 0");
    situation.host.node_memory = {{0, 64 * gib, 60 * gib}, {1, 64 * gib, 60 * gib}};
    situation.host.pools = {{0, 2048}, {1, 2048}};
    const Proposal proposal = proposal_for(situation);
    REQUIRE(proposal.wishes.size() == 2);
    CHECK(proposal.wishes[0].requires_first == std::vector<Target>{pool_target({0, 2048})});
}

}  // namespace memory_nodes_test
