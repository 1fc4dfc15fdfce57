// One table decides what happens to a target, from three questions: is it wished, is it held, and whose is the value
// that is there now: the original, ours, or somebody else's?
//
//              not held               held, ours           held, original again      held, foreign
//   wished     change if it differs   change if it differs  change if it differs *   yield
//   unwished   nothing                give back             drop the hold            yield for good
//
// (*) a crash between hold and effect leaves exactly this, and so does a person who undid our change by hand. The
// granted value tells them apart: once it is known, the change was made, and an original that came back is somebody's
// decision: yield.
//
// An emulator that somebody pinned to CPUs without those of its vhost workers keeps them off their places, for the
// kernel lets no thread leave its cgroup's CPUs: it is put back like a worker, not yielded to.
//
// Nor to the kernel, which lets a thread that has none of its CPUs any more run anywhere, and one that lost some of
// them on those that are left.
//
// A pool of huge pages is shared: there is no foreign value of it. What is ours of it is an amount (pool.hpp), which
// comes and goes while others add and take. What is in use cannot be taken away, and waits.
#include <algorithm>
#include <set>
#include <utility>

#include "base/canonical.hpp"
#include "base/cpu_set.hpp"
#include "daemon/plan/order.hpp"
#include "daemon/plan/plan.hpp"
#include "daemon/plan/pool.hpp"

namespace kvmtune::plan {

namespace {

/// libvirt drops what is the default: one queue, sizes of 0, a disk's cache by default.
Value effective(const Target &target, const Value &value) {
    if (target.kind != TargetKind::element || !value) return value;
    const auto drops = [&](std::string_view end, std::string_view text) {
        return target.name.ends_with(end) && *value == text;
    };
    const bool dropped = drops("/driver/queues", "1") || drops("/driver/queues", "0") ||
                         drops("/driver/rx_queue_size", "0") || drops("/mtu", "0") || drops("/driver/cache", "default");
    return dropped ? std::nullopt : value;
}

bool is_cpu_list(const Target &target) {
    return target.kind == TargetKind::affinity ||
           (target.kind == TargetKind::element &&
            (target.name.starts_with("cputune/") || target.name.starts_with("vhost/") ||
             target.name == "numatune/memory/nodeset"));
}

/// Without the levels of a topology that libvirt adds: one die, one cluster.
std::string without_defaults(const std::string &topology) {
    std::string out;
    for (std::size_t from = 0; from < topology.size();) {
        const auto end = std::min(topology.find(' ', from), topology.size());
        const auto part = topology.substr(from, end - from);
        if (!part.empty() && part != "dies=1" && part != "clusters=1") out += part + ' ';
        from = end + 1;
    }
    return out;
}

/// A number of an element without zeros in front; another text as it is.
std::string plain_number(const std::string &text) {
    const bool number = !text.empty() && text.find_first_not_of("0123456789") == std::string::npos;
    return number ? text.substr(std::min(text.find_first_not_of('0'), text.size() - 1)) : text;
}

bool same_text(const Target &target, const std::string &left, const std::string &right) {
    if (left == right) return true;
    if (is_cpu_list(target)) {
        const auto a = CpuSet::parse(left);
        const auto b = CpuSet::parse(right);
        return a && b && *a == *b;
    }
    if (target.kind == TargetKind::file) return false;
    // libvirt writes the newest machine of a family that it was given by its alias.
    if (is_machine(target) && left.find("q35") != std::string::npos && right.find("q35") != std::string::npos)
        return true;
    if (target.kind == TargetKind::element && target.name == "cpu/topology")
        return without_defaults(left) == without_defaults(right);
    if (target.kind == TargetKind::element && plain_number(left) == plain_number(right)) return true;
    return canonical_sysctl(left) == canonical_sysctl(right);
}

std::string what_is_missing(TargetKind kind) {
    if (kind == TargetKind::knob) return the_agent;
    if (kind == TargetKind::pool) return "a NUMA node with huge pages of this size";
    if (kind == TargetKind::sysctl) return "a kernel that has it, or its module";
    if (kind == TargetKind::link) return "the link to be there";
    if (kind == TargetKind::network) return "the network to be defined";
    return "its domain to run";
}

std::string shown(const Target &target, const Value &value) {
    if (!value) return "nothing";
    if (target.kind == TargetKind::file) return "another text";
    return "\"" + *value + "\"";
}

/// Collects the plan, target by target.
class Decision {
  public:
    Decision(const Desired &desired, const Observed &observed, const Holds &holds, const CpuSet &online)
        : desired_(desired), observed_(observed), holds_(holds), online_(online) {
        plan_.findings = desired.findings;
    }

