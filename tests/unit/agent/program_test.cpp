// The built program on a pseudo terminal, which is the nearest thing to a virtio-serial port that any machine has.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cstdlib>

#include "guest-agent/protocol/codec.hpp"
#include "tests/unit/agent/fake_guest.hpp"

namespace program_test {

using namespace kvmtune;
using namespace kvmtune::fakes;
using protocol::Call;
using protocol::Id;
using protocol::Outcome;
using protocol::Outcomes;
using protocol::Reply;

namespace {

const std::string rmem = "sysctl/net.core.rmem_max";

/// A terminal without line discipline. Its own end stays open, so that an agent that goes does not end it.
struct Terminal {
    Terminal() : host(posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
        REQUIRE(grantpt(host.get()) == 0);
        REQUIRE(unlockpt(host.get()) == 0);
        std::array<char, 128> name{};
        REQUIRE(ptsname_r(host.get(), name.data(), name.size()) == 0);
        path = name.data();
        guest = Fd(open(path.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC));
        termios raw{};
        REQUIRE(tcgetattr(guest.get(), &raw) == 0);
        cfmakeraw(&raw);
        REQUIRE(tcsetattr(guest.get(), TCSANOW, &raw) == 0);
    }

    Fd host;
    Fd guest;
    std::string path;
};

class Program {
  public:
    Program(const std::string &port, const std::string &root) : pid_(fork()) {
        if (pid_ != 0) return;
        const std::string program = KVMTUNE_AGENT_PROGRAM;
        execl(program.c_str(), program.c_str(), "--port", port.c_str(), "--root", root.c_str(), nullptr);
        _exit(127);
    }
    ~Program() {
        if (pid_ > 0) (void)stop(SIGKILL);
    }
    Program(const Program &) = delete;
    Program &operator=(const Program &) = delete;

    /// Its exit code after this signal; -1 if it did not exit by itself.
    int stop(int signal) {
        REQUIRE(pid_ > 0);
        kill(pid_, signal);
        int status = 0;
        const pid_t ended = waitpid(pid_, &status, 0);
        REQUIRE(ended == pid_);
        pid_ = -1;
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }
    /// Its exit code once it ends by itself.
    int wait() { return stop(0); }

  private:
    pid_t pid_;
};

struct Host {
    explicit Host(const Fd &terminal) : port(terminal) {}

    Reply next() {
        const auto frame = next_frame(port, framer);
        REQUIRE(frame.has_value());
        const auto reply = protocol::reply_from(*frame);
        CAPTURE(*frame);
        REQUIRE(reply.has_value());
        return *reply;
    }
    /// The answer to this request; greetings before it are passed over.
    protocol::Answer ask(const protocol::Request &request) {
        const Id id{"00c0ffee00c0ffee", ++sequence};
        REQUIRE(write_all(port.get(), protocol::frame_of(Call{id, request}).value()).has_value());
        while (true) {
            Reply reply = next();
            if (reply.id == id) return reply.answer;
        }
    }

    const Fd &port;
    protocol::Framer framer;
    std::uint64_t sequence = 0;
};

}  // namespace

TEST_CASE("the program greets, is asked, is killed, starts again and gives everything back") {
    const FakeGuest guest;
    const Terminal terminal;
    Host host(terminal.host);
    {
        Program program(terminal.path, guest.folder());
        CHECK(std::get<protocol::Hello>(host.next().answer).boot_id == first_boot);
        const Outcomes done{{rmem, {Outcome::State::done, "425984", ""}}};
        CHECK(host.ask(protocol::Put{{{rmem, "425984"}}}) == protocol::Answer(done));
        CHECK(guest.value("net.core.rmem_max") == "425984");
        CHECK(program.stop(SIGKILL) == -1);
    }
    guest.set("net.core.rmem_max", "212992");
    Program program(terminal.path, guest.folder());
    const auto answer = host.ask(protocol::Observe{});
    CHECK(std::get<protocol::View>(answer).sysctls.at("net.core.rmem_max") == "425984");
    const Outcomes back{{rmem, {Outcome::State::done, "212992", ""}}};
    CHECK(host.ask(protocol::Revert{}) == protocol::Answer(back));
    CHECK(guest.value("net.core.rmem_max") == "212992");
    CHECK(program.stop(SIGTERM) == 0);
}

TEST_CASE("the program waits for a port that comes late") {
    const FakeGuest guest;
    const Terminal terminal;
    Host host(terminal.host);
    const std::string late = guest.folder() + "/late";
    Program program(late, guest.folder());
    REQUIRE(symlink(terminal.path.c_str(), late.c_str()) == 0);
    CHECK(std::get<protocol::Hello>(host.next().answer).boot_id == first_boot);
    CHECK(program.stop(SIGTERM) == 0);
}

TEST_CASE("what was granted before a boot is put again when there is a port, and not before") {
    FakeGuest guest;
    (void)Agent(guest).tuner.put({{rmem, "425984"}});
    guest.reboot(second_boot);
    const Terminal terminal;
    Host host(terminal.host);
    const std::string late = guest.folder() + "/late";
    Program program(late, guest.folder());
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    CHECK(guest.value("net.core.rmem_max") == "212992");
    REQUIRE(symlink(terminal.path.c_str(), late.c_str()) == 0);
    CHECK(std::get<protocol::Hello>(host.next().answer).boot_id == second_boot);
    CHECK(guest.value("net.core.rmem_max") == "425984");
    CHECK(program.stop(SIGTERM) == 0);
}

TEST_CASE("the program does not start on a damaged record or without a tree") {
    const FakeGuest guest;
    guest.write("run/kvmtune-agent/record", "damaged\nrecord\n");
    CHECK(Program("/nonexistent", guest.folder()).wait() == 1);
    CHECK(Program("/nonexistent", "/nonexistent").wait() == 1);
}

}  // namespace program_test
