// "kvmtune-stand-in ROOT": hears one call on standard input, does what can be done, answers on the same socket. The
// hook ends it when its time is over.
#include <unistd.h>

#include "daemon/hook/alone.hpp"
#include "daemon/hook/guest_life.hpp"
#include "daemon/hook/peer.hpp"

namespace {

using namespace kvmtune;

int fail(const Error &error) {
    (void)write_all(STDERR_FILENO, "kvmtune: not tuned now: " + error.what + "\n");
    return 1;
}

}  // namespace

int main(int argc, char **argv) {
    const Fd socket(STDIN_FILENO);
    const auto root = Root::open(argc == 2 ? argv[1] : "/");
    if (!root) return fail(root.error());
    const auto call = hook::hear(socket, std::chrono::steady_clock::now() + std::chrono::seconds(5));
    if (!call) return fail(call.error());
    const auto policy = hook::policy_alone(*root);
    if (hook::takes_long(policy, *call) && !write_all(STDOUT_FILENO, hook::wait_line)) return 1;
    const auto answer = hook::answer_alone(policy, *root, *call);
    if (!answer) (void)fail(answer.error());
    return write_all(STDOUT_FILENO, text_of(answer.value_or(hook::Answer{}))) ? 0 : 1;
}
