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

/// Whether its definition has the agent's channel without us: somebody will answer.
bool has_own_channel(const Picture &picture, const std::string &uuid) {
    return std::any_of(picture.situation.domains.begin(), picture.situation.domains.end(),
                       [&](const auto &domain) { return domain.facts.uuid == uuid && domain.facts.agent_channel; });
}

bool has_nic(const Picture &picture, const std::string &uuid, const std::string &mac) {
    const auto is_it = [&](const plan::NicFacts &nic) { return nic.mac == mac; };
    return std::any_of(picture.situation.domains.begin(), picture.situation.domains.end(), [&](const auto &domain) {
        return domain.facts.uuid == uuid &&
               (std::any_of(domain.facts.nics.begin(), domain.facts.nics.end(), is_it) ||
                std::any_of(domain.running_nics.begin(), domain.running_nics.end(), is_it));
    });
}

bool is_over(const Picture &picture, const Target &name, const std::string &mac) {
    const auto at = picture.domains.find(name.owner);
    if (at == picture.domains.end() || !has_nic(picture, name.owner, mac)) return true;
    const Seen &seen = at->second;
    if (is_q35(seen.definition) || is_q35(seen.live)) return false;
    return seen.live ? !domain::agent_socket_in(*seen.live) : !has_own_channel(picture, name.owner);
}

bool gives_chipset_back(const plan::Plan &plan, const std::string &uuid) {
    return std::any_of(plan.changes.begin(), plan.changes.end(), [&](const Change &change) {
        return change.gives_back && change.target == plan::machine_target(uuid);
    });
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
    const auto stays = [&](const Target &target) {
        const auto at = picture.domains.find(target.owner);
        return plan::mac_of_kept_name(target) && at != picture.domains.end() && is_q35(at->second.definition) &&
               !gives_chipset_back(plan, target.owner);
    };
    const auto waits = [&](const Target &target) {
        const auto at = picture.domains.find(target.owner);
        return plan::mac_of_kept_name(target) && at != picture.domains.end() && is_q35(at->second.live);
    };
    for (const Change &change : plan.changes)
        if (change.gives_back && !stays(change.target) && waits(change.target))
            plan.pending.push_back({change.target, change.to, "the next full stop and start of its domain"});
    std::vector<Change> rest;
    for (const Change &change : plan.changes)
        if (!change.gives_back || !(stays(change.target) || waits(change.target))) rest.push_back(change);
    std::erase_if(plan.pending, [&](const plan::Pending &pending) {
        return pending.waits_for == plan::the_agent && stays(pending.target);
    });
    // Off, it has its old chipset at its next start, and its agent sees to the rest.
    for (const auto &[target, hold] : picture.holds) {
        const auto at = picture.domains.find(target.owner);
        if (plan::mac_of_kept_name(target) && at != picture.domains.end() && !at->second.live &&
            gives_chipset_back(plan, target.owner) && !has_own_channel(picture, target.owner))
            plan.void_holds.push_back(target);
    }
    plan.changes = std::move(rest);
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
