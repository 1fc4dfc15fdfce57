#include "daemon/pipeline/picture.hpp"

#include <algorithm>

#include "daemon/domain/agent_socket.hpp"
#include "daemon/domain/facts.hpp"
#include "daemon/domain/metadata.hpp"
#include "daemon/domain/network_xml.hpp"
#include "daemon/domain/normal.hpp"
#include "daemon/domain/q35/machines.hpp"
#include "daemon/facts/disks.hpp"
#include "daemon/facts/host.hpp"
#include "daemon/facts/links.hpp"
#include "daemon/guest/guest_world.hpp"
#include "daemon/pipeline/running_pins.hpp"
#include "daemon/pipeline/without_us.hpp"
#include "daemon/plan/rules/rules.hpp"
#include "daemon/policy/policy.hpp"

namespace kvmtune::pipeline {

using plan::DomainSituation;
using plan::Target;
using plan::TargetKind;

namespace {

constexpr const char *fallback = "built-in defaults";

/// The section that a domain is tuned by in this run; none: it is left alone.
Result<std::optional<plan::DomainPolicy>> section_of(const plan::DomainFacts &facts, const Picture &picture,
                                                     const plan::Policy &policy, const Scope &scope) {
    const std::optional<plan::DomainPolicy> none;
    if (scope.gives_back(facts.uuid) || scope.resting.count(facts.uuid) != 0) return none;
    const bool named = scope.named.count(facts.uuid) != 0;
    // A name that still waits to be given back is no reason to tune.
    const bool held = std::any_of(picture.holds.begin(), picture.holds.end(), [&](const auto &hold) {
        return hold.first.owner == facts.uuid && !plan::mac_of_kept_name(hold.first);
    });
    if (scope.goal == Goal::give_back && !held) return none;
    auto section = TRY(policy::section_of(policy, facts));
    if (!section && !named && !held) return none;
    if (!section) section.emplace().source = fallback;
    section->allow.insert(scope.allow.begin(), scope.allow.end());
    return section;
}

std::string listed(const std::vector<std::string> &names) {
    std::string list;
    for (const std::string &name : names) list += (list.empty() ? "" : ", ") + name;
    return list;
}

/// Whether libvirt and the kernel can move its memory while it runs. That of a protected guest is pinned, and that of
/// plugged memory may have nodes of its own.
bool can_move_memory(const plan::DomainFacts &live) {
    const bool stays = live.backing.hugepages || live.memory_by_cell || live.host_devices || live.hotplug_memory ||
                       !live.protection.empty();
    return !stays && live.memory_mode == "restrictive";
}

/// What runs has its memory on nodes; we may have moved it there, and somebody else elsewhere since.
void add_memory(DomainSituation &situation, const plan::DomainFacts &live, const plan::Holds &holds) {
    const auto hold = holds.find(plan::memory_target(live.uuid));
    const bool is_ours = hold == holds.end() || (live.memory_nodes && hold->second.asked == live.memory_nodes->text());
    if (can_move_memory(live) && is_ours) situation.movable_memory = live.memory_nodes;
    if (hold != holds.end()) situation.moved_memory = live.memory_nodes;
}

/// Pages and NICs of what runs.
void add_running(DomainSituation &situation, plan::DomainFacts live) {
    if (live.backing.hugepages) situation.huge_pages_of = live.memory_nodes.value_or(CpuSet{});
    situation.runs_on_page_kib = live.backing.page_kib;
    situation.running_nics = std::move(live.nics);
}

class Gathering {
  public:
    Gathering(Workplace &place, const Scope &scope) : place_(place), scope_(scope) {}

    Result<Picture> picture() && {
        picture_.holds = TRY(place_.world().holds());
        picture_.situation.policy = place_.policy();
        TRY(host());
        for (const auto &record : TRY(place_.hypervisor().domains())) domain(record);
        picture_.situation.host.disks = facts::probe_disks(place_.root(), disks_in_scope());
        return std::move(picture_);
    }

