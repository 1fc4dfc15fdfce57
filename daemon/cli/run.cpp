#include "daemon/cli/run.hpp"

#include <cerrno>

#include "daemon/cli/arguments.hpp"
#include "daemon/cli/ask.hpp"
#include "daemon/cli/examine.hpp"
#include "daemon/cli/rewrite.hpp"

namespace kvmtune::cli {

namespace {

int run(const Options &options, const Terminal &terminal, const apply::Step &step) {
    if (options.command == Command::rewrite) return rewrite(options, terminal);
    if (options.command == Command::doctor) return examine(options, terminal);
    return ask(options, terminal, step);
}

}  // namespace

int run(const std::vector<std::string> &arguments, const Terminal &terminal, apply::Step step) {
    const auto options = options_from(arguments);
    if (!options) {
        const auto &instead = options.error();
        instead.status == 0 ? terminal.result(instead.text) : terminal.note(instead.text);
        return instead.status;
    }
    const auto status = run(*options, terminal, step);
    if (terminal.flush()) return status;
    const bool reader_left = errno == EPIPE;  // head(1) has seen enough
    if (!reader_left) terminal.note("kvmtune: the output could not be written\n");
    return status::failed;
}

}  // namespace kvmtune::cli
