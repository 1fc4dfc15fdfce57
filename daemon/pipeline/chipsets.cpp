#include "daemon/pipeline/chipsets.hpp"

#include <algorithm>

#include "daemon/domain/agent_socket.hpp"
#include "daemon/domain/q35/machines.hpp"

namespace kvmtune::pipeline {

using plan::Change;
using plan::Target;

namespace {

bool is_q35(const std::optional<domain::Document> &document) {
    return document && domain::q35::is_q35(*document);
}

const plan::DomainSituation *situation_of(const Picture &picture, const std::string &uuid) {
    const auto &domains = picture.situation.domains;
    const auto at = std::find_if(domains.begin(), domains.end(),
                                 [&](const plan::DomainSituation &domain) { return domain.facts.uuid == uuid; });
    return at == domains.end() ? nullptr : &*at;
}

/// Whether its definition has the agent's channel without us: somebody will answer.
bool has_own_channel(const Picture &picture, const std::string &uuid) {
    const auto *domain = situation_of(picture, uuid);
    return domain != nullptr && domain->facts.agent_channel;
}

bool is_over(const Picture &picture, const Target &name, const std::string &mac) {
    const auto at = picture.domains.find(name.owner);
    const auto *domain = situation_of(picture, name.owner);
    if (at == picture.domains.end() || domain == nullptr || !has_nic(*domain, mac)) return true;
    const Seen &seen = at->second;
    if (is_q35(seen.definition) || is_q35(seen.live)) return false;
    return seen.live ? !domain::agent_socket_in(*seen.live) : !domain->facts.agent_channel;
}

/// UUIDs of the domains whose old chipset this plan gives back.
std::set<std::string> leaving_q35(const plan::Plan &plan) {
    std::set<std::string> uuids;
    for (const Change &change : plan.changes)
        if (change.gives_back && is_machine(change.target)) uuids.insert(change.target.owner);
    return uuids;
}

}  // namespace

std::set<Target> names_over(const Picture &picture, const plan::Desired &desired) {
    std::set<Target> over;
    for (const auto &[target, hold] : picture.holds) {
        const auto mac = plan::mac_of_kept_name(target);
        const bool is_open = !mac || picture.unread.count(target.owner) != 0 || desired.wishes.count(target) != 0;
        if (!is_open && is_over(picture, target, *mac)) over.insert(target);
    }
    return over;
}

void keep_names_of_q35(plan::Plan &plan, const Picture &picture) {
    const auto leaving = leaving_q35(plan);
    const auto seen_of_name = [&](const Target &target) -> const Seen * {
        const auto at = picture.domains.find(target.owner);
        return plan::mac_of_kept_name(target) && at != picture.domains.end() ? &at->second : nullptr;
    };
    const auto stays = [&](const Target &target) {
        const Seen *seen = seen_of_name(target);
        return seen != nullptr && is_q35(seen->definition) && leaving.count(target.owner) == 0;
    };
    std::erase_if(plan.changes, [&](const Change &change) {
        const Seen *seen = seen_of_name(change.target);
        if (!change.gives_back || seen == nullptr) return false;
        if (stays(change.target)) return true;
        if (!is_q35(seen->live)) return false;
        plan.pending.push_back({change.target, change.to, "the next full stop and start of its domain"});
        return true;
    });
    std::erase_if(plan.pending, [&](const plan::Pending &pending) {
        return pending.waits_for == plan::the_agent && stays(pending.target);
    });
    // Off, it has its old chipset at its next start, and its agent sees to the rest.
    for (const auto &[target, hold] : picture.holds) {
        const Seen *seen = seen_of_name(target);
        if (seen != nullptr && !seen->live && leaving.count(target.owner) != 0 &&
            !has_own_channel(picture, target.owner))
            plan.void_holds.push_back(target);
    }
}

void put_off_conversions(plan::Plan &plan) {
    const auto is_open = [&](const Target &name) {
        const auto is_it = [&](const plan::Pending &pending) { return pending.target == name; };
        return std::find(plan.yielded.begin(), plan.yielded.end(), name) != plan.yielded.end() ||
               std::any_of(plan.pending.begin(), plan.pending.end(), is_it);
    };
    const auto is_premature = [&](const Change &change) {
        const auto &names = change.requires_first;
        if (!is_machine(change.target) || change.gives_back) return false;
        const auto open = std::find_if(names.begin(), names.end(), is_open);
        if (open == names.end()) return false;
        plan.findings.push_back({text_of(change.target), "put off: " + text_of(*open) + " is not settled"});
        plan.pending.push_back({change.target, change.to, "the names of its NICs"});
        return true;
    };
    std::erase_if(plan.changes, is_premature);
}

}  // namespace kvmtune::pipeline