  private:
    Result<> host() {
        const auto &policy = place_.policy();
        auto facts = TRY(facts::host_facts(place_.root(), plan::asked_sysctls(policy), plan::asked_modules(policy)));
        facts.topology = TRY(place_.topology());
        if (place_.is_described()) facts.online_cpus = facts.possible_cpus = facts.offline_cpus = {};
        facts.links = TRY(facts::links_in(place_.root()));
        facts.networks = networks();
        picture_.situation.host = without_us(std::move(facts), picture_.holds);
        return {};
    }

    /// Without networks only their MTU is not tuned: no reason to do nothing at all.
    std::vector<plan::NetworkFacts> networks() {
        std::vector<plan::NetworkFacts> all;
        const auto records = place_.hypervisor().networks();
        if (!records) picture_.findings.push_back({"networks", "left alone: " + records.error().what});
        if (!records) return all;
        for (const auto &record : *records) {
            auto facts =
                domain::network_facts(record.persistent ? record.definition : record.live, "network " + record.name);
            if (!facts)
                picture_.findings.push_back(
                    {"network " + record.name, "left alone, its XML cannot be read: " + facts.error().what});
            if (!facts) continue;
            facts->persistent = record.persistent;
            facts->active = record.active;
            all.push_back(*std::move(facts));
        }
        return all;
    }

    void domain(const apply::DomainRecord &record) {
        const auto done = read(record);
        if (done) return;
        picture_.unread.emplace(record.uuid, record.name);
        picture_.findings.push_back({record.name, "left alone, its definition cannot be read: " + done.error().what});
        keep_in_view(record);
    }

    /// What is left alone has its CPUs and its pages all the same: with all that we gave it, like somebody else's.
    void keep_in_view(const apply::DomainRecord &record) {
        const auto facts_in = [&](const std::string &xml) -> Result<plan::DomainFacts> {
            return domain::facts_of(TRY(domain::Document::parse(xml, record.name)));
        };
        auto facts = facts_in(record.persistent ? record.definition : record.live);
        if (!facts) return;
        DomainSituation situation;
        situation.facts = *std::move(facts);
        situation.persistent = record.persistent;
        situation.running = record.running;
        if (auto live = record.running ? facts_in(record.live) : facts_in(""); live) {
            situation.running_pins = plan::pins_of(*live);
            add_running(situation, *std::move(live));
        }
        picture_.situation.domains.push_back(std::move(situation));
    }

    Result<> read(const apply::DomainRecord &record) {
        Seen seen;
        if (record.persistent) seen.definition = TRY(domain::Document::parse(record.definition, record.name));
        if (record.running) seen.live = TRY(domain::Document::parse(record.live, record.name));
        const auto bare = TRY(domain::without_us(seen.definition ? *seen.definition : *seen.live));
        DomainSituation situation;
        situation.facts = TRY(domain::facts_of(bare));
        situation.persistent = record.persistent;
        situation.running = record.running;
        situation.present = present_seat(record.uuid, picture_.holds);
        situation.converted = picture_.holds.count(plan::machine_target(record.uuid)) != 0;
        situation.runs_q35 = seen.live && domain::q35::is_q35(*seen.live);
        if (seen.live) {
            auto live = TRY(domain::facts_of(*seen.live));
            add_memory(situation, live, picture_.holds);
            situation.running_pins =
                others_pins(*seen.live, live, {picture_.holds, situation.present}, picture_.situation.host);
            add_running(situation, std::move(live));
        }
        situation.given_mtus = given_mtus(record.uuid, picture_.holds);
        situation.kept_names = kept_names(record.uuid, picture_.holds);
        situation.policy = TRY(section_of(situation.facts, picture_, place_.policy(), scope_));
        const bool is_given_back = scope_.gives_back(record.uuid) || scope_.resting.count(record.uuid) != 0;
        if ((situation.policy || is_given_back) && record.running && !scope_.host_only) {
            auto guest = place_.world().guests().facts(record.uuid);
            if (guest) hear(seen, record.uuid, *guest);
            if (guest && situation.policy) {
                situation.guest = without_us(*std::move(guest), record.uuid, picture_.holds);
            } else if (situation.policy && domain::agent_socket_in(*seen.live)) {
                picture_.findings.push_back({record.name, "nothing is set in its guest: " + guest.error().what});
            }
        }
        if (may_be_converted(situation)) add_obstacles(situation.facts, record);
        picture_.situation.domains.push_back(std::move(situation));
        place_.world().expect(record.uuid, record.definition);
        seen.record = record;
        picture_.domains.emplace(record.uuid, std::move(seen));
        return {};
    }

