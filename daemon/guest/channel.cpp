#include "daemon/guest/channel.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "daemon/guest/guest_world.hpp"
#include "guest-agent/protocol/codec.hpp"

namespace kvmtune::guest {

namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr int most_repeats = 3;

std::string new_nonce() {
    constexpr const char *digits = "0123456789abcdef";
    std::array<unsigned char, 8> bytes{};
    while (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) continue;
    std::string nonce;
    for (const unsigned char byte : bytes) {
        nonce += digits[byte >> 4];
        nonce += digits[byte & 15u];
    }
    return nonce;
}

Result<sockaddr_un> address_of(const std::string &path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof(address.sun_path)) {
        return failure(ErrorKind::invalid, path + ": too long for the path of a socket");
    }
    std::memcpy(address.sun_path, path.data(), path.size());
    return address;
}

/// Connecting blocks while another client is there; the send timeout bounds it (unix(7)).
Result<> bound_connect(int socket, milliseconds timeout) {
    const auto count = std::max<milliseconds::rep>(timeout.count(), 1);
    timeval time{};
    time.tv_sec = count / 1000;
    time.tv_usec = count % 1000 * 1000;
    if (setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &time, sizeof(time)) != 0) {
        return system_failure("setsockopt", errno);
    }
    return {};
}

Error of_agent(Error error) {
    error.what = "the guest's agent: " + error.what;
    return error;
}

Result<protocol::Outcomes> only_those_asked(protocol::Outcomes outcomes, const std::set<std::string> &asked) {
    const auto is_asked = [&](const auto &entry) { return asked.count(entry.first) != 0; };
    if (outcomes.size() == asked.size() && std::all_of(outcomes.begin(), outcomes.end(), is_asked)) return outcomes;
    return failure(ErrorKind::invalid, "the guest's agent: answered for other knobs than it was asked for");
}

}  // namespace

Result<Channel> Channel::connect(const std::string &path, milliseconds timeout) {
    const sockaddr_un address = TRY(address_of(path));
    Fd fd(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!fd) return system_failure("socket", errno);
    TRY(bound_connect(fd.get(), timeout));
    const void *bytes = &address;
    if (::connect(fd.get(), static_cast<const sockaddr *>(bytes), sizeof(address)) != 0) {
        if (errno == EAGAIN) return failure(ErrorKind::timed_out, path + ": connect: somebody else is connected");
        return system_failure(path + ": connect", errno);
    }
    return Channel(std::move(fd));
}

Channel::Channel(Fd socket) : socket_(std::move(socket)), nonce_(new_nonce()) {
    const int flags = fcntl(socket_.get(), F_GETFL);
    if (flags < 0 || fcntl(socket_.get(), F_SETFL, flags | O_NONBLOCK) != 0) socket_.reset();
}

Result<protocol::Hello> Channel::hello(milliseconds timeout) {
    auto greeted = ask_for<protocol::Hello>(protocol::AskHello{}, timeout);
    if (!greeted && greeted.error().kind == ErrorKind::timed_out)
        greeted.error().what += ": is kvmtune-agent running in the guest?";
    auto hello = TRY(std::move(greeted));
    if (hello.version != protocol::version) {
        return failure(ErrorKind::unsupported, "the guest's agent: speaks version " + std::to_string(hello.version) +
                                                   " of the protocol, not " + std::to_string(protocol::version));
    }
    return hello;
}

Result<plan::GuestFacts> Channel::observe(milliseconds timeout) {
    return facts_from(TRY(ask_for<protocol::View>(protocol::Observe{}, timeout)));
}

Result<> Channel::ping(milliseconds timeout) {
    TRY(ask_for<protocol::Pong>(protocol::Ping{}, timeout));
    return {};
}

Result<protocol::Outcomes> Channel::put(const std::map<std::string, std::string> &knobs, milliseconds timeout) {
    auto outcomes = TRY(ask_for<protocol::Outcomes>(protocol::Put{knobs}, timeout));
    std::set<std::string> asked;
    for (const auto &[knob, value] : knobs) asked.insert(knob);
    return only_those_asked(std::move(outcomes), asked);
}

Result<protocol::Outcomes> Channel::revert(const std::set<std::string> &knobs, milliseconds timeout) {
    auto outcomes = TRY(ask_for<protocol::Outcomes>(protocol::Revert{knobs}, timeout));
    return only_those_asked(std::move(outcomes), knobs);
}

