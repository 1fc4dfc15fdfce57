#include "daemon/cli/run.hpp"

#include "daemon/cli/arguments.hpp"
#include "daemon/cli/commands.hpp"

namespace kvmtune::cli {

namespace {

int run_command(const Options &options, const Terminal &terminal, const apply::Step &step) {
    switch (options.command) {
        case Command::rewrite:
            return rewrite(options, terminal);
        case Command::plan:
            return plan(options, terminal);
        case Command::apply:
        case Command::rollback:
            return options.dry_run ? plan(options, terminal) : apply_or_roll_back(options, terminal, step);
        case Command::verify:
            return verify(options, terminal);
        case Command::status:
            return status_of_all(options, terminal);
        case Command::explain:
            return explain(options, terminal);
        case Command::facts:
            return facts(options, terminal);
    }
    return status::failed;
}

}  // namespace

int run(const std::vector<std::string> &arguments, const Terminal &terminal, apply::Step step) {
    const auto options = options_from(arguments);
    if (!options) {
        const auto &instead = options.error();
        instead.status == 0 ? terminal.result(instead.text) : terminal.note(instead.text);
        return instead.status;
    }
    const auto status = run_command(*options, terminal, step);
    if (terminal.flush()) return status;
    terminal.note("kvmtune: the output could not be written\n");
    return status::failed;
}

}  // namespace kvmtune::cli