    /// After a boot the agent has put its values again by itself, and in a guest that came from another host they are
    /// from there: what it has on record is held, with the originals that it knows.
    void hear(Seen &seen, const std::string &uuid, const plan::GuestFacts &guest) {
        seen.knobs = guest::observed_in(guest, uuid);
        for (const auto &[knob, original] : guest.held) {
            const Target target{TargetKind::knob, uuid, knob};
            const auto now = seen.knobs.find(target);
            if (now == seen.knobs.end() || plan::mac_of_kept_name(target)) continue;
            const auto held = picture_.holds.find(target);
            if (held != picture_.holds.end() && held->second.epoch == guest.boot_id) {
                held->second.original = original;
            } else {
                picture_.holds[target] = {
                    guest.boot_id, original, now->second.value.value_or(""), now->second.value, {}};
            }
        }
    }

    static bool may_be_converted(const DomainSituation &domain) {
        return domain.facts.i440fx && domain.facts.i440fx->obstacles.empty() && rewritable(domain) &&
               domain.policy->q35 && wants(domain, "machine") && allows(domain, plan::Disruption::guest_abi);
    }

    /// What speaks against Q35 where the definition itself does not: libvirt is asked only then.
    void add_obstacles(plan::DomainFacts &facts, const apply::DomainRecord &record) const {
        auto &obstacles = facts.i440fx->obstacles;
        if (record.saved_image)
            obstacles.push_back(
                "it has a saved image, which goes on with i440FX: start it, or discard the image with "
                "virsh managedsave-remove " +
                record.name);
        const auto snapshots = place_.hypervisor().memory_snapshots(record.uuid);
        if (!snapshots && snapshots.error().kind != ErrorKind::unsupported)
            obstacles.push_back("its snapshots cannot be listed: " + snapshots.error().what);
        if (snapshots && !snapshots->empty())
            obstacles.push_back("it has snapshots with its memory, which go on with i440FX: " + listed(*snapshots));
        const auto has = [&](const std::string &machine) {
            return place_.hypervisor().has_machine(facts.type, "x86_64", machine).value_or(true);
        };
        auto &successor = facts.i440fx->successor;
        if (has(successor)) return;
        const bool has_another = successor != "q35" && has("q35");
        successor = "q35";
        if (!has_another) obstacles.push_back("this host's QEMU has no Q35 for a guest of type " + facts.type);
    }

    /// Sources that somebody wants to know of: a probe opens them.
    [[nodiscard]] std::set<std::string> disks_in_scope() const {
        std::set<std::string> sources;
        if (scope_.host_only) return sources;
        for (const auto &domain : picture_.situation.domains)
            for (const auto &disk : domain.facts.disks)
                if (wants(domain, "disks") && !disk.source.empty()) sources.insert(disk.source);
        return sources;
    }

    Workplace &place_;
    const Scope &scope_;
    Picture picture_;
};

}  // namespace

Result<Picture> gather(Workplace &place, const Scope &scope) {
    return Gathering(place, scope).picture();
}

}  // namespace kvmtune::pipeline
