#include <algorithm>
#include <cctype>
#include <iterator>
#include <set>

#include "base/sysctl.hpp"
#include "daemon/policy/near.hpp"
#include "daemon/policy/values.hpp"

namespace kvmtune::policy {

namespace {

/// What is wrong with a sysctl's name; empty if nothing is.
using CheckName = std::string (*)(const std::string &name);

std::string check_host_name(const std::string &name) {
    return is_sysctl_name(name) ? "" : "is not a sysctl's name";
}

std::string check_guest_name(const std::string &name) {
    // What the guest's agent has on its own list.
    static const std::vector<std::string> allowed = {
        "net.core.netdev_max_backlog", "net.core.optmem_max",
        "net.core.rmem_default",       "net.core.rmem_max",
        "net.core.somaxconn",          "net.core.wmem_default",
        "net.core.wmem_max",           "net.ipv4.tcp_congestion_control",
        "net.ipv4.tcp_mtu_probing",    "net.ipv4.tcp_rmem",
        "net.ipv4.tcp_window_scaling", "net.ipv4.tcp_wmem",
    };
    if (std::count(allowed.begin(), allowed.end(), name) != 0) return "";
    if (!is_sysctl_name(name)) return "is not a sysctl's name";
    return "is not one that the guest's agent sets" + did_you_mean(name, allowed);
}

bool has_control_characters(const std::string &text) {
    return std::any_of(text.begin(), text.end(),
                       [](char c) { return c != '\t' && std::iscntrl(static_cast<unsigned char>(c)) != 0; });
}

Read<std::string> sysctl_value(const Node &node) {
    if (const auto *integer = node.integer()) return std::to_string(*integer);
    if (node.text() == nullptr) return wrong(node, "must be an integer or a string, not " + node.kind());
    if (has_control_characters(*node.text())) return wrong(node, "must be one line without control characters");
    std::string value = canonical_sysctl(*node.text());
    if (value.empty()) return wrong(node, "must not be empty");
    return value;
}

class SysctlReader {
  public:
    explicit SysctlReader(CheckName check) : check_(check) {}

    void table(const Table &members, const std::string &prefix);
    [[nodiscard]] Read<std::vector<Sysctl>> result() &&;

  private:
    void entry(const std::string &name, const Node &node);
    void note(const std::string &name, const Node &node, const std::string &what) {
        notes_.push_back({node.at, '"' + name + "\" " + what});
    }

    CheckName check_;
    std::set<std::string> seen_;
    std::vector<Sysctl> sysctls_;
    std::vector<Note> notes_;
};

void SysctlReader::table(const Table &members, const std::string &prefix) {
    for (const auto &[key, node] : members) {
        if (node.table() != nullptr) {
            table(*node.table(), prefix + key + ".");
        } else {
            entry(prefix + key, node);
        }
    }
}

void SysctlReader::entry(const std::string &name, const Node &node) {
    const std::string bad_name = check_(name);
    if (!bad_name.empty()) return note(name, node, bad_name);
    if (!seen_.insert(name).second) return note(name, node, "is named twice");
    auto value = sysctl_value(node);
    if (!value) return note(name, node, value.error().front().what);
    const std::string objection = objection_to(name, *value);
    if (!objection.empty()) return note(name, node, objection);
    sysctls_.push_back({name, *std::move(value), node.at});
}

Read<std::vector<Sysctl>> SysctlReader::result() && {
    if (!notes_.empty()) return tl::unexpected(std::move(notes_));
    return std::move(sysctls_);
}

Read<std::vector<Sysctl>> read_sysctls(const Node &node, CheckName check) {
    if (node.table() == nullptr) return wrong(node, "must be a table of sysctls, not " + node.kind());
    SysctlReader reader(check);
    reader.table(*node.table(), "");
    return std::move(reader).result();
}

}  // namespace

Read<std::vector<Sysctl>> sysctls(const Node &node) {
    return read_sysctls(node, check_host_name);
}

Read<std::vector<Sysctl>> guest_sysctls(const Node &node) {
    return read_sysctls(node, check_guest_name);
}

}  // namespace kvmtune::policy
