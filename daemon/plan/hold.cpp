#include "daemon/plan/hold.hpp"

#include <algorithm>

namespace kvmtune::plan {

Hold asked_for(const Hold *held, const std::string &epoch, const Value &original, const std::string &asked) {
    if (held == nullptr) return Hold{epoch, original, asked, std::nullopt, {}};
    Hold next = *held;
    const auto keep = [&](const Value &value) {
        if (!value || *value == asked) return;
        if (std::find(next.earlier.begin(), next.earlier.end(), *value) == next.earlier.end())
            next.earlier.push_back(*value);
    };
    keep(held->asked);
    keep(held->granted);
    next.epoch = epoch;
    next.asked = asked;
    next.granted.reset();
    return next;
}

}  // namespace kvmtune::plan