    Plan made() && {
        std::set<Target> targets;
        for (const auto &[target, wish] : desired_.wishes) targets.insert(target);
        for (const auto &[target, hold] : holds_) targets.insert(target);
        for (const auto &target : targets) decide(target);
        keep_named_cells();
        // What is given back goes in the reverse order of how it came: guest, threads, definition, files, settings.
        // Pools come last: a definition that could not be given back still needs its pages.
        plan_.changes.assign(given_back_.rbegin(), given_back_.rend());
        std::stable_partition(plan_.changes.begin(), plan_.changes.end(),
                              [](const Change &change) { return change.target.kind != TargetKind::pool; });
        for (auto &change : in_order(std::move(given_))) plan_.changes.push_back(std::move(change));
        return std::move(plan_);
    }

  private:
    void decide(const Target &target) {
        const auto wish = desired_.wishes.find(target);
        const auto *wished = wish == desired_.wishes.end() ? nullptr : &wish->second;
        const auto held = holds_.find(target);
        const auto *hold = held == holds_.end() ? nullptr : &held->second;
        const auto seen = observed_.find(target);
        if (seen == observed_.end()) {
            not_seen(target, wished, hold);
            return;
        }
        if (hold != nullptr && !hold->epoch.empty() && hold->epoch != seen->second.epoch) {
            plan_.void_holds.push_back(target);
            hold = nullptr;
        }
        if (hold == nullptr) {
            if (wished != nullptr) give(*wished, seen->second);
            return;
        }
        if (target.kind == TargetKind::pool) {
            held_pool(target, wished, *hold, seen->second);
        } else {
            held_one(target, wished, *hold, seen->second);
        }
    }

    /// libvirt takes no <memnode> without the cell that it names: while somebody's is there, the cells stay.
    void keep_named_cells() {
        for (const Target &foreign : std::vector<Target>(plan_.yielded)) {
            if (foreign.kind != TargetKind::element || foreign.name != "numatune/memnode") continue;
            const Target cells{TargetKind::element, foreign.owner, "cpu/numa"};
            const auto is_ours = [&](const Change &change) { return change.target == cells; };
            if (std::erase_if(given_back_, is_ours) == 0) continue;
            plan_.findings.push_back({text_of(cells), "left: somebody's <memnode> names these NUMA cells"});
            plan_.yielded.push_back(cells);
        }
    }

    void not_seen(const Target &target, const Wish *wished, const Hold *hold) {
        const auto waits_for = what_is_missing(target.kind);
        if (wished != nullptr) {
            if (target.kind == TargetKind::affinity) return;  // nothing to place while the domain is off
            plan_.pending.push_back({target, wished->value, waits_for});
        } else if (hold != nullptr) {
            // What is gone took our value with it; only a guest may be there without its agent.
            const bool device = target.kind == TargetKind::element &&
                                (target.name.starts_with("interface/") || target.name.starts_with("disk/"));
            const bool gone = device || target.kind == TargetKind::affinity || target.kind == TargetKind::sysctl ||
                              target.kind == TargetKind::pool || target.kind == TargetKind::link ||
                              target.kind == TargetKind::network;
            if (target.kind == TargetKind::knob) plan_.pending.push_back({target, hold->original, waits_for});
            if (gone) plan_.void_holds.push_back(target);
        }
    }

