// What a subject of `explain` means: a target in its text form (with a domain's name or UUID), a domain, or just a
// target's name ("net.core.rmem_max", "cputune/emulatorpin").
#include <algorithm>

#include "base/sysctl.hpp"
#include "daemon/cli/commands.hpp"
#include "daemon/cli/explanation.hpp"
#include "daemon/cli/json.hpp"
#include "daemon/cli/run.hpp"
#include "daemon/cli/site.hpp"

namespace kvmtune::cli {

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

Json json_of_all(const std::vector<Explanation> &all, const std::vector<plan::Finding> &findings, const Names &names) {
    Json list{Json::Array{}};
    for (const auto &explanation : all) list.push(json_of(explanation, names));
    Json json;
    json.add("targets", std::move(list));
    json.add("findings", json_of(findings));
    return json;
}

}  // namespace

int explain(const Options &options, const Terminal &terminal) {
    auto site = open_site(options, terminal, Access::read);
    if (!site) return site.error();
    auto &place = *(*site)->place;
    const auto subject = subject_of(options.subject, *(*site)->hypervisor);
    if (!subject) return fail(terminal, subject.error());
    auto &scope = (*site)->scope;
    if (!subject->domain.empty()) scope.named.insert(subject->domain);
    auto planned = pipeline::plan_for(place, scope);
    if (!planned) return fail(terminal, planned.error());
    const auto targets = targets_of(*subject, *planned, place);
    if (!targets) return fail(terminal, targets.error());
    const auto names = pipeline::names_in(planned->picture);
    std::vector<Explanation> all;
    for (const auto &target : *targets) all.push_back(explanation_of(target, *planned));
    const auto findings = findings_on(subject->domain, *planned, names);
    if (options.json) {
        terminal.result(answer("explain", json_of_all(all, findings, names)).pretty());
        return status::done;
    }
    const auto palette = Palette::of(options, terminal);
    if (all.empty()) terminal.result(options.subject + ": nothing is wished for and nothing is held\n");
    for (const auto &explanation : all) terminal.result(text_of(explanation, names, palette));
    if (!options.quiet) terminal.note(text_of(findings, names));
    return status::done;
}

}  // namespace kvmtune::cli
