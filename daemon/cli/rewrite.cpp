// The pure filter: a document and a machine's description in, the tuned document out. No hypervisor, no root, and
// nothing of the host but its topology, unless that is given too.
#include <unistd.h>

#include <fcntl.h>

#include <cerrno>

#include "base/file.hpp"
#include "daemon/answers/json.hpp"
#include "daemon/cli/rewrite.hpp"
#include "daemon/cli/run.hpp"
#include "daemon/cli/site.hpp"
#include "daemon/cli/view.hpp"
#include "daemon/domain/elements.hpp"
#include "daemon/domain/facts.hpp"
#include "daemon/domain/metadata.hpp"
#include "daemon/domain/normal.hpp"
#include "daemon/domain/overrides.hpp"
#include "daemon/facts/topology.hpp"
#include "daemon/pipeline/without_us.hpp"
#include "daemon/plan/rules/rules.hpp"
#include "daemon/policy/policy.hpp"

namespace kvmtune::cli {

namespace {

Result<domain::Document> read_document(const std::string &file) {
    const bool standard_input = file == "-";
    const Fd opened(standard_input ? -1 : ::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!standard_input && !opened) return system_failure(file, errno);
    auto bytes = read_all(standard_input ? STDIN_FILENO : opened.get(), domain::Document::size_limit);
    if (!bytes) return within(file, std::move(bytes).error());
    return domain::Document::parse(*std::move(bytes), file);
}

Result<plan::Situation> situation_of(const domain::Document &document, const plan::Holds &holds,
                                     const plan::Policy &policy, const Options &options) {
    plan::Situation situation;
    situation.policy = policy;
    situation.host.topology =
        TRY(options.topology ? facts::topology_from(*options.topology) : facts::this_machines_topology());
    situation.host.described = true;
    situation.host.modules = {"vhost_net"};  // wherever the document goes, KVM's hosts have it
    const auto bare = TRY(domain::without_us(document));
    plan::DomainSituation domain;
    domain.facts = TRY(domain::facts_of(bare));
    domain.policy = TRY(policy::section_of(policy, domain.facts));
    if (!domain.policy) domain.policy.emplace().source = "built-in defaults";
    domain.policy->allow.insert(options.allow.begin(), options.allow.end());
    domain.present = pipeline::present_seat(document.uuid(), holds);
    domain.converted = holds.count(plan::machine_target(document.uuid())) != 0;
    situation.domains.push_back(std::move(domain));
    return situation;
}

struct Rewritten {
    domain::Document document;
    std::vector<plan::Finding> findings;
};

/// Desired, observed and held as ever, of this one document.
Result<plan::Plan> plan_for_document(const domain::Document &document, const plan::Situation &situation,
                                     const plan::Holds &holds) {
    auto desired = plan::desired(situation);
    std::erase_if(desired.wishes, [](const auto &wish) { return wish.first.kind != plan::TargetKind::element; });
    std::erase_if(desired.findings, [](const auto &finding) { return finding.about.starts_with("sysctl:"); });
    plan::Observed observed;
    const auto look = [&](const plan::Target &target) -> Result<> {
        observed[target].value = TRY(domain::value_of(document, target.name));
        if (is_machine(target)) observed[target].way_back = plan::WayBack::lost;  // a document knows none before it
        return {};
    };
    for (const auto &[target, wish] : desired.wishes) TRY(look(target));
    for (const auto &[target, hold] : holds) {
        if (target.name.starts_with("controller/")) desired.add({target, hold.asked, "libvirt's", {}, {}, false});
        TRY(look(target));
    }
    return plan::diff(desired, observed, holds);
}

Result<Rewritten> rewritten(const domain::Document &document, const plan::Policy &policy,
                            const domain::Fragments &fragments, const Options &options) {
    auto tuned = TRY(domain::tuned_in(document));
    const auto situation = TRY(situation_of(document, tuned.holds, policy, options));
    auto plan = TRY(plan_for_document(document, situation, tuned.holds));
    tuned.holds = plan::held_after(std::move(tuned.holds), plan.changes);
    for (const auto &target : plan.void_holds) tuned.holds.erase(target);
    auto next = TRY(domain::with(document, domain::edits_of(plan.changes), tuned, fragments));
    return Rewritten{std::move(next), std::move(plan.findings)};
}

}  // namespace

int rewrite(const Options &options, const Terminal &terminal) {
    const auto root = Root::open("/");
    if (!root) return fail(terminal, root.error());
    const auto policy = policy_for(options, *root, terminal);
    if (!policy) return status::usage;
    const auto fragments = domain::fragments_in(*root);
    if (!fragments) return fail(terminal, fragments.error());
    const auto document = read_document(options.domains.empty() ? "-" : options.domains.front());
    if (!document) return fail(terminal, document.error());
    const auto done = rewritten(*document, *policy, *fragments, options);
    if (!done) return fail(terminal, done.error());
    terminal.result(done->document.bytes());
    Json answer;
    answer.add("findings", answers::json_of(done->findings, {}));
    if (!options.quiet) terminal.note(findings_in(answer));
    return status::done;
}

}  // namespace kvmtune::cli
