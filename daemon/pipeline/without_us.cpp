#include "daemon/pipeline/without_us.hpp"

#include <algorithm>
#include <charconv>

#include "daemon/plan/plan.hpp"

namespace kvmtune::pipeline {

using plan::Hold;
using plan::Holds;
using plan::Target;
using plan::TargetKind;

namespace {

/// The hold on a target whose present value is ours, or nullptr.
const Hold *ours(const Holds &holds, const Target &target, const std::string &value, const std::string &epoch) {
    const auto at = holds.find(target);
    if (at == holds.end()) return nullptr;
    const auto &hold = at->second;
    if (!hold.epoch.empty() && hold.epoch != epoch) return nullptr;
    const auto same = [&](const plan::Value &one) { return same_value(target, one, value); };
    const bool known = same(hold.asked) || (hold.granted && same(hold.granted)) ||
                       std::any_of(hold.earlier.begin(), hold.earlier.end(), same);
    return known ? &hold : nullptr;
}

std::optional<unsigned> number(const std::string &text) {
    unsigned value = 0;
    const auto *end = text.data() + text.size();
    if (std::from_chars(text.data(), end, value).ptr != end || text.empty()) return std::nullopt;
    return value;
}

}  // namespace

plan::HostFacts without_us(plan::HostFacts facts, const Holds &holds) {
    for (auto &[name, value] : facts.sysctls)
        if (const auto *hold = ours(holds, {TargetKind::sysctl, "", name}, value, facts.boot_id);
            hold && hold->original)
            value = *hold->original;
    const auto loaded = facts.modules;
    for (const auto &module : loaded) {
        const auto *hold = ours(holds, {TargetKind::module, "", module}, "loaded", facts.boot_id);
        if (hold == nullptr || hold->original) continue;
        facts.modules.erase(module);
        facts.loadable.insert(module);
    }
    return facts;
}

plan::GuestFacts without_us(plan::GuestFacts facts, const std::string &uuid, const Holds &holds) {
    const auto knob = [&](const std::string &name) { return Target{TargetKind::knob, uuid, name}; };
    for (auto &[name, value] : facts.sysctls)
        if (const auto *hold = ours(holds, knob("sysctl/" + name), value, facts.boot_id); hold && hold->original)
            value = *hold->original;
    for (auto &nic : facts.nics) {
        if (nic.channels) {
            const auto *hold =
                ours(holds, knob("nic/" + nic.mac + "/channels"), std::to_string(*nic.channels), facts.boot_id);
            if (hold && hold->original) nic.channels = number(*hold->original);
        }
        const auto *hold = ours(holds, knob("nic/" + nic.mac + "/mtu"), std::to_string(nic.mtu), facts.boot_id);
        if (hold && hold->original) nic.mtu = number(*hold->original).value_or(nic.mtu);
    }
    return facts;
}

plan::Seat present_seat(const std::string &uuid, const Holds &holds) {
    plan::Seat seat;
    for (const auto &[target, hold] : holds) {
        if (target.owner != uuid) continue;
        const auto cpus = CpuSet::parse(hold.granted.value_or(hold.asked));
        if (!cpus) continue;
        const auto slash = target.name.rfind('/');
        const auto last = number(target.name.substr(slash == std::string::npos ? 0 : slash + 1));
        if (target.kind == TargetKind::element && target.name == "cputune/emulatorpin") {
            seat.emulator = *cpus;
        } else if (target.kind == TargetKind::element && target.name.starts_with("cputune/vcpupin/") && last) {
            seat.vcpus[*last] = *cpus;
        } else if (target.kind == TargetKind::affinity && target.name.starts_with("vhost/") && last) {
            seat.workers[{target.name.substr(6, slash - 6), *last}] = *cpus;
        }
    }
    return seat;
}

}  // namespace kvmtune::pipeline