    void held_one(const Target &target, const Wish *wished, const Hold &hold, const Observation &seen) {
        const bool lost = lost_cpus(target, hold, seen.value);
        const bool original = !lost && same_value(target, seen.value, hold.original);
        const bool ours = lost || is_ours(target, hold, seen.value);
        if (wished == nullptr) {
            if (original) {
                plan_.void_holds.push_back(target);
            } else if (ours) {
                give_back(target, hold, seen);
            } else {
                yielded(target, hold, seen);
                plan_.void_holds.push_back(target);
            }
            return;
        }
        // A thread that follows another one again was put back by the kernel: nobody's decision.
        const bool by_kernel = target.kind == TargetKind::affinity && !seen.value;
        // A guest drops the names of its NICs by itself when it has its old chipset again.
        const bool by_itself = by_kernel || mac_of_kept_name(target);
        const bool undone_by_hand = original && !ours && hold.granted.has_value() && !by_itself;
        const bool foreign = undone_by_hand || (!original && !ours);
        if (by_kernel && wished->follows) return;
        if (foreign && confines_workers(target, seen.value)) {
            give(*wished, seen);
        } else if (foreign) {
            yielded(target, hold, seen);
        } else if (hold.granted && same_value(target, Value(wished->value), Value(hold.asked)) &&
                   same_value(target, seen.value, hold.granted)) {
            return;  // the kernel rounded what we asked for
        } else {
            give(*wished, seen);
        }
    }

    /// Whether a thread has what the kernel made of our value when CPUs went offline.
    bool lost_cpus(const Target &target, const Hold &hold, const Value &value) const {
        if (target.kind != TargetKind::affinity || online_.empty() || !value) return false;
        const auto given = CpuSet::parse(hold.asked);
        const auto has = CpuSet::parse(*value);
        if (!given || !has || online_.contains(*given)) return false;
        return !given->intersects(online_) || *has == (*given & online_);
    }

    /// An emulator's CPUs that lack some of those that its vhost workers, as far as they run, are to have.
    bool confines_workers(const Target &target, const Value &cpus) const {
        if (target.kind != TargetKind::affinity || target.name != "emulator" || !cpus) return false;
        const auto allowed = CpuSet::parse(*cpus);
        const auto is_kept_out = [&](const auto &one) {
            const auto &[other, wish] = one;
            const bool is_worker = other.kind == TargetKind::affinity && other.owner == target.owner &&
                                   other.name.starts_with("vhost/") && observed_.count(other) != 0;
            if (!is_worker || wish.follows) return false;
            const auto place = CpuSet::parse(wish.value);
            return place && !allowed->contains(*place);
        };
        return allowed && std::any_of(desired_.wishes.begin(), desired_.wishes.end(), is_kept_out);
    }

    void held_pool(const Target &target, const Wish *wished, const Hold &hold, const Observation &seen) {
        const std::uint64_t now = pages_in(seen.value).value_or(0);
        const std::uint64_t ours = pages_of_ours(hold, now);
        if (wished == nullptr && ours == 0) {
            plan_.void_holds.push_back(target);
            return;
        }
        const std::uint64_t goal = wished == nullptr ? now - ours : pages_in(wished->value).value_or(now);
        const std::uint64_t in_use = std::min(now, pages_in(seen.least).value_or(0));
        const std::uint64_t reachable = goal < now ? std::max(goal, in_use) : goal;
        if (reachable != goal)
            plan_.pending.push_back({target, std::to_string(goal),
                                     std::to_string(reachable - goal) + " of its pages to be free", seen.value});
        // After a crash in the middle of it, even a size that is right has to be put on record: what others add later
        // must not be taken for ours.
        if (reachable == now && hold.granted) return;
        const bool gives_back = wished == nullptr && reachable == goal;
        auto &changes = gives_back ? given_back_ : given_;
        const bool survives_boot = wished == nullptr ? hold.epoch.empty() : wished->survives_boot;
        changes.push_back({target, seen.value, std::to_string(reachable), survives_boot ? std::string() : seen.epoch,
                           gives_back, wished == nullptr ? "given back" : wished->because,
                           wished == nullptr ? Disruption::live : wished->disruption,
                           wished == nullptr ? std::vector<Target>{} : wished->requires_first});
    }

