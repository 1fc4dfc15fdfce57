#include "daemon/pipeline/running_pins.hpp"

#include <set>
#include <string>
#include <utility>

#include "daemon/domain/metadata.hpp"
#include "daemon/plan/withheld.hpp"

namespace kvmtune::pipeline {

namespace {

/// What we gave threads of one domain: "emulator", "vcpu/3", "iothread/1", and its CPUs.
using Given = std::set<std::pair<std::string, std::string>>;

constexpr std::string_view prefix = "cputune/";

/// "vcpu/3" of the element "cputune/vcpupin/3".
std::string thread_of(const plan::Target &target) {
    std::string name = target.name;
    if (target.kind != plan::TargetKind::element) return name;
    if (!name.starts_with(prefix)) return "";
    name.erase(0, prefix.size());
    const auto pin = name.find("pin");
    return pin == std::string::npos ? "" : name.erase(pin, 3);
}

Given given_by(const plan::Holds &holds, const std::string &uuid) {
    Given given;
    for (const auto &[target, hold] : holds) {
        const bool may_pin = target.kind == plan::TargetKind::element || target.kind == plan::TargetKind::affinity;
        if (target.owner != uuid || !may_pin) continue;
        if (const auto cpus = CpuSet::parse(hold.granted.value_or(hold.asked)))
            given.emplace(thread_of(target), cpus->text());
    }
    return given;
}

/// All CPUs that a thread gets which nobody pins.
CpuSet anywhere(const plan::HostFacts &host) {
    return host.topology.all() - out_of_reach(host) - host.isolated_cpus;
}

}  // namespace

plan::ThreadPins others_pins(const domain::Document &live, const plan::DomainFacts &facts, const Ours &ours,
                             const plan::HostFacts &host) {
    const CpuSet all = anywhere(host);
    Given given = given_by(ours.holds, facts.uuid);
    if (const auto started_with = domain::holds_in(live)) given.merge(given_by(*started_with, facts.uuid));
    const auto is_ours = [&](const std::string &thread, const CpuSet &cpus) {
        return given.count({thread, cpus.text()}) != 0 || (!all.empty() && (all - cpus).empty());
    };
    auto pins = plan::pins_of(facts);
    std::erase_if(pins.vcpus, [&](const auto &pin) {
        const auto seat = ours.present.vcpus.find(pin.first);
        const bool is_placed = seat != ours.present.vcpus.end() && seat->second == pin.second;
        return is_placed || (pin.second.size() > 1 && is_ours("vcpu/" + std::to_string(pin.first), pin.second));
    });
    std::erase_if(pins.iothreads,
                  [&](const auto &pin) { return is_ours("iothread/" + std::to_string(pin.first), pin.second); });
    if (pins.emulator && is_ours("emulator", *pins.emulator)) pins.emulator.reset();
    return pins;
}

}  // namespace kvmtune::pipeline
