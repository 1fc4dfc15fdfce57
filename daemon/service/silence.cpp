#include "daemon/service/silence.hpp"

#include <algorithm>

namespace kvmtune::service {

namespace {

/// Times that a guest may take to boot; whoever is still silent then hardly ever answers.
constexpr int times_of_a_boot = 4;

}  // namespace

Silent Silence::passed_over(Time now) const {
    const auto is_chronic = [&](const Guest &guest) { return guest.times > times_of_a_boot; };
    const Guest *longest_due = nullptr;
    for (const auto &[uuid, guest] : guests_)
        if (is_chronic(guest) && guest.again <= now && (longest_due == nullptr || guest.again < longest_due->again))
            longest_due = &guest;
    Silent silent;
    for (const auto &[uuid, guest] : guests_) {
        const bool waits_for_another = is_chronic(guest) && &guest != longest_due;
        if (guest.again > now || waits_for_another) silent[uuid] = guest.why;
    }
    return silent;
}

void Silence::note(const Silent &passed_over, const Silent &silent, Time now) {
    std::erase_if(guests_, [&](const auto &guest) {
        return passed_over.count(guest.first) == 0 && silent.count(guest.first) == 0;
    });
    for (const auto &[uuid, why] : silent) {
        const auto known = guests_.find(uuid);
        const auto pause = known == guests_.end() ? first_ : std::min(2 * known->second.pause, longest_);
        const int times = known == guests_.end() ? 1 : known->second.times + 1;
        guests_[uuid] = {why, pause, now + pause, times};
    }
}

}  // namespace kvmtune::service
