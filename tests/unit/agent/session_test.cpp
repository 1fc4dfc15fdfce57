#include "guest-agent/session.hpp"

#include <doctest/doctest.h>

#include "guest-agent/protocol/codec.hpp"
#include "tests/unit/agent/fake_guest.hpp"

namespace session_test {

using namespace kvmtune;
using namespace kvmtune::fakes;
using namespace kvmtune::protocol;

namespace {

const Id id{"00c0ffee00c0ffee", 3};
const std::string rmem = "sysctl/net.core.rmem_max";

struct World {
    FakeGuest guest;
    Agent agent{guest};

    Reply ask(const Request &request) {
        const auto frame = frame_of(Call{id, request});
        REQUIRE(frame.has_value());
        return answer(frame->substr(0, frame->size() - 1));
    }
    Reply answer(const std::string &frame) {
        const auto bytes = agent.session.answer(frame);
        REQUIRE(bytes.has_value());
        const auto reply = reply_from(bytes->substr(0, bytes->size() - 1));
        if (!reply) FAIL(reply.error().what);
        return *reply;
    }
};

}  // namespace

TEST_CASE("a greeting ends whatever was cut and says who the agent is") {
    World world;
    const std::string greeting = world.agent.session.greeting();
    REQUIRE(greeting.front() == '\n');
    REQUIRE(greeting.back() == '\n');
    const auto reply = reply_from(greeting.substr(1, greeting.size() - 2));
    REQUIRE(reply.has_value());
    CHECK(!reply->id.has_value());
    const auto &hello = std::get<Hello>(reply->answer);
    CHECK(hello.version == version);
    CHECK(hello.boot_id == first_boot);
    CHECK(hello.knobs.size() == 17);
    CHECK(hello.knobs.front() == "nic/channels");
}

TEST_CASE("every request gets its reply with its own id") {
    World world;
    CHECK(world.ask(Ping{}) == Reply{id, Pong{}});
    CHECK(std::get<Hello>(world.ask(AskHello{}).answer).agent_version == KVMTUNE_VERSION);
    CHECK(std::get<View>(world.ask(Observe{}).answer).cpus == 4);
    CHECK(world.agent.session.puts() == 0);
    CHECK(world.ask(Put{{{rmem, "425984"}}}) == Reply{id, Outcomes{{rmem, {Outcome::State::done, "425984", ""}}}});
    CHECK(world.agent.session.puts() == 1);
    CHECK(world.ask(Revert{}) == Reply{id, Outcomes{{rmem, {Outcome::State::done, "212992", ""}}}});
}

TEST_CASE("what cannot be understood is answered with an error, or counted") {
    World world;
    CHECK(world.answer(R"({"id":"00c0ffee00c0ffee-3","verb":"exec","path":"/bin/sh"})") ==
          Reply{id, Error{ErrorKind::unsupported, "unknown verb exec"}});
    CHECK(world.agent.session.garbled() == 0);
    CHECK(!world.agent.session.answer("half of a fr").has_value());
    CHECK(!world.agent.session.answer(R"({"verb":"ping"})").has_value());
    CHECK(world.agent.session.garbled() == 2);
}

TEST_CASE("a guest that cannot be observed says why") {
    World world;
    world.guest.write("sys/devices/system/cpu/online", "?\n");
    const Reply reply = world.ask(Observe{});
    CHECK(std::get<Error>(reply.answer).kind == ErrorKind::invalid);
}

TEST_CASE("the largest view and the largest outcomes fit into a frame") {
    World world;
    world.guest.links.entries.clear();
    for (unsigned i = 0; i < 200; ++i) {
        const std::string number = std::to_string(100 + i);
        const std::string mac = "52:54:00:12:3" + number.substr(0, 1) + ":" + number.substr(1);
        auto nic = virtio_nic(i + 2, "interface-n" + number, mac, Channels{16, 16});
        nic.link.mtu_max = 65535;
        nic.rings = Rings{1024, 1024, 1024, 1024};
        nic.keeps_rings = true;
        world.guest.links.entries.push_back(nic);
        (void)world.agent.knobs.write("nic/" + mac + "/rings/rx", "1024");
    }
    CHECK(std::get<View>(world.ask(Observe{}).answer).nics.size() == most_nics);
    Put put;
    for (unsigned i = 0; i < most_knobs; ++i) put.knobs["nic/52:54:00:00:00:00/x" + std::to_string(i)] = "9000";
    CHECK(std::get<Outcomes>(world.ask(put).answer).size() == most_knobs);
}

}  // namespace session_test
