#include "daemon/service/hook_door.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <cerrno>
#include <chrono>
#include <cstring>

#include "daemon/hook/alone.hpp"
#include "daemon/hook/guest_life.hpp"
#include "daemon/hook/peer.hpp"
#include "daemon/service/log.hpp"

namespace kvmtune::service {

namespace {

constexpr std::chrono::seconds patience{1};
/// Thirty guests that start at once knock at once.
constexpr int most_waiting = 64;

Result<Fd> listener_at(const std::string &path) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path.size() >= sizeof address.sun_path) return failure(ErrorKind::invalid, path + ": too long for a socket");
    std::memcpy(address.sun_path, path.c_str(), path.size());
    Fd listener(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!listener) return system_failure(path, errno);
    const void *untyped = &address;
    if (::fchmod(listener.get(), 0600) != 0) return system_failure(path, errno);
    if (::bind(listener.get(), static_cast<const sockaddr *>(untyped), sizeof address) != 0 ||
        ::listen(listener.get(), most_waiting) != 0)
        return system_failure("listen at " + path, errno);
    return listener;
}

}  // namespace

Result<std::unique_ptr<HookDoor>> HookDoor::open(const Root &root, std::optional<std::string> topology, Heard heard) {
    TRY(root.make_directories("run/kvmtune"));
    // What a daemon left that was killed; there is no other one, for the bus has one name.
    TRY(root.remove(hook::socket_path));
    auto listener = TRY(listener_at(root.full(hook::socket_path)));
    return std::unique_ptr<HookDoor>(new HookDoor(root, std::move(topology), std::move(heard), std::move(listener)));
}

HookDoor::HookDoor(const Root &root, std::optional<std::string> topology, Heard heard, Fd listener)
    : root_(root),
      topology_(std::move(topology)),
      heard_(std::move(heard)),
      listener_(std::move(listener)),
      thread_([this] { serve(); }) {}

HookDoor::~HookDoor() {
    // Without the socket the hook does its work alone. Ends accept(2) in the thread, too.
    const auto removed = root_.remove(hook::socket_path);
    closed_ = true;
    ::shutdown(listener_.get(), SHUT_RDWR);
    thread_.join();
}

/// Where the system has no more descriptors or memory it may have some soon.
void HookDoor::serve() {
    while (!closed_) {
        Fd caller(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
        const bool again = errno == EINTR || errno == ECONNABORTED || closed_;
        forget_answered();
        if (caller) {
            hear(std::move(caller));
        } else if (!again) {
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
    }
}

void HookDoor::forget_answered() {
    under_way_.remove_if([](const std::future<void> &answer) {
        return answer.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    });
}

/// Whoever says nothing, or nonsense, gets no answer, and goes on without one.
void HookDoor::hear(Fd caller) {
    auto call = hook::hear(caller, std::chrono::steady_clock::now() + patience);
    if (!call) return;
    const bool may_wait_for_others = is_filter(*call) || has_huge_pages(*call);
    if (!may_wait_for_others) return answer(caller, *call);
    if (hook::takes_long(*policy_.load(), *call) &&
        !hook::send(caller, hook::wait_line, std::chrono::steady_clock::now() + patience))
        return;
    // The future keeps the function until it is forgotten; the connection is to end with the answer.
    under_way_.push_back(
        std::async(std::launch::async, [this, caller = std::move(caller), call = *std::move(call)]() mutable {
            answer(Fd(std::move(caller)), call);
        }));
}

void HookDoor::answer(const Fd &caller, const hook::Call &call) const {
    const auto policy = policy_.load();
    auto answer = hook::answer_by(*policy, root_, topology_, call);
    if (!answer) {
        log(Weight::warning, call.object + ": " + call.operation + ": " + answer.error().what,
            {{"DOMAIN", call.object}});
        answer = hook::Answer{hook::Verdict::go, answer.error().what, {}};
    }
    const auto sent = hook::send(caller, text_of(*answer), std::chrono::steady_clock::now() + patience);
    if (sent) heard_(call);
}

}  // namespace kvmtune::service
