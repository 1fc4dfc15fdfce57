#include "daemon/plan/wish.hpp"

#include <array>
#include <utility>

namespace kvmtune::plan {

namespace {
constexpr std::array<std::pair<Disruption, const char *>, 6> class_names = {{
    {Disruption::live, "live"},
    {Disruption::link, "link"},
    {Disruption::next_boot, "next-boot"},
    {Disruption::binding, "binding"},
    {Disruption::start_dependency, "start-dependency"},
    {Disruption::guest_abi, "guest-abi"},
}};
}  // namespace

std::string text_of(Disruption disruption) {
    for (const auto &[value, name] : class_names)
        if (value == disruption) return name;
    return {};
}

std::optional<Disruption> disruption_from(const std::string &text) {
    for (const auto &[value, name] : class_names)
        if (text == name) return value;
    return std::nullopt;
}

void Desired::add(Wish wish) {
    if (disputed.count(wish.target) != 0) return;
    const auto [at, fresh] = wishes.try_emplace(wish.target, wish);
    if (fresh || at->second.value == wish.value) return;
    findings.push_back({text_of(wish.target), "two rules disagree, so it is left alone: \"" + at->second.value +
                                                  "\" (" + at->second.because + ") and \"" + wish.value + "\" (" +
                                                  wish.because + ")"});
    disputed.insert(wish.target);
    wishes.erase(at);
}

}  // namespace kvmtune::plan
