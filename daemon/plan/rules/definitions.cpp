// Kinds of domains of which something is left alone, one finding each. What is left alone because of a single device
// or value is said by the rule that would have changed it.
#include <optional>

#include "daemon/plan/left_alone.hpp"
#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

namespace {

using Reason = std::optional<std::string>;

Reason reason_not_to_rewrite(const DomainSituation &domain) {
    if (!domain.persistent) return "it is transient and has no definition: only what runs is tuned";
    if (domain.failed_schema)
        return "its definition is not by libvirt's schema, and defining it again might lose parts of it: it stays as "
               "it is";
    return std::nullopt;
}

bool may_be_pinned(const DomainSituation &domain) {
    return wants(domain, "cpus") && domain.policy->cpus != CpuPolicy::off;
}

Reason reason_of_numad(const DomainSituation &domain) {
    if (!may_be_pinned(domain) || !domain.facts.automatic_placement) return std::nullopt;
    return "placement='auto' leaves its CPUs to numad: nothing is pinned";
}

/// The user's own pins, in words.
Reason reason_of_pins(const DomainSituation &domain) {
    const DomainFacts &facts = domain.facts;
    if (!wants_cpus(domain) || names(domain, "cpus")) return std::nullopt;
    std::string pins;
    const auto add = [&](const std::string &pin) { pins += (pins.empty() ? "" : ", ") + pin; };
    if (!facts.vcpupins.empty()) add("vcpupin");
    if (facts.emulatorpin) add("emulatorpin");
    if (!facts.iothreadpins.empty()) add("iothreadpin");
    if (pins.empty()) return std::nullopt;
    return "the pins that the user wrote stay (" + pins + "): the policy section names no cpus";
}

Reason reason_of_cpu_model(const DomainSituation &domain) {
    const bool wanted = (wants(domain, "cpu") && domain.policy->cpu_passthrough) ||
                        (wants(domain, "topology") && domain.policy->cpu_topology);
    const Reason reason = reason_to_keep_cpu_model(domain.facts);
    if (!rewritable(domain) || !wanted || !reason) return std::nullopt;
    return *reason + ": its CPU model and topology stay";
}

}  // namespace

Proposal definitions(const Situation &situation) {
    Proposal proposal;
    for (const DomainSituation &domain : situation.domains) {
        const auto say = [&](const Reason &reason) {
            if (reason) proposal.findings.push_back({domain.facts.name, *reason});
        };
        if (!domain.policy) continue;
        if (const Reason reason = reason_out_of_reach(domain.facts)) {
            say(*reason + ": nothing of it is tuned");
            continue;
        }
        say(reason_not_to_rewrite(domain));
        say(reason_of_numad(domain));
        say(reason_of_pins(domain));
        say(reason_of_cpu_model(domain));
    }
    return proposal;
}

}  // namespace kvmtune::plan::rules
