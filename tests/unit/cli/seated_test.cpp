#include "daemon/cli/seated.hpp"

#include <doctest/doctest.h>

#include "daemon/answers/json.hpp"

namespace seated_test {

using namespace kvmtune;
using plan::Role;

TEST_CASE("an answer gives back the host and who sits there") {
    plan::Topology topology;
    topology.cpus = {{0, 0, 0, 0, 0, 1}, {1, 1, 1, 1, 1, 0}};
    topology.nodes = {{0, 1U << 30, {0}}, {1, 2U << 30, {1}}};
    plan::Occupancy occupancy;
    occupancy.housekeeping = {0};
    occupancy.uses[1] = {{"web", Role::vcpu, 3, true}, {"db", Role::iothread, 0, false}};
    occupancy.floating = {"loose"};
    const auto answer = answers::json_of(topology, occupancy);
    CHECK(cli::topology_in(answer) == topology);
    const auto read = cli::occupancy_in(answer);
    CHECK(read.housekeeping == occupancy.housekeeping);
    CHECK(read.uses == occupancy.uses);
    CHECK(read.floating == occupancy.floating);
}

TEST_CASE("a guest's places are told by role, and guests have letters in the order of their names") {
    plan::Occupancy occupancy;
    occupancy.uses[2] = {{"web", Role::vcpu, 0, true}};
    occupancy.uses[3] = {
        {"web", Role::vhost, 0, true}, {"web", Role::vhost, 1, true}, {"web", Role::emulator, 0, true}};
    occupancy.uses[4] = {{"db", Role::iothread, 0, false}};
    const auto guests = cli::guests_seated(occupancy);
    CHECK(guests.at("db").mark == "a");
    CHECK(guests.at("web").mark == "b");
    CHECK(places_of(guests.at("db")) == std::vector<std::string>{"iothreads 4", "not ours"});
    CHECK(places_of(guests.at("web")) == std::vector<std::string>{"vCPUs 2", "emulator 3", "vhost 3 (2 queues)"});
}

}  // namespace seated_test
