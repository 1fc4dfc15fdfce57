#include "daemon/apply/effects.hpp"

namespace kvmtune::apply {

Result<plan::Observed> seen_of(const std::set<plan::Target> &targets, const Look &look) {
    plan::Observed observed;
    for (const auto &target : targets) {
        auto seen = look(target);
        if (seen) {
            observed.emplace(target, *std::move(seen));
        } else if (seen.error().kind != ErrorKind::not_found) {
            return within(text_of(target), std::move(seen).error());
        }
    }
    return observed;
}

}  // namespace kvmtune::apply
