#include "daemon/facts/links.hpp"

#include <algorithm>
#include <cctype>

#include "base/number.hpp"
#include "daemon/facts/interrupts.hpp"

namespace kvmtune::facts {

namespace {

constexpr const char *links_folder = "sys/class/net";

Result<std::string> first_line_of(const Root &root, const std::string &path) {
    const auto text = TRY(root.read(path));
    return text.substr(0, text.find('\n'));
}

Result<unsigned> number_at(const Root &root, const std::string &path) {
    const auto number = whole_number<unsigned>(TRY(first_line_of(root, path)));
    if (!number) return failure(ErrorKind::invalid, root.full(path) + ": no number");
    return *number;
}

/// The value of a line "DEVTYPE=..." of a uevent file.
std::string device_type(const Root &root, const std::string &link) {
    const auto uevent = root.read(link + "/uevent");
    if (!uevent) return {};
    const std::string lines = "\n" + *uevent;
    const std::string key = "\nDEVTYPE=";
    const auto at = lines.find(key);
    if (at == std::string::npos) return {};
    const auto begin = at + key.size();
    return lines.substr(begin, lines.find('\n', begin) - begin);
}

std::string kind_of(const Root &root, const std::string &link) {
    if (root.exists(link + "/bridge")) return "bridge";
    if (root.exists(link + "/tun_flags")) return "tun";
    if (root.exists(link + "/bonding")) return "bond";
    if (root.exists(link + "/device")) return {};
    const std::string type = device_type(root, link);
    return type.empty() ? "virtual" : type;
}

/// The bridge or bond that it is a port of.
std::string master_of(const Root &root, const std::string &link) {
    for (const char *name : {"/master", "/brport/bridge"})
        if (const auto target = root.link(link + name)) return target->substr(target->rfind('/') + 1);
    return {};
}

/// Whether a file of lines NAME=VALUE has this one.
bool has_line(const Root &root, const std::string &path, const std::string &line) {
    return ("\n" + root.read(path).value_or("") + "\n").find("\n" + line + "\n") != std::string::npos;
}

/// Both keep what they know of a link by its index.
std::string manager_of(const Root &root, unsigned index) {
    const auto number = std::to_string(index);
    if (has_line(root, "run/NetworkManager/devices/" + number, "managed=true")) return "NetworkManager";
    for (const char *state : {"configured", "configuring"})
        if (has_line(root, "run/systemd/netif/links/" + number, std::string("ADMIN_STATE=") + state))
            return "systemd-networkd";
    return "";
}

std::string lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

}  // namespace

Result<std::vector<plan::Link>> links_in(const Root &root) {
    std::vector<plan::Link> links;
    const auto names = root.list(links_folder);
    if (!names && names.error().kind == ErrorKind::not_found) return links;
    if (!names) return within("read the host's links", names.error());
    for (const std::string &name : *names)
        if (auto found = link(root, name)) links.push_back(*std::move(found));
    return links;
}

Result<plan::Link> link(const Root &root, const std::string &name) {
    const std::string path = links_folder + ("/" + name);
    plan::Link link;
    link.name = name;
    link.index = TRY(number_at(root, path + "/ifindex"));
    link.mtu = TRY(number_at(root, path + "/mtu"));
    link.kind = kind_of(root, path);
    link.master = master_of(root, path);
    // -1 where the firmware says nothing.
    if (const auto node = number_at(root, path + "/device/numa_node")) link.node = *node;
    link.manager = manager_of(root, link.index);
    // Those of others may be many, and nobody asks.
    if (link.kind.empty() && !link.master.empty()) link.interrupt_cpus = interrupt_cpus(root, name);
    link.mac = lower_case(first_line_of(root, path + "/address").value_or(""));
    return link;
}

std::string link_epoch(const std::string &boot_id, unsigned index) {
    return boot_id + "/" + std::to_string(index);
}

}  // namespace kvmtune::facts
