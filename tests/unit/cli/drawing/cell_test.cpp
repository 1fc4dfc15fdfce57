#include "daemon/cli/drawing/cell.hpp"

#include <doctest/doctest.h>

namespace drawing_cell_test {

using namespace kvmtune;
using namespace kvmtune::cli::drawing;
using plan::Role;
using Kind = Cell::Kind;
using Names = std::vector<std::string>;

TEST_CASE("a CPU that nobody has is free, and one of the host's is for housekeeping") {
    plan::Occupancy occupancy;
    occupancy.housekeeping = {0};
    const Cells cells(occupancy);
    CHECK(cells.of(0).kind == Kind::housekeeping);
    CHECK(cells.of(0).housekeeping);
    CHECK(cells.of(1).kind == Kind::free);
    CHECK(cells.of(1).label.empty());
    CHECK(cells.of(1).uses.empty());
}

TEST_CASE("a CPU that no guest gets is somebody else's, by name, unless somebody is there") {
    plan::Occupancy occupancy;
    occupancy.withheld = {{"isolated by the kernel", CpuSet{4, 5}, ""}};
    occupancy.uses[5] = {{"web", Role::vcpu, 0, false}};
    const Cells cells(occupancy);
    CHECK(cells.of(4).kind == Kind::withheld);
    CHECK(cells.of(4).withheld_by == "isolated by the kernel");
    CHECK(cells.of(5).kind == Kind::vcpu);
    CHECK(cells.of(5).withheld_by == "isolated by the kernel");
    CHECK(cells.of(6).withheld_by.empty());
}

TEST_CASE("a vCPU with one CPU has it as its own, with what else is there in the corner") {
    plan::Occupancy occupancy;
    occupancy.uses[2] = {
        {"web", Role::vcpu, 3, true}, {"db", Role::emulator, 0, true}, {"web", Role::emulator, 0, true}};
    occupancy.uses[3] = {{"web", Role::vcpu, 127, true}};
    const Cells cells(occupancy);
    CHECK(cells.of(2).kind == Kind::vcpu);
    CHECK(cells.of(2).guests == Names{"web"});
    CHECK(cells.of(2).label == "vCPU 3");
    CHECK(cells.of(2).besides == "e2");
    CHECK(cells.of(2).uses == Names{"db: emulator", "web: vCPU 3", "web: emulator"});
    CHECK(cells.of(3).label == "v127");
}

TEST_CASE("vCPUs with several CPUs make a pool, which guests may share") {
    plan::Occupancy occupancy;
    for (const unsigned cpu : {4U, 5U})
        for (const auto *name : {"batch", "lab"})
            for (const unsigned vcpu : {0U, 1U}) occupancy.uses[cpu].push_back({name, Role::vcpu, vcpu, true});
    const auto cell = Cells(occupancy).of(4);
    CHECK(cell.kind == Kind::pool);
    CHECK(cell.guests == Names{"batch", "lab"});
    CHECK(cell.label == "pool");
    CHECK(cell.uses == Names{"batch: vCPUs 0-1", "lab: vCPUs 0-1"});
}

TEST_CASE("a vCPU beside another guest's vCPU or vhost workers is in its way") {
    plan::Occupancy occupancy;
    occupancy.uses[2] = {{"a", Role::vcpu, 0, true}, {"b", Role::vcpu, 0, false}};
    occupancy.uses[3] = {{"a", Role::vcpu, 1, true}, {"b", Role::vhost, 0, true}, {"c", Role::emulator, 0, true}};
    occupancy.uses[4] = {{"a", Role::vcpu, 2, true}, {"a", Role::vhost, 0, true}};
    const Cells cells(occupancy);
    for (const unsigned cpu : {2U, 3U}) {
        CHECK(cells.of(cpu).kind == Kind::crowded);
        CHECK(cells.of(cpu).guests == Names{"a", "b"});
        CHECK(cells.of(cpu).label == "2 guests");
        CHECK(cells.of(cpu).besides.empty());
    }
    CHECK(cells.of(4).kind == Kind::vcpu);
    CHECK(cells.of(4).besides == "h1");
}

TEST_CASE("workers come before iothreads, and these before emulators") {
    plan::Occupancy occupancy;
    occupancy.housekeeping = {7};
    occupancy.uses[5] = {{"a", Role::emulator, 0, true}, {"a", Role::vhost, 0, true}, {"a", Role::vhost, 1, true}};
    occupancy.uses[6] = {{"a", Role::emulator, 0, true}, {"b", Role::iothread, 0, false}};
    occupancy.uses[7] = {{"a", Role::emulator, 0, true}};
    occupancy.uses[8] = {{"a", Role::emulator, 0, true}};
    const Cells cells(occupancy);
    CHECK(cells.of(5).kind == Kind::vhost);
    CHECK(cells.of(5).uses == Names{"a: emulator", "a: vhost workers 0-1"});
    CHECK(cells.of(6).kind == Kind::iothread);
    CHECK(cells.of(6).guests == Names{"b"});
    CHECK(cells.of(7).kind == Kind::housekeeping);
    CHECK(cells.of(7).guests == Names{"a"});
    CHECK(cells.of(8).kind == Kind::emulator);
}

TEST_CASE("what a definition pins is seen") {
    plan::Occupancy occupancy;
    occupancy.uses[2] = {{"router", Role::vcpu, 0, false}};
    occupancy.uses[3] = {{"web", Role::vcpu, 0, true}, {"router", Role::emulator, 0, false}};
    const Cells cells(occupancy);
    CHECK(cells.of(2).pinned_by_user);
    CHECK(cells.of(2).uses == Names{"router: vCPU 0 (pinned by its definition)"});
    CHECK_FALSE(cells.of(3).pinned_by_user);
}

}  // namespace drawing_cell_test
