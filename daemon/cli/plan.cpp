#include "daemon/cli/commands.hpp"
#include "daemon/cli/json.hpp"
#include "daemon/cli/run.hpp"
#include "daemon/cli/site.hpp"

namespace kvmtune::cli {

int plan(const Options &options, const Terminal &terminal) {
    auto site = open_site(options, terminal, Access::read);
    if (!site) return site.error();
    const auto planned = pipeline::plan_for(*(*site)->place, (*site)->scope);
    if (!planned) return fail(terminal, planned.error());
    const auto names = pipeline::names_in(planned->picture);
    const auto diffs = definition_diffs(*planned, (*site)->place->fragments());
    if (options.json) {
        auto json = answer("plan", json_of(planned->plan, names));
        json.add("diff", diffs);
        terminal.result(json.pretty());
    } else {
        const auto palette = Palette::of(options, terminal);
        terminal.result(text_of(planned->plan, names, Detail::reasons, palette));
        if (!diffs.empty()) terminal.result("\n" + palette.diff(diffs));
        if (!options.quiet) terminal.note(text_of(planned->plan.findings, names));
    }
    return planned->plan.empty() ? status::done : status::differs;
}

}  // namespace kvmtune::cli
