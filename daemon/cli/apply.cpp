#include "daemon/cli/commands.hpp"
#include "daemon/cli/json.hpp"
#include "daemon/cli/run.hpp"
#include "daemon/cli/site.hpp"

namespace kvmtune::cli {

namespace {

pipeline::Restart restart_of(const Options &options) {
    pipeline::Restart restart;
    restart.wanted = options.restart;
    restart.shutdown_limit = std::chrono::seconds(options.timeout);
    restart.agent_limit = std::chrono::seconds(options.agent_timeout);
    restart.insist = options.force ? apply::Insist::destroy : apply::Insist::no;
    return restart;
}

}  // namespace

int apply_or_roll_back(const Options &options, const Terminal &terminal, const apply::Step &step) {
    auto site = open_site(options, terminal, Access::change, step);
    if (!site) return site.error();
    const auto tell = [&](const std::string &doing) {
        if (!options.quiet && !options.json) terminal.progress(doing);
    };
    const auto account = pipeline::bring(*(*site)->place, (*site)->scope, restart_of(options), tell);
    tell("");
    if (!account) return fail(terminal, account.error());
    if (options.json) {
        const auto *command = options.command == Command::rollback ? "rollback" : "apply";
        terminal.result(answer(command, json_of(*account)).pretty());
    } else {
        terminal.result(
            text_of(*account, options.verbose ? Detail::reasons : Detail::brief, Palette::of(options, terminal)));
        auto findings = account->report.findings;
        findings.insert(findings.end(), account->left.findings.begin(), account->left.findings.end());
        if (!options.quiet) terminal.note(text_of(findings, account->names));
    }
    if (account->failed()) return status::failed;
    return account->left.empty() ? status::done : status::differs;
}

}  // namespace kvmtune::cli
