// What holds at every moment of a host on which guests come and go.
#include <doctest/doctest.h>

#include "tests/unit/placement/hosts.hpp"
#include "tests/unit/tries.hpp"

namespace histories_test {

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

/// A host and those who are on it now, each with the seat that it has.
class Host {
  public:
    explicit Host(Dice &dice) {
        Shape shape{1 + dice.below(4), 2 + dice.below(6), 1 + dice.below(2), (16 + dice.below(48)) * gib};
        shape.caches = 1 + dice.below(2);
        topology_ = host_of(shape);
        housekeeping_ = housekeeping_cpus(topology_, std::nullopt);
    }

    [[nodiscard]] Placement placement() const { return placement_for(topology_, {}, housekeeping_, guests_); }

    /// Somebody comes or goes, and everybody has what is planned then.
    void take_a_step(Dice &dice) {
        if (guests_.empty() || !dice.once_in(3))
            come(dice);
        else
            guests_.erase(guests_.begin() + dice.below(static_cast<unsigned>(guests_.size())));
        settle(placement());
    }
    void settle(const Placement &placement) {
        for (SeatRequest &guest : guests_) {
            const auto seat = placement.seats.find(guest.uuid);
            guest.present = seat == placement.seats.end() ? Seat{} : seat->second;
        }
    }
    void clear() { guests_.clear(); }
    [[nodiscard]] const std::vector<SeatRequest> &guests() const { return guests_; }
    [[nodiscard]] const Topology &topology() const { return topology_; }
    [[nodiscard]] const CpuSet &housekeeping() const { return housekeeping_; }

  private:
    void come(Dice &dice) {
        auto guest = guest_of("guest" + std::to_string(dice.below(1000)) + "-" + std::to_string(++number_),
                              1 + dice.below(9), dice.below(5));
        guest.memory = (1 + dice.below(24)) * gib;
        guest.shares = dice.once_in(5);
        if (dice.once_in(4)) guest.vhost_cpus = 1 + dice.below(2);
        guests_.push_back(guest);
    }

    Topology topology_;
    CpuSet housekeeping_;
    std::vector<SeatRequest> guests_;
    unsigned number_ = 0;
};

template <class Check>
void at_every_moment(Check check) {
    for (unsigned seed = 0; seed < tries(100); ++seed) {
        CAPTURE(seed);
        Dice dice(seed);
        Host host(dice);
        for (unsigned step = 0; step < 30; ++step) {
            CAPTURE(step);
            check(host, dice);
        }
    }
}

}  // namespace

TEST_CASE("no core ever has vCPUs of two guests that have CPUs of their own, and housekeeping none") {
    at_every_moment([](Host &host, Dice &dice) {
        host.take_a_step(dice);
        CpuSet taken = whole_cores(host.housekeeping(), host.topology());
        for (const SeatRequest &guest : host.guests()) {
            if (guest.shares) continue;
            const CpuSet mine = vcpu_cpus(guest.present);
            CHECK_FALSE(taken.intersects(mine));
            taken = taken | whole_cores(mine, host.topology());
        }
    });
}

TEST_CASE("nobody who has a seat is moved when another comes or goes") {
    at_every_moment([](Host &host, Dice &dice) {
        const auto before = host.guests();
        host.take_a_step(dice);
        for (const SeatRequest &now : host.guests())
            for (const SeatRequest &then : before)
                if (now.uuid == then.uuid && !now.shares && !then.present.vcpus.empty())
                    CHECK(now.present.vcpus == then.present.vcpus);
    });
}

TEST_CASE("to plan again changes nothing") {
    at_every_moment([](Host &host, Dice &dice) {
        host.take_a_step(dice);
        const Placement once = host.placement();
        host.settle(once);
        CHECK(host.placement() == once);
    });
}

TEST_CASE("no node ever promises more memory than it has") {
    at_every_moment([](Host &host, Dice &dice) {
        host.take_a_step(dice);
        for (const Node &node : host.topology().nodes) {
            std::uint64_t promised = 0;
            for (const SeatRequest &guest : host.guests()) {
                if (guest.present.nodes == CpuSet{node.index}) promised += guest.memory;
                if (guest.present.nodes.size() > 1) promised += memory_on(node.cpus, guest, guest.present);
            }
            CHECK(promised <= node.memory);
        }
    });
}

TEST_CASE("when all have gone the host is as it was") {
    for (unsigned seed = 0; seed < tries(300); ++seed) {
        CAPTURE(seed);
        Dice dice(seed);
        Host host(dice);
        const Placement empty = host.placement();
        for (unsigned step = 0; step < 20; ++step) host.take_a_step(dice);
        host.clear();
        CHECK(host.placement() == empty);
    }
}

}  // namespace histories_test
