#include "daemon/cli/drawing/signs.hpp"

#include <doctest/doctest.h>

namespace drawing_signs_test {

using namespace kvmtune;
using namespace kvmtune::cli::drawing;
using plan::Role;

namespace {

plan::Topology host_of(unsigned cpus) {
    plan::Topology topology;
    for (unsigned cpu = 0; cpu < cpus; ++cpu) topology.cpus.push_back({cpu, cpu});
    return topology;
}

}  // namespace

TEST_CASE("each kind that is there is explained once, by a cell that has little beside it") {
    plan::Occupancy occupancy;
    occupancy.housekeeping = {0};
    occupancy.uses[1] = {{"router", Role::vcpu, 0, false}};
    occupancy.uses[2] = {{"web", Role::vcpu, 0, true}, {"db", Role::emulator, 0, true}};
    occupancy.uses[3] = {{"web", Role::vcpu, 1, true}};
    const auto signs = signs_in(host_of(6), Cells(occupancy));
    REQUIRE(signs.size() == 4);
    CHECK(signs[0].cpu == 3);
    CHECK(signs[0].meaning == "a vCPU on a CPU of its own");
    CHECK(signs[1].cpu == 0);
    CHECK(signs[1].meaning == "housekeeping, and emulators");
    CHECK(signs[2].cpu == 4);
    CHECK(signs[2].meaning == "free");
    CHECK(signs[3].cpu == 1);
    CHECK(signs[3].meaning == "dashed: pinned by its definition");
}

TEST_CASE("housekeeping CPUs are explained also where all of them have guests") {
    plan::Occupancy occupancy;
    occupancy.housekeeping = {0};
    occupancy.uses[0] = {{"web", Role::vhost, 0, true}};
    const auto signs = signs_in(host_of(1), Cells(occupancy));
    REQUIRE(signs.size() == 2);
    CHECK(signs[1].cpu == 0);
    CHECK(signs[1].meaning == "grey: housekeeping");
}

TEST_CASE("what corners say is explained only where they say something") {
    plan::Occupancy occupancy;
    occupancy.uses[0] = {{"web", Role::vhost, 0, true}};
    CHECK(remarks_on(host_of(1), Cells(occupancy)).empty());
    occupancy.uses[0].push_back({"web", Role::emulator, 0, true});
    CHECK(remarks_on(host_of(1), Cells(occupancy)).size() == 1);
}

}  // namespace drawing_signs_test
