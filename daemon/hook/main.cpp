#include <unistd.h>

#include <array>

#include "daemon/hook/hook.hpp"
#include "daemon/hook/mark.hpp"
#include "daemon/hook/stand_in.hpp"

namespace {

using namespace kvmtune;

std::string own_path() {
    std::array<char, 4096> path;
    const ssize_t size = ::readlink("/proc/self/exe", path.data(), path.size());
    return {path.data(), size < 0 ? 0 : static_cast<std::size_t>(size)};
}

/// Nothing can be done about a reader that is gone.
void say(const std::string &line) {
    if (!line.empty()) (void)write_all(STDERR_FILENO, "kvmtune: " + line + "\n");
}

}  // namespace

int main(int argc, char **argv) {
    const auto start = std::chrono::steady_clock::now();
    const auto invocation = hook::invocation_from({argv, argv + argc});
    if (!invocation) {
        say(invocation.error().what);
        return 0;
    }
    hook::leave_mark(invocation->root);
    const auto outcome = hook::run(*invocation, STDIN_FILENO, hook::stand_in_places(own_path()),
                                   start + hook::patience_for(invocation->call));
    say(outcome.note);
    if (!outcome.output.empty()) (void)write_all(STDOUT_FILENO, outcome.output);
    return outcome.status;
}
