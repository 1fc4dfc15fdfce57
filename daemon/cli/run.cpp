#include "daemon/cli/run.hpp"

#include <cerrno>

#include "daemon/cli/arguments.hpp"
#include "daemon/cli/ask.hpp"
#include "daemon/cli/rewrite.hpp"

namespace kvmtune::cli {

int run(const std::vector<std::string> &arguments, const Terminal &terminal, apply::Step step) {
    const auto options = options_from(arguments);
    if (!options) {
        const auto &instead = options.error();
        instead.status == 0 ? terminal.result(instead.text) : terminal.note(instead.text);
        return instead.status;
    }
    const auto status =
        options->command == Command::rewrite ? rewrite(*options, terminal) : ask(*options, terminal, step);
    if (terminal.flush()) return status;
    const bool reader_left = errno == EPIPE;  // head(1) has seen enough
    if (!reader_left) terminal.note("kvmtune: the output could not be written\n");
    return status::failed;
}

}  // namespace kvmtune::cli
