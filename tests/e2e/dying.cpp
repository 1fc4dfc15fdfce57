// kvmtune to which something happens half-way: the same program, killed by SIGKILL at the KVMTUNE_DIE_AT-th step (from
// 1), after a record or an effect is on disk or in the kernel. With a command in KVMTUNE_AT_STEP that is run there
// instead, and kvmtune goes on. Without KVMTUNE_DIE_AT it runs to its end and says on standard error how many steps it
// took.
#include <csignal>
#include <cstdlib>
#include <string>

#include "daemon/cli/run.hpp"

int main(int argc, char **argv) {
    const std::vector<std::string> arguments(argv + 1, argv + argc);
    const char *text = std::getenv("KVMTUNE_DIE_AT");
    const char *instead = std::getenv("KVMTUNE_AT_STEP");
    const unsigned long at = text == nullptr ? 0 : std::strtoul(text, nullptr, 10);
    unsigned long steps = 0;
    const auto step = [&] {
        if (++steps != at) return;
        if (instead == nullptr || std::system(instead) != 0) std::raise(SIGKILL);
    };
    const kvmtune::cli::Terminal terminal(stdout, stderr);
    const auto status = kvmtune::cli::run(arguments, terminal, step);
    if (text == nullptr) terminal.note("steps: " + std::to_string(steps) + "\n");
    return status;
}
