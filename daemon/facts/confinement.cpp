#include "daemon/facts/confinement.hpp"

#include <algorithm>
#include <array>
#include <sstream>
#include <vector>

namespace kvmtune::facts {

namespace {

/// What all guests' profiles include, and where an administrator adds to it.
constexpr std::array rules = {"etc/apparmor.d/abstractions/libvirt-qemu",
                              "etc/apparmor.d/local/abstractions/libvirt-qemu"};
constexpr const char *more_rules = "etc/apparmor.d/abstractions/libvirt-qemu.d";
/// Ways to write a rule that covers the file.
constexpr std::array covering = {"/sys/devices/system/node/node[0-9]*/cpumap",
                                 "/sys/devices/system/node/node*/cpumap",
                                 "/sys/devices/system/node/node[0-9]*/*",
                                 "/sys/devices/system/node/node*/*",
                                 "/sys/devices/system/node/*/cpumap",
                                 "/sys/devices/system/node/*/*",
                                 "/sys/devices/system/node/**",
                                 "/sys/devices/system/**",
                                 "/sys/devices/**",
                                 "/sys/**"};

/// The daemons of libvirt that start guests and call hooks. A profile is named after the program, or by its path.
constexpr std::array daemons = {"libvirtd (enforce)", "virtqemud (enforce)"};

/// Whether a line is a rule to read one of the covering paths.
bool allows(const std::string &line) {
    std::istringstream words(line);
    std::string path, access;
    words >> path >> access;
    const bool reads = access.find('r') != std::string::npos && access.ends_with(',');
    return reads && std::find(covering.begin(), covering.end(), path) != covering.end();
}

bool some_line_allows(const std::string &text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);)
        if (allows(line)) return true;
    return false;
}

}  // namespace

bool libvirt_is_confined(const Root &root) {
    const auto profiles = "\n" + root.read("sys/kernel/security/apparmor/profiles").value_or("");
    return std::any_of(daemons.begin(), daemons.end(), [&](const std::string &daemon) {
        return profiles.find("\n" + daemon) != std::string::npos || profiles.find("/" + daemon) != std::string::npos;
    });
}

bool qemu_reads_nodes(const Root &root) {
    if (!libvirt_is_confined(root) || !root.exists(rules.front())) return true;
    std::vector<std::string> files(rules.begin(), rules.end());
    for (const auto &name : root.list(more_rules).value_or(std::vector<std::string>{}))
        files.push_back(std::string(more_rules) + "/" + name);
    return std::any_of(files.begin(), files.end(),
                       [&](const std::string &file) { return some_line_allows(root.read(file).value_or("")); });
}

}  // namespace kvmtune::facts
