#include "daemon/service/guest_ears.hpp"

#include <algorithm>
#include <utility>

#include "daemon/service/log.hpp"

namespace kvmtune::service {

using std::chrono::milliseconds;

void GuestEars::listen(std::map<std::string, int> lines) {
    cover();
    waiting_ = std::move(lines);
    listen_on_those_due();
}

void GuestEars::listen_on_those_due() {
    const auto now = Clock::now();
    auto next = Clock::time_point::max();
    for (const auto &[uuid, descriptor] : std::exchange(waiting_, {})) {
        const auto speaker = speakers_.find(uuid);
        if (speaker == speakers_.end() || speaker->second.again <= now) {
            listen_on(uuid, descriptor);
        } else {
            waiting_.emplace(uuid, descriptor);
            next = std::min(next, speaker->second.again);
        }
    }
    if (waiting_.empty()) return;
    auto timer = loop_.after(std::chrono::ceil<milliseconds>(next - now), [this] { listen_on_those_due(); });
    if (timer) timer_ = *std::move(timer);
}

void GuestEars::cover() {
    sources_.clear();
    waiting_.clear();
    timer_.reset();
}

void GuestEars::listen_on(const std::string &uuid, int descriptor) {
    auto source = loop_.on_readable(descriptor, [this, uuid] { heard(uuid); });
    if (!source) return log(Weight::error, source.error().what);
    sources_[uuid] = *std::move(source);
}

void GuestEars::heard(std::string uuid) {
    sources_.erase(uuid);
    const auto now = Clock::now();
    // Who was quiet for as long as the last pause begins anew.
    const auto known = speakers_.find(uuid);
    const bool again = known != speakers_.end() && now < known->second.again + known->second.pause;
    const auto pause = again ? std::min(2 * known->second.pause, longest_) : first_;
    speakers_[uuid] = {now + pause, pause};
    heard_(uuid);
}

}  // namespace kvmtune::service
