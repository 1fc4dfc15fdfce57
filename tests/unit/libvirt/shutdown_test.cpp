#include "daemon/libvirt/shutdown.hpp"

#include <doctest/doctest.h>

#include <optional>
#include <vector>

namespace shutdown_test {

using namespace kvmtune;
using namespace std::chrono_literals;
using apply::Insist;
using libvirt::shut_down;

namespace {

/// A guest in a time of its own: it goes off at a given moment, or some time after it has listened.
class FakeGuest final : public libvirt::Guest {
  public:
    std::optional<std::chrono::milliseconds> off_at;  ///< nullopt: never
    std::chrono::milliseconds deaf_until{0};          ///< questions before this are lost
    std::optional<std::chrono::milliseconds> takes;   ///< from the question it heard to off; nullopt: for ever
    std::chrono::milliseconds question_costs{0};      ///< a call to the agent may block
    std::optional<Error> refusal;
    std::optional<Error> unreadable;
    std::vector<std::chrono::milliseconds> asked;
    bool destroyed = false;
    std::chrono::milliseconds now{0};

    Result<bool> running() override {
        if (unreadable) return tl::unexpected(*unreadable);
        return !destroyed && !(off_at && now >= *off_at);
    }

    Result<> ask() override {
        asked.push_back(now);
        now += question_costs;
        if (refusal) return tl::unexpected(*refusal);
        if (now >= deaf_until && takes && !off_at) off_at = now + *takes;
        return {};
    }

    Result<> destroy() override {
        destroyed = true;
        return {};
    }

    std::chrono::milliseconds elapsed() override { return now; }

    void pause(std::chrono::milliseconds time) override {
        REQUIRE(time > 0ms);
        now += time;
    }
};

}  // namespace

TEST_CASE("a guest that is off is not asked") {
    FakeGuest guest;
    guest.off_at = 0ms;
    CHECK(shut_down(guest, 10s, Insist::no).has_value());
    CHECK(guest.asked.empty());
}

TEST_CASE("a guest that obeys is asked once and looked at soon after it is off") {
    FakeGuest guest;
    guest.takes = 3100ms;
    CHECK(shut_down(guest, 60s, Insist::no).has_value());
    CHECK(guest.asked == std::vector{0ms});
    CHECK(guest.now == 3200ms);
}

TEST_CASE("a guest that missed the question is asked again every five seconds") {
    FakeGuest guest;
    guest.deaf_until = 12s;
    guest.takes = 1s;
    CHECK(shut_down(guest, 60s, Insist::no).has_value());
    CHECK(guest.asked == std::vector{0ms, 5000ms, 10000ms, 15000ms});
}

TEST_CASE("after the limit the error says how long and how often, and nothing is destroyed") {
    FakeGuest guest;
    const auto done = shut_down(guest, 12s, Insist::no);
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error() == Error{ErrorKind::timed_out,
                                "still running after 12 s and 3 requests to shut down (guest agent or power button)"});
    CHECK(guest.now == 12s);
    CHECK_FALSE(guest.destroyed);
}

TEST_CASE("after the limit it is destroyed if the caller insists, and not before") {
    FakeGuest guest;
    CHECK(shut_down(guest, 7s, Insist::destroy).has_value());
    CHECK(guest.destroyed);
    CHECK(guest.now == 7s);
}

TEST_CASE("a limit of nothing still asks once") {
    FakeGuest guest;
    const auto done = shut_down(guest, 0s, Insist::no);
    REQUIRE_FALSE(done.has_value());
    CHECK(guest.asked.size() == 1);
    CHECK(done.error().what.find("1 request to") != std::string::npos);
}

TEST_CASE("a refusal is asked again and named in the end") {
    FakeGuest guest;
    guest.refusal = Error{ErrorKind::failed, "request: guest agent is not responding"};
    const auto done = shut_down(guest, 6s, Insist::no);
    REQUIRE_FALSE(done.has_value());
    CHECK(guest.asked.size() == 2);
    CHECK(done.error().kind == ErrorKind::timed_out);
    CHECK(done.error().what.find("guest agent is not responding") != std::string::npos);
}

TEST_CASE("who may not ask may not destroy either") {
    FakeGuest guest;
    guest.refusal = Error{ErrorKind::denied, "request: access denied"};
    const auto done = shut_down(guest, 60s, Insist::destroy);
    REQUIRE_FALSE(done.has_value());
    CHECK(done.error().kind == ErrorKind::denied);
    CHECK(guest.asked.size() == 1);
    CHECK_FALSE(guest.destroyed);
}

TEST_CASE("a question that blocks for longer than the limit does not make the wait longer") {
    FakeGuest guest;
    guest.question_costs = 30s;
    CHECK_FALSE(shut_down(guest, 10s, Insist::no).has_value());
    CHECK(guest.now == 30s);
    CHECK(guest.asked.size() == 1);
}

TEST_CASE("a guest that cannot be looked at any more ends the wait") {
    FakeGuest guest;
    guest.unreadable = Error{ErrorKind::failed, "read web01: connection lost"};
    CHECK(shut_down(guest, 10s, Insist::destroy).error() == *guest.unreadable);
    CHECK_FALSE(guest.destroyed);
}

}  // namespace shutdown_test
