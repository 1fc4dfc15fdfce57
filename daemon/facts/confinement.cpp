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

/// libvirt confines guests where the module is there and its own daemon is confined.
bool confines_guests(const Root &root) {
    const auto profiles = root.read("sys/kernel/security/apparmor/profiles").value_or("");
    const bool confined = profiles.find("libvirtd (enforce)") != std::string::npos ||
                          profiles.find("virtqemud (enforce)") != std::string::npos;
    return confined && root.exists(rules.front());
}

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

bool qemu_reads_nodes(const Root &root) {
    if (!confines_guests(root)) return true;
    std::vector<std::string> files(rules.begin(), rules.end());
    for (const auto &name : root.list(more_rules).value_or(std::vector<std::string>{}))
        files.push_back(std::string(more_rules) + "/" + name);
    return std::any_of(files.begin(), files.end(),
                       [&](const std::string &file) { return some_line_allows(root.read(file).value_or("")); });
}

}  // namespace kvmtune::facts