    void give(const Wish &wish, const Observation &seen) {
        if (same_value(wish.target, seen.value, Value(wish.value))) return;
        given_.push_back({wish.target, seen.value, wish.value, wish.survives_boot ? std::string() : seen.epoch, false,
                          wish.because, wish.disruption, wish.requires_first, wish.unit});
    }

    void give_back(const Target &target, const Hold &hold, const Observation &seen) {
        if (target.kind == TargetKind::module) {  // no module is ever unloaded
            plan_.void_holds.push_back(target);
            plan_.findings.push_back(
                {text_of(target), "stays loaded: no module is ever unloaded, it goes with the next boot"});
            return;
        }
        if (seen.way_back != WayBack::open) {
            stays_converted(target, hold, seen.way_back);
            return;
        }
        const auto disruption = target.kind == TargetKind::element ? Disruption::next_boot : Disruption::live;
        given_back_.push_back({target, seen.value, hold.original, hold.epoch, true, "given back", disruption, {}});
    }

    /// What was edited may be given back later, by force.
    void stays_converted(const Target &target, const Hold &hold, WayBack way_back) {
        const std::string stays = "stays: only the whole definition from before has the old one, " +
                                  hold.original.value_or("nothing") + ", and the devices that belong to it; ";
        if (way_back == WayBack::lost) {
            plan_.void_holds.push_back(target);
            plan_.findings.push_back({text_of(target), stays + "it is not kept here"});
            return;
        }
        plan_.yielded.push_back(target);
        plan_.findings.push_back({text_of(target), stays +
                                                       "the definition was edited since. `kvmtune rollback --force` "
                                                       "gives back that from before and keeps a copy of the edited "
                                                       "one in /var/lib/kvmtune/edited"});
    }

    void yielded(const Target &target, const Hold &hold, const Observation &seen) {
        plan_.findings.push_back({text_of(target), "left alone: somebody changed it to " + shown(target, seen.value) +
                                                       " since we gave it " + shown(target, Value(hold.asked)) +
                                                       " (it was " + shown(target, hold.original) + " before)"});
        plan_.yielded.push_back(target);
    }

    const Desired &desired_;
    const Observed &observed_;
    const Holds &holds_;
    const CpuSet &online_;
    std::vector<Change> given_;
    std::vector<Change> given_back_;
    Plan plan_;
};

}  // namespace

bool same_value(const Target &target, const Value &left, const Value &right) {
    const auto one = effective(target, left);
    const auto other = effective(target, right);
    if (one.has_value() != other.has_value()) return false;
    return !one || same_text(target, *one, *other);
}

bool is_ours(const Target &target, const Hold &hold, const Value &value) {
    if (same_value(target, value, Value(hold.asked))) return true;
    if (hold.granted && same_value(target, value, hold.granted)) return true;
    const auto same = [&](const std::string &earlier) { return same_value(target, value, Value(earlier)); };
    return std::any_of(hold.earlier.begin(), hold.earlier.end(), same);
}

Holds held_after(Holds holds, const std::vector<Change> &changes) {
    for (const auto &change : changes) {
        if (change.gives_back) {
            holds.erase(change.target);
            continue;
        }
        const auto at = holds.find(change.target);
        auto hold = asked_for(at == holds.end() ? nullptr : &at->second, "", change.from, *change.to);
        hold.granted = change.to;
        holds[change.target] = std::move(hold);
    }
    return holds;
}

Plan diff(const Desired &desired, const Observed &observed, const Holds &holds, const CpuSet &online) {
    return Decision(desired, observed, holds, online).made();
}

}  // namespace kvmtune::plan
