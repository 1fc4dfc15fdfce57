#include "daemon/libvirt/shutdown.hpp"

#include <algorithm>
#include <optional>
#include <string>

namespace kvmtune::libvirt {

namespace {

/// The questions asked so far.
struct Asked {
    unsigned times = 0;
    std::chrono::milliseconds next{0};
    std::optional<Error> refusal;  ///< of the last question
};

Error still_running(const Asked &asked, std::chrono::seconds limit) {
    std::string what = "still running after " + std::to_string(limit.count()) + " s and " +
                       std::to_string(asked.times) + (asked.times == 1 ? " request" : " requests") +
                       " to shut down (guest agent or power button)";
    if (asked.refusal) what += "; the last was answered: " + asked.refusal->what;
    return {ErrorKind::timed_out, what};
}

Result<> ask(Guest &guest, Asked &asked) {
    const auto answer = guest.ask();
    asked.times++;
    asked.next = guest.elapsed() + ask_again;
    asked.refusal = answer ? std::nullopt : std::optional(answer.error());
    if (!answer && answer.error().kind == ErrorKind::denied) return answer;
    return {};
}

}  // namespace

Result<> shut_down(Guest &guest, std::chrono::seconds limit, apply::Insist insist) {
    Asked asked;
    while (TRY(guest.running())) {
        const auto now = guest.elapsed();
        if (asked.times > 0 && now >= limit) {
            if (insist == apply::Insist::destroy) return guest.destroy();
            return tl::unexpected(still_running(asked, limit));
        }
        if (now >= asked.next) {
            TRY(ask(guest, asked));
            continue;
        }
        guest.pause(std::min(look_again, std::chrono::milliseconds(limit) - now));
    }
    return {};
}

}  // namespace kvmtune::libvirt
