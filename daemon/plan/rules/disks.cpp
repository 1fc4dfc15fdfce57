// Disks without the host's page cache: cache='none' and io='native'. QEMU does not start on a file that refuses
// O_DIRECT, so a file gets it after a probe only, and native I/O blocks on holes, so a sparse file keeps its threads.
#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

namespace {

/// What the user wrote, without libvirt's word for "nothing".
std::string written(const std::optional<std::string> &attribute) {
    return attribute.value_or("default") == "default" ? "" : *attribute;
}

bool takes_native(const std::string &cache) {
    return cache == "none" || cache == "directsync";
}

bool is_raw(const DiskFacts &disk) {
    return disk.format.empty() || disk.format == "raw";
}

/// Hard disks on a path of this host.
bool is_candidate(const DiskFacts &disk) {
    const bool hard_disk = disk.device.empty() || disk.device == "disk";
    const bool local = disk.type == "block" || disk.type == "file";
    return hard_disk && local && !disk.target.empty() && !disk.source.empty();
}

/// What its source takes, or why it takes nothing.
struct Ability {
    bool native = false;
    std::string why_not;
};

/// A block device takes all of it. What backs an image is not probed.
Ability ability_of(const DiskFacts &disk, const HostFacts &host, DiskPolicy policy) {
    if (disk.has_backing) return {false, "it has a backing file"};
    if (!is_raw(disk) && policy != DiskPolicy::all) return {false, "its format is " + disk.format + ", not raw"};
    const auto found = host.disks.find(disk.source);
    if (found == host.disks.end()) {
        if (disk.type == "block" && is_raw(disk)) return {true, ""};
        return {false, disk.source + " could not be probed for O_DIRECT"};
    }
    const DiskProbe &probe = found->second;
    if (!probe.direct) return {false, disk.source + " does not take O_DIRECT: " + probe.why_not};
    if (!probe.fully_allocated && policy != DiskPolicy::all) return {false, disk.source + " has holes"};
    return {probe.fully_allocated && is_raw(disk), ""};
}

void propose(Proposal &proposal, const DomainSituation &domain, const DiskFacts &disk, const HostFacts &host) {
    const bool named = names(domain, "disks");
    const std::string cache = written(disk.cache);
    const std::string io = written(disk.io);
    const bool cache_is_open = !takes_native(cache) && (named || cache.empty());
    const bool io_is_open = io != "native" && (named || io.empty());
    const auto stays = [&](const std::string &reason) {
        proposal.findings.push_back({domain.facts.name, "disk " + disk.target + " is left alone: " + reason});
    };
    if (!cache_is_open && !takes_native(cache))
        return stays("the user wrote cache='" + cache + "', and the policy section names no disks");
    if (!cache_is_open && !io_is_open) return;
    const Ability ability = ability_of(disk, host, domain.policy->disks);
    if (!ability.why_not.empty()) return stays(ability.why_not);

    const auto wish = [&](const std::string &attribute, const std::string &value, const std::string &because) {
        return Wish{{TargetKind::element, domain.facts.uuid, "disk/" + disk.target + "/driver/" + attribute},
                    value,
                    "disks: " + disk.source + " " + because + " (" + domain.policy->source + ")",
                    Disruption::next_boot,
                    {}};
    };
    std::vector<Target> cache_first;
    if (cache_is_open) {
        proposal.wishes.push_back(wish("cache", "none", "takes O_DIRECT, and needs no page cache of the host"));
        cache_first.push_back(proposal.wishes.back().target);
    }
    if (!io_is_open || !ability.native) return;
    proposal.wishes.push_back(wish("io", "native", "has no holes that native I/O would block on"));
    proposal.wishes.back().requires_first = cache_first;
}

}  // namespace

Proposal disks(const Situation &situation) {
    Proposal proposal;
    for (const DomainSituation &domain : situation.domains) {
        if (!rewritable(domain) || !wants(domain, "disks") || domain.policy->disks == DiskPolicy::off) continue;
        for (const DiskFacts &disk : domain.facts.disks)
            if (is_candidate(disk)) propose(proposal, domain, disk, situation.host);
    }
    return proposal;
}

}  // namespace kvmtune::plan::rules
