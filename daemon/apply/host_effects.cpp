#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "base/sysctl.hpp"
#include "daemon/apply/effects.hpp"
#include "daemon/apply/huge_pages.hpp"
#include "daemon/apply/lent_pages.hpp"

namespace kvmtune::apply {

using plan::Observation;
using plan::Target;
using plan::TargetKind;
using plan::Value;

namespace {

Value absent_if_missing(const Result<std::string> &text) {
    return text ? Value(*text) : std::nullopt;
}

Result<PoolDoor> door_to(const Root &root, const Target &target) {
    const auto pool = plan::pool_named(target);
    if (!pool) return failure(ErrorKind::invalid, text_of(target) + ": not the name of a pool");
    return door_of(root, *pool);
}

/// Runs a program of the system without input and complaints, and whether it ended well.
Result<bool> succeeds(std::vector<std::string> words) {
    posix_spawn_file_actions_t quiet;
    ::posix_spawn_file_actions_init(&quiet);
    ::posix_spawn_file_actions_addopen(&quiet, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_addopen(&quiet, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    std::vector<char *> arguments;
    for (auto &word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    char path[] = "PATH=/usr/sbin:/usr/bin:/sbin:/bin";
    char *environment[] = {path, nullptr};
    pid_t pid = 0;
    int spawned = ENOENT;
    for (const char *place : {"/usr/sbin/", "/usr/bin/", "/sbin/", "/bin/"}) {
        const std::string program = place + words.front();
        if (spawned == ENOENT)
            spawned = ::posix_spawn(&pid, program.c_str(), &quiet, nullptr, arguments.data(), environment);
    }
    ::posix_spawn_file_actions_destroy(&quiet);
    if (spawned != 0) return system_failure("run " + words.front(), spawned);
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0)
        if (errno != EINTR) return system_failure("wait for " + words.front(), errno);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

}  // namespace

Result<> modprobe(const std::string &name) {
    if (TRY(succeeds({"modprobe", "--", name}))) return {};
    return failure(ErrorKind::failed, "load module " + name + ": modprobe could not (see `modprobe " + name + "`)");
}

Result<> start_modprobe_unit(const std::string &name) {
    const std::string unit = "modprobe@" + name + ".service";
    if (TRY(succeeds({"systemctl", "--no-ask-password", "start", unit}))) return {};
    return failure(ErrorKind::failed, "load module " + name + ": systemd could not (see `journalctl -u " + unit + "`)");
}

HostEffects::HostEffects(const Root &root, LoadModule load_module)
    : root_(root), load_module_(std::move(load_module)) {}

Result<Observation> HostEffects::look(const Target &target) {
    if (target.kind == TargetKind::file) {
        const auto text = root_.read(target.name);
        if (!text && text.error().kind != ErrorKind::not_found) return tl::unexpected<Error>(text.error());
        return Observation{absent_if_missing(text), {}};
    }
    const auto boot = TRY(read_sysctl(root_, "kernel.random.boot_id"));
    if (target.kind == TargetKind::pool) {
        const auto door = TRY(door_to(root_, target));
        const auto pool = TRY(door.look());
        return Observation{std::to_string(pool.total), boot, std::to_string(pool.in_use())};
    }
    if (target.kind == TargetKind::module) {
        const bool loaded = root_.exists("sys/module/" + target.name);
        return Observation{loaded ? Value("loaded") : std::nullopt, boot};
    }
    auto value = TRY(read_sysctl(root_, target.name));
    return Observation{std::move(value), boot};
}

Result<> HostEffects::put(const Target &target, const Value &value) {
    switch (target.kind) {
        case TargetKind::module:
            if (!value) return failure(ErrorKind::unsupported, "unload module " + target.name + ": it is never done");
            return load_module_(target.name);
        case TargetKind::sysctl:
            if (!value) return failure(ErrorKind::unsupported, target.name + ": a sysctl cannot be removed");
            return write_sysctl(root_, target.name, *value);
        case TargetKind::file:
            if (!value) return root_.remove(target.name);
            if (const auto slash = target.name.rfind('/'); slash != std::string::npos)
                TRY(root_.make_directories(target.name.substr(0, slash)));
            return root_.replace(target.name, *value);
        case TargetKind::pool: {
            const auto door = TRY(door_to(root_, target));
            const auto pages = plan::pages_in(value);
            if (!pages) return failure(ErrorKind::invalid, text_of(target) + ": no number of pages");
            const auto before = TRY(door.look()).total;
            TRY(resize(door, *pages));
            const auto after = TRY(door.look()).total;
            return after < before ? pages_have_left(root_, *plan::pool_named(target), before - after) : Result<>();
        }
        default:
            return failure(ErrorKind::failed, text_of(target) + ": not a setting of the host");
    }
}

}  // namespace kvmtune::apply
