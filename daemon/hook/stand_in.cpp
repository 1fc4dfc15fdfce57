#include "daemon/hook/stand_in.hpp"

#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <memory>

namespace kvmtune::hook {

namespace {

/// What makes a socket a child's standard input and output.
class Standard {
  public:
    explicit Standard(int socket) {
        posix_spawn_file_actions_init(&actions_);
        posix_spawn_file_actions_adddup2(&actions_, socket, STDIN_FILENO);
        posix_spawn_file_actions_adddup2(&actions_, socket, STDOUT_FILENO);
    }
    Standard(const Standard &) = delete;
    Standard &operator=(const Standard &) = delete;
    ~Standard() { posix_spawn_file_actions_destroy(&actions_); }

    [[nodiscard]] const posix_spawn_file_actions_t *actions() const { return &actions_; }

  private:
    posix_spawn_file_actions_t actions_;
};

Result<pid_t> spawn(const std::string &program, std::string root, int socket) {
    const Standard standard(socket);
    std::string name = program;
    char *const arguments[] = {name.data(), root.data(), nullptr};
    pid_t pid = -1;
    const int error = ::posix_spawn(&pid, program.c_str(), standard.actions(), nullptr, arguments, environ);
    if (error != 0) return system_failure(program, error);
    return pid;
}

}  // namespace

Result<StandIn> StandIn::start(const std::vector<std::string> &programs, const std::string &root) {
    int ends[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0) return system_failure("socketpair", errno);
    Fd ours(ends[0]);
    const Fd its(ends[1]);
    Result<pid_t> pid = failure(ErrorKind::not_found, "kvmtune-stand-in: not named");
    for (const auto &program : programs) {
        pid = spawn(program, root, its.get());
        if (pid || pid.error().kind != ErrorKind::not_found) break;
    }
    if (!pid) return tl::unexpected<Error>(std::move(pid).error());
    return StandIn(*pid, std::move(ours));
}

StandIn::~StandIn() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    (void)::waitpid(pid_, nullptr, WNOHANG);  // without waiting for one that the kernel cannot end now
}

std::vector<std::string> stand_in_places(const std::string &program) {
    const std::string folder = program.substr(0, program.rfind('/') + 1);
    return {folder + "kvmtune-stand-in", folder + KVMTUNE_STAND_IN_WAY + "/kvmtune-stand-in"};
}

}  // namespace kvmtune::hook
