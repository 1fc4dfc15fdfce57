#include "daemon/facts/bridge_filter.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <sstream>

namespace kvmtune::facts {

namespace {

struct Trace {
    const char *what;
    const char *user;
};

constexpr std::array files = {
    Trace{"run/docker.sock", "Docker"},
    Trace{"var/lib/kubelet/config.yaml", "Kubernetes"},
};

/// Services that are going to run by the links that enable them: at boot nothing else tells of them yet.
constexpr std::array services = {
    Trace{"docker.service", "Docker"},
    Trace{"docker.socket", "Docker"},
    Trace{"kubelet.service", "Kubernetes"},
    Trace{"k3s.service", "Kubernetes"},
    Trace{"k3s-agent.service", "Kubernetes"},
    Trace{"incus.service", "Incus"},
    Trace{"incus.socket", "Incus"},
    Trace{"snap.lxd.activate.service", "LXD"},
    Trace{"neutron-linuxbridge-agent.service", "OpenStack"},
};

/// Links by the beginning of their names.
constexpr std::array links = {
    Trace{"docker0", "Docker"},  Trace{"cni0", "Kubernetes"}, Trace{"flannel.", "Kubernetes"},
    Trace{"cali", "Kubernetes"}, Trace{"lxdbr", "LXD"},       Trace{"incusbr", "Incus"},
    Trace{"brq", "OpenStack"},
};

/// Processes by the kernel's name for them, at most 15 characters.
constexpr std::array processes_that_filter = {
    Trace{"dockerd", "Docker"},
    Trace{"kubelet", "Kubernetes"},
    Trace{"kube-proxy", "Kubernetes"},
    Trace{"kubelite", "Kubernetes"},
    Trace{"k3s-server", "Kubernetes"},
    Trace{"k3s-agent", "Kubernetes"},
    Trace{"neutron-linuxbr", "OpenStack"},
};

bool is_number(const std::string &text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return std::isdigit(c) != 0; });
}

void add_processes(std::set<std::string> &users, const Root &root) {
    for (const std::string &pid : root.list("proc").value_or(std::vector<std::string>{})) {
        if (!is_number(pid)) continue;
        const std::string name = root.read("proc/" + pid + "/comm").value_or("");
        for (const Trace &process : processes_that_filter)
            if (name.substr(0, name.find('\n')) == process.what) users.insert(process.user);
    }
}

void add_services(std::set<std::string> &users, const Root &root) {
    for (const std::string target : {"multi-user", "sockets"})
        for (const Trace &service : services)
            if (root.link("etc/systemd/system/" + target + ".target.wants/" + service.what)) users.insert(service.user);
}

/// Rules that name ports of a bridge hold this module, in both backends of iptables, and see no frame without bridge
/// netfilter. /proc/modules has lines of name, size, uses and more.
bool some_rule_names_ports(const Root &root) {
    std::istringstream lines(root.read("proc/modules").value_or(""));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string name, size;
        int uses = 0;
        if (fields >> name >> size >> uses && name == "xt_physdev") return uses > 0;
    }
    return false;
}

}  // namespace

std::set<std::string> bridge_filter_users(const Root &root) {
    std::set<std::string> users;
    for (const Trace &file : files)
        if (root.exists(file.what)) users.insert(file.user);
    for (const std::string &link : root.list("sys/class/net").value_or(std::vector<std::string>{}))
        for (const Trace &bridge : links)
            if (link.starts_with(bridge.what)) users.insert(bridge.user);
    add_services(users, root);
    add_processes(users, root);
    if (some_rule_names_ports(root)) users.insert("iptables rules with -m physdev");
    return users;
}

}  // namespace kvmtune::facts
