#include "base/canonical.hpp"
#include "daemon/plan/own_files.hpp"
#include "daemon/plan/pool.hpp"
#include "daemon/plan/rules/bridge_netfilter.hpp"
#include "daemon/plan/rules/buffer_terms.hpp"
#include "daemon/plan/rules/recipe.hpp"
#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

namespace {

std::string source_of(const Policy &policy, const std::string &sysctl) {
    const auto source = policy.sources.find("host.sysctl." + sysctl);
    return source == policy.sources.end() ? "[host]" : source->second;
}

Wish wish_for(const std::string &sysctl, const std::string &value, const std::string &because) {
    return {{TargetKind::sysctl, "", sysctl}, value, because, Disruption::live, {}};
}

/// Said of a value that the host's memory keeps below the reference's.
std::string because_of_memory(const std::string &sysctl, const std::string &value, const std::string &reference,
                              std::uint64_t memory) {
    return "not raised beyond " + value + ", though the recipe says " + reference + ": " +
           (is_default_of_sockets(sysctl) ? "10000 sockets that are full would take more than an eighth of this host's "
                                          : "one socket could take more than a 512th of this host's ") +
           gib_text(memory);
}

std::string because_of_profile(const std::string &sysctl, const std::string &present, std::uint64_t memory) {
    const std::string terms = host_buffer_terms(sysctl, memory);
    return "sysctl: profile network raises it from " + present +
           (is_default_of_sockets(sysctl) ? ", for every UDP, netlink and unix socket of the host" : "") +
           (terms.empty() ? "" : ": " + terms);
}

/// The profile's values that are larger than what is there, where the policy names no other.
void add_profile(Proposal &proposal, const Situation &situation) {
    const std::uint64_t memory = situation.host.memory;
    const Sysctls reference = recipe_for_host(0);
    for (const auto &[sysctl, value] : recipe_for_host(memory)) {
        if (situation.policy.host.sysctls.count(sysctl) != 0) continue;
        const auto present = situation.host.sysctls.find(sysctl);
        if (present == situation.host.sysctls.end()) {
            proposal.findings.push_back({"sysctl:" + sysctl, "this kernel has none of this name: left out"});
            continue;
        }
        const auto larger = raised(present->second, value);
        if (larger)
            proposal.wishes.push_back(wish_for(sysctl, *larger, because_of_profile(sysctl, present->second, memory)));
        const bool held_down = raised(larger.value_or(present->second), reference.at(sysctl)).has_value();
        if (held_down)
            proposal.findings.push_back({"sysctl:" + sysctl, because_of_memory(sysctl, larger.value_or(present->second),
                                                                               reference.at(sysctl), memory)});
    }
}

/// A file that is later in order decides at boot, whatever ours says.
void add_later_files(Proposal &proposal, const Situation &situation, const std::map<std::string, std::string> &values) {
    const auto name_in = [](const std::string &path) { return path.substr(path.rfind('/') + 1); };
    for (const auto &[sysctl, value] : values) {
        const auto *line = situation.host.last_line(sysctl);
        if (line == nullptr || name_in(line->file) < name_in(own_files::sysctls)) continue;
        if (canonical_sysctl(line->value) == canonical_sysctl(value)) continue;
        proposal.findings.push_back({"sysctl:" + sysctl, "at boot " + line->file + ":" + std::to_string(line->line) +
                                                             " sets it to " + line->value + " after our " +
                                                             own_files::sysctls + ", which says " + value});
    }
}

/// Lines for these values, and for those that wait for a module: "-" lets a missing name pass.
std::string text_of(const std::map<std::string, std::string> &values, const Sysctls &of_modules) {
    std::string text;
    for (const auto &[sysctl, value] : of_modules) text += "-" + sysctl + " = " + value + "\n";
    for (const auto &[sysctl, value] : values) text += sysctl + " = " + value + "\n";
    return text;
}

}  // namespace

Proposal host_sysctls(const Situation &situation) {
    Proposal proposal;
    if (!host_in_scope(situation)) return proposal;
    const HostPolicy &host = situation.policy.host;
    if (host.profile == Profile::network) add_profile(proposal, situation);
    for (const auto &[sysctl, value] : host.sysctls)
        proposal.wishes.push_back(
            wish_for(sysctl, value, "sysctl: the policy names it (" + source_of(situation.policy, sysctl) + ")"));

    const Sysctls of_modules = bridge_netfilter_at_boot(situation);
    if (!host.persist || (proposal.wishes.empty() && of_modules.empty())) return proposal;
    std::map<std::string, std::string> values;
    for (Wish &wish : proposal.wishes) {
        wish.survives_boot = true;
        values[wish.target.name] = wish.value;
    }
    add_later_files(proposal, situation, values);
    proposal.wishes.push_back(own_files::wish_for(own_files::sysctls, text_of(values, of_modules),
                                                  "sysctl: in force at boot too, as [host] persist says"));
    return proposal;
}

}  // namespace kvmtune::plan::rules

namespace kvmtune::plan {

std::set<std::string> asked_sysctls(const Policy &policy) {
    std::set<std::string> names = {"vm.nr_hugepages"};
    for (const auto &[sysctl, value] : recipe_for_host(0)) names.insert(sysctl);
    for (const std::string sysctl : bridge_netfilter_sysctls) names.insert(sysctl);
    for (const auto &[sysctl, value] : policy.host.sysctls) names.insert(sysctl);
    return names;
}

}  // namespace kvmtune::plan
