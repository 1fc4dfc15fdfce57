#include "daemon/pipeline/without_us.hpp"

#include <algorithm>

#include "base/number.hpp"
#include "daemon/facts/links.hpp"
#include "daemon/plan/guest_cells.hpp"
#include "daemon/plan/plan.hpp"
#include "daemon/plan/pool.hpp"

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

/// Without our pages, which are taken to be the free ones first: what else is in use is beyond the pool's size then.
plan::HugePagePool without_us(plan::HugePagePool pool, const Holds &holds, const std::string &boot) {
    const auto at = holds.find(plan::pool_target({pool.node, pool.page_kib}));
    if (at == holds.end() || (!at->second.epoch.empty() && at->second.epoch != boot)) return pool;
    const auto in_use = pool.in_use();
    pool.ours = plan::pages_of_ours(at->second, pool.total);
    pool.total -= pool.ours;
    pool.surplus = std::max(pool.surplus, in_use - std::min(in_use, pool.total));
    pool.free = pool.total + pool.surplus - in_use;
    return pool;
}

plan::Link without_us(plan::Link link, const Holds &holds, const std::string &boot) {
    const auto *hold = ours(holds, {TargetKind::link, "", link.name + "/mtu"}, std::to_string(link.mtu),
                            facts::link_epoch(boot, link.index));
    if (hold == nullptr || !hold->original) return link;
    link.ours = link.mtu;
    link.mtu = whole_number<unsigned>(*hold->original).value_or(link.mtu);
    return link;
}

plan::NetworkFacts without_us(plan::NetworkFacts network, const Holds &holds) {
    if (!network.mtu) return network;
    const Target target{TargetKind::network, "", network.name + "/mtu"};
    const auto *hold = ours(holds, target, std::to_string(*network.mtu), network.uuid);
    if (hold != nullptr) network.mtu = hold->original ? whole_number<unsigned>(*hold->original) : std::nullopt;
    return network;
}

}  // namespace

plan::HostFacts without_us(plan::HostFacts facts, const Holds &holds) {
    for (auto &[name, value] : facts.sysctls)
        if (const auto *hold = ours(holds, {TargetKind::sysctl, "", name}, value, facts.boot_id);
            hold && hold->original)
            value = *hold->original;
    for (auto &pool : facts.pools) pool = without_us(pool, holds, facts.boot_id);
    for (auto &link : facts.links) link = without_us(std::move(link), holds, facts.boot_id);
    for (auto &network : facts.networks) network = without_us(std::move(network), holds);
    const auto loaded = facts.modules;
    for (const auto &module : loaded) {
        const auto *hold = ours(holds, {TargetKind::module, "", module}, "loaded", facts.boot_id);
        if (hold == nullptr || hold->original) continue;
        facts.modules.erase(module);
        facts.loadable.insert(module);
    }
    return facts;
}

namespace {

/// A guest NIC's number as it would be without us.
std::optional<unsigned> knob_without_us(const std::optional<unsigned> &now, const Target &knob, const std::string &boot,
                                        const Holds &holds) {
    if (!now) return now;
    const auto *hold = ours(holds, knob, std::to_string(*now), boot);
    return hold && hold->original ? whole_number<unsigned>(*hold->original) : now;
}

}  // namespace

plan::GuestFacts without_us(plan::GuestFacts facts, const std::string &uuid, const Holds &holds) {
    const auto knob = [&](const std::string &name) { return Target{TargetKind::knob, uuid, name}; };
    for (auto &[name, value] : facts.sysctls)
        if (const auto *hold = ours(holds, knob("sysctl/" + name), value, facts.boot_id); hold && hold->original)
            value = *hold->original;
    for (auto &nic : facts.nics) {
        const auto original = [&](const std::optional<unsigned> &now, const std::string &what) {
            return knob_without_us(now, knob("nic/" + nic.mac + "/" + what), facts.boot_id, holds);
        };
        nic.channels = original(nic.channels, "channels");
        nic.rx_ring = original(nic.rx_ring, "rings/rx");
        nic.tx_ring = original(nic.tx_ring, "rings/tx");
        nic.mtu = original(nic.mtu, "mtu").value_or(nic.mtu);
    }
    return facts;
}

std::map<std::string, unsigned> given_mtus(const std::string &uuid, const Holds &holds) {
    std::map<std::string, unsigned> mtus;
    for (const auto &[target, hold] : holds) {
        const auto mac = target.owner == uuid ? plan::mac_of_knob(target, "mtu") : std::nullopt;
        const auto mtu = mac ? whole_number<unsigned>(hold.granted.value_or(hold.asked)) : std::nullopt;
        if (mtu) mtus[*mac] = *mtu;
    }
    return mtus;
}

std::map<std::string, std::string> kept_names(const std::string &uuid, const Holds &holds) {
    std::map<std::string, std::string> names;
    for (const auto &[target, hold] : holds) {
        const auto mac = target.owner == uuid ? plan::mac_of_kept_name(target) : std::nullopt;
        if (mac) names[*mac] = hold.asked;
    }
    return names;
}

plan::Seat present_seat(const std::string &uuid, const Holds &holds) {
    plan::Seat seat;
    for (const auto &[target, hold] : holds) {
        if (target.owner != uuid) continue;
        if (target.kind == TargetKind::element && target.name == "cpu/topology") {
            const auto at = hold.asked.rfind("threads=");
            if (at != std::string::npos) seat.threads = whole_number<unsigned>(hold.asked.substr(at + 8));
        }
        if (target.kind == TargetKind::element && target.name == "cpu/numa") seat.cells = plan::cells_from(hold.asked);
        if (target.kind == TargetKind::element && target.name == "memoryBacking/hugepages") {
            seat.huge_pages = true;
            seat.page_kib = whole_number<std::uint64_t>(hold.asked);
        }
        const auto cpus = CpuSet::parse(hold.granted.value_or(hold.asked));
        if (!cpus) continue;
        const auto slash = target.name.rfind('/');
        const auto last = whole_number<unsigned>(target.name.substr(slash == std::string::npos ? 0 : slash + 1));
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
