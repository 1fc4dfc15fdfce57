#include "guest-agent/service.hpp"

#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <cstddef>
#include <cstring>

#include "guest-agent/code_pages.hpp"
#include "guest-agent/protocol/frame.hpp"

namespace kvmtune::agent {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds for_ever{-1};
constexpr milliseconds write_limit{10000};
/// While no host is there, looks again as seldom as this in case that an edge was missed.
constexpr milliseconds first_look{1000};
constexpr milliseconds last_look{30000};

void notify(const std::string &socket_path, std::string_view message) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket_path.empty() || socket_path.size() >= sizeof(address.sun_path)) return;
    std::memcpy(address.sun_path, socket_path.data(), socket_path.size());
    if (address.sun_path[0] == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_path.size());
    const Fd fd(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
    const void *bytes = &address;
    (void)sendto(fd.get(), message.data(), message.size(), MSG_NOSIGNAL, static_cast<const sockaddr *>(bytes), length);
}

/// One end of the port, from an open to its loss.
class Conversation {
  public:
    Conversation(Port &port, Session &session, Readiness &readiness)
        : port_(port), session_(session), readiness_(readiness) {}

    /// One step: reads what is there and answers it.
    Port::State step() {
        Port::Input input = port_.read();
        if (input.state == Port::State::no_host) {
            greeted_ = false;
            framer_.reset();
        } else if (input.state != Port::State::lost && !greeted_) {
            greeted_ = true;
            if (port_.write(session_.greeting(), write_limit) == Port::State::lost) return Port::State::lost;
        }
        framer_.feed(input.bytes);
        return answer_frames() == Port::State::lost ? Port::State::lost : input.state;
    }

  private:
    Port::State answer_frames() {
        while (const auto frame = framer_.take()) {
            const auto reply = session_.answer(*frame);
            if (session_.puts() > 0) readiness_.announce();
            if (reply && port_.write(*reply, write_limit) == Port::State::lost) return Port::State::lost;
        }
        return Port::State::bytes;
    }

    Port &port_;
    Session &session_;
    Readiness &readiness_;
    protocol::Framer framer_;
    bool greeted_ = false;
};

milliseconds wait_after(Port::State state, milliseconds look) {
    if (state == Port::State::bytes) return milliseconds(0);
    return state == Port::State::no_host ? look : for_ever;
}

}  // namespace

void Readiness::announce() {
    if (!announced_) notify(socket_, "READY=1");
    announced_ = true;
}

void Readiness::tick() {
    if (!announced_ && Clock::now() >= limit_) announce();
}

milliseconds Readiness::cap(milliseconds wait) const {
    if (announced_) return wait;
    const auto left = std::max(std::chrono::ceil<milliseconds>(limit_ - Clock::now()), milliseconds(0));
    return wait < milliseconds(0) ? left : std::min(wait, left);
}

End serve(Port &port, Session &session, const Bells &bells, Readiness &readiness) {
    Conversation conversation(port, session, readiness);
    milliseconds look = first_look;
    while (true) {
        readiness.tick();
        const Port::State state = conversation.step();
        if (state == Port::State::lost) return End::lost;
        if (state != Port::State::no_host) look = first_look;
        if (state != Port::State::bytes) leave_code_pages();
        const Wake wake = port.wait(bells, readiness.cap(wait_after(state, look)));
        if (wake == Wake::stopped) return End::stopped;
        if (wake == Wake::links_changed) session.links_changed();
        if (state == Port::State::no_host && wake == Wake::timed_out) look = std::min(look * 2, last_look);
    }
}

}  // namespace kvmtune::agent
