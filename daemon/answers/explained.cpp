// What a subject of `explain` means: a target in its text form (with a domain's name or UUID), a domain, or just a
// target's name ("net.core.rmem_max", "cputune/emulatorpin").
#include <algorithm>

#include "base/sysctl.hpp"
#include "daemon/answers/explanation.hpp"
#include "daemon/answers/json.hpp"
#include "daemon/answers/parts.hpp"

namespace kvmtune::answers {

using pipeline::Planned;
using plan::Target;
using plan::TargetKind;

namespace {

/// One of: a target, a domain (its UUID), or a name that is still to be found.
struct Subject {
    std::optional<Target> target;
    std::string domain;
    std::string name;
};

Result<Subject> subject_of(const std::string &text, const apply::Hypervisor &hypervisor) {
    if (auto target = plan::target_from(text)) {
        if (!target->owner.empty()) target->owner = TRY(hypervisor.find(target->owner));
        return Subject{*target, target->owner, {}};
    }
    if (auto domain = hypervisor.find(text)) return Subject{std::nullopt, *std::move(domain), {}};
    return Subject{std::nullopt, {}, text};
}

/// Looks at a target that no plan had a reason to look at.
Result<> look_at(const Target &target, Planned &planned, pipeline::Workplace &place) {
    if (planned.observed.count(target) != 0) return {};
    planned.observed.merge(TRY(place.world().observe({target})));
    return {};
}

/// A host's sysctl or loaded module that no rule cares for.
std::optional<Target> on_host(const std::string &name, Planned &planned, pipeline::Workplace &place) {
    const Target sysctl{TargetKind::sysctl, "", name};
    const Target module{TargetKind::module, "", name};
    if (is_sysctl_name(name) && look_at(sysctl, planned, place) && planned.observed.count(sysctl) != 0) return sysctl;
    const bool may_be_module = name.find_first_of("/.: ") == std::string::npos;
    if (!may_be_module || !look_at(module, planned, place)) return std::nullopt;
    const auto seen = planned.observed.find(module);
    return seen != planned.observed.end() && seen->second.value ? std::optional(module) : std::nullopt;
}

Result<std::set<Target>> targets_of(const Subject &subject, Planned &planned, pipeline::Workplace &place) {
    if (subject.target) {
        TRY(look_at(*subject.target, planned, place));
        return std::set<Target>{*subject.target};
    }
    std::set<Target> targets = known_targets(planned);
    std::erase_if(targets, [&](const Target &target) {
        return subject.domain.empty() ? target.name != subject.name : target.owner != subject.domain;
    });
    if (!targets.empty() || !subject.domain.empty()) return targets;
    if (const auto found = on_host(subject.name, planned, place)) return std::set<Target>{*found};
    return failure(ErrorKind::not_found, subject.name + ": neither a domain nor a target that is known here");
}

/// Findings about a domain, as far as no target of it has them as remarks.
std::vector<plan::Finding> findings_on(const std::string &uuid, const Planned &planned, const Names &names) {
    const auto name = names.find(uuid);
    std::vector<plan::Finding> findings;
    std::copy_if(planned.plan.findings.begin(), planned.plan.findings.end(), std::back_inserter(findings),
                 [&](const plan::Finding &finding) {
                     const auto &about = finding.about;
                     const bool of_domain = about == uuid || (name != names.end() && about == name->second);
                     return !uuid.empty() && (of_domain || about.find(":" + uuid + ":") != std::string::npos);
                 });
    return findings;
}

}  // namespace

Result<Json> explained(const Desk &desk) {
    auto &place = desk.place;
    const auto subject = TRY(subject_of(desk.request.subject, place.hypervisor()));
    auto scope = desk.scope;
    if (!subject.domain.empty()) scope.named.insert(subject.domain);
    auto planned = TRY(pipeline::plan_for(place, scope));
    const auto targets = TRY(targets_of(subject, planned, place));
    const auto names = pipeline::names_in(planned.picture);
    Json list{Json::Array{}};
    for (const auto &target : targets) list.push(json_of(explanation_of(target, planned), names));
    Json json;
    json.add("targets", std::move(list));
    json.add("findings", json_of(findings_on(subject.domain, planned, names), names));
    return json;
}

}  // namespace kvmtune::answers