Result<protocol::Outcomes> Channel::revert_all(milliseconds timeout) {
    return ask_for<protocol::Outcomes>(protocol::Revert{}, timeout);
}

Result<std::optional<protocol::Hello>> Channel::greeting() {
    if (!socket_) return give_up("not connected");
    do {
        while (const auto reply = TRY(next_reply())) {
            if (reply->id) ++stale_;
        }
    } while (TRY(receive()));
    return std::exchange(greeting_, std::nullopt);
}

Channel::Dropped Channel::dropped() const {
    return {stale_, garbled_, framer_.oversized()};
}

template <class T>
Result<T> Channel::ask_for(protocol::Request request, milliseconds timeout) {
    protocol::Answer answer = TRY(ask(std::move(request), timeout));
    if (auto *error = std::get_if<Error>(&answer)) return tl::unexpected<Error>(of_agent(std::move(*error)));
    if (auto *wanted = std::get_if<T>(&answer)) return std::move(*wanted);
    return failure(ErrorKind::invalid, "the guest's agent: answered something else than it was asked");
}

Result<protocol::Answer> Channel::ask(protocol::Request request, milliseconds timeout) {
    if (!socket_) return give_up("not connected");
    const Deadline deadline = Clock::now() + timeout;
    const protocol::Call call{{nonce_, ++sequence_}, std::move(request)};
    const std::string frame = "\n" + TRY(protocol::frame_of(call));
    TRY(send(frame, deadline));
    return answer_to(call.id, frame, deadline);
}

/// An agent that greets while it is asked has started anew and may have lost the request: it is asked again, which
/// does no harm, for all requests are such that twice is as good as once.
Result<protocol::Answer> Channel::answer_to(const protocol::Id &id, const std::string &frame, Deadline deadline) {
    for (int repeats = 0; true;) {
        auto reply = TRY(next_reply());
        if (!reply) {
            TRY(wait(POLLIN, deadline));
            TRY(receive());
        } else if (!reply->id && repeats < most_repeats) {
            ++repeats;
            TRY(send(frame, deadline));
        } else if (reply->id == id) {
            bytes_unanswered_ = 0;
            frames_unanswered_ = 0;
            return std::move(reply->answer);
        } else if (reply->id) {
            ++stale_;
        }
    }
}

Result<std::optional<protocol::Reply>> Channel::next_reply() {
    while (const auto frame = framer_.take()) {
        if (++frames_unanswered_ > most_frames) return give_up("sends too many frames without an answer");
        auto reply = protocol::reply_from(*frame);
        if (!reply) {
            ++garbled_;
            continue;
        }
        if (!reply->id) greeting_ = std::get<protocol::Hello>(reply->answer);
        return std::optional<protocol::Reply>(std::move(*reply));
    }
    return std::optional<protocol::Reply>();
}

Result<> Channel::send(std::string_view bytes, Deadline deadline) {
    while (!bytes.empty()) {
        const ssize_t count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
        if (count >= 0) {
            bytes.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN) {
            TRY(wait(POLLOUT, deadline));
        } else if (errno != EINTR) {
            return give_up(std::string("send: ") + std::strerror(errno));
        }
    }
    return {};
}

Result<> Channel::wait(short events, Deadline deadline) {
    while (true) {
        const auto left = std::chrono::ceil<milliseconds>(deadline - Clock::now());
        if (left.count() <= 0) return failure(ErrorKind::timed_out, "the guest's agent: no answer in time");
        pollfd entry{socket_.get(), events, 0};
        constexpr milliseconds::rep most = 60 * 60 * 1000;
        if (poll(&entry, 1, static_cast<int>(std::min(left.count(), most))) > 0) return {};
    }
}

/// Takes bytes that are there, if any are.
Result<bool> Channel::receive() {
    std::array<char, 16384> buffer{};
    const ssize_t count = recv(socket_.get(), buffer.data(), buffer.size(), 0);
    if (count == 0) return give_up("the connection has ended");
    if (count < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    if (count < 0) return give_up(std::string("receive: ") + std::strerror(errno));
    bytes_unanswered_ += static_cast<std::uint64_t>(count);
    if (bytes_unanswered_ > most_bytes) return give_up("sends too much without an answer");
    framer_.feed(std::string_view(buffer.data(), static_cast<std::size_t>(count)));
    return true;
}

tl::unexpected<Error> Channel::give_up(const std::string &why) {
    socket_.reset();
    return failure(ErrorKind::failed, "the guest's channel: " + why);
}

}  // namespace kvmtune::guest
