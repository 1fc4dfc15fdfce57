#include "daemon/doctor/signs.hpp"

#include <unistd.h>

#include <algorithm>
#include <filesystem>

#include "daemon/facts/confinement.hpp"
#include "daemon/facts/threads.hpp"
#include "daemon/hook/mark.hpp"

namespace kvmtune::doctor {

namespace {

constexpr const char *pid_files = "run/libvirt/qemu";

std::set<std::string> enabled_units(const Root &root) {
    std::set<std::string> units;
    for (const std::string name : {"kvmtuned.service", "kvmtune-host.service"})
        if (root.link("etc/systemd/system/multi-user.target.wants/" + name)) units.insert(name);
    return units;
}

/// What a path of the tree ends at, itself within the tree; not more links than the kernel follows.
std::string end_of(const Root &root, std::string path) {
    constexpr int most_links = 40;
    for (int i = 0; i < most_links; ++i) {
        const auto target = root.link(path);
        if (!target) return root.exists(path) ? "/" + path : "";
        const auto from_top = target->starts_with('/') ? *target : "/" + path.substr(0, path.rfind('/') + 1) + *target;
        path = std::filesystem::path(from_top).lexically_normal().string().substr(1);
    }
    return "";
}

bool is_executable(const Root &root, const std::string &program) {
    return !program.empty() && ::access(root.full(program.substr(1)).c_str(), X_OK) == 0;
}

void look_at_hook(Signs &signs, const Root &root) {
    signs.hook_there = root.link(hook_file).has_value() || root.exists(hook_file);
    signs.hook_program = end_of(root, hook_file);
    signs.hook_executable = is_executable(root, signs.hook_program);
    signs.confined = facts::libvirt_is_confined(root);
    signs.called = hook::last_call(root);
}

void look_at_guests(Signs &signs, const Root &root) {
    const auto ticks = static_cast<double>(::sysconf(_SC_CLK_TCK));
    const std::string suffix = ".pid";
    facts::VhostProcesses processes(root);
    for (const auto &file : root.list(pid_files).value_or(std::vector<std::string>{})) {
        if (!file.ends_with(suffix)) continue;
        const auto pid = facts::qemu_pid(root, file.substr(0, file.size() - suffix.size()));
        if (!pid) continue;
        const auto threads = facts::threads_of(root, *pid, processes);
        if (!threads) continue;
        ++signs.running;
        signs.started = std::max(signs.started.value_or(0), static_cast<double>(threads->main.start_time) / ticks);
    }
}

}  // namespace

Signs signs_of(const Root &root) {
    Signs signs;
    signs.kvm = root.exists("dev/kvm");
    signs.vhost_net = root.exists("dev/vhost-net");
    signs.ready = root.exists("run/kvmtune/ready");
    signs.enabled = enabled_units(root);
    look_at_hook(signs, root);
    look_at_guests(signs, root);
    return signs;
}

}  // namespace kvmtune::doctor
