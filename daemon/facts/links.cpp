#include "daemon/facts/links.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <optional>

namespace kvmtune::facts {

namespace {

constexpr const char *folder = "sys/class/net";

std::string line_of(const Root &root, const std::string &path) {
    const auto text = root.read(path);
    return text ? text->substr(0, text->find('\n')) : std::string();
}

std::optional<unsigned> number_in(const std::string &text) {
    unsigned value = 0;
    const auto *end = text.data() + text.size();
    if (text.empty() || std::from_chars(text.data(), end, value).ptr != end) return std::nullopt;
    return value;
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

std::string lower_case(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

}  // namespace

Result<std::vector<plan::Link>> links_in(const Root &root) {
    std::vector<plan::Link> links;
    const auto names = root.list(folder);
    if (!names && names.error().kind == ErrorKind::not_found) return links;
    if (!names) return within("read the host's links", names.error());
    for (const std::string &name : *names) {
        const std::string path = folder + ("/" + name);
        const auto index = number_in(line_of(root, path + "/ifindex"));
        const auto mtu = number_in(line_of(root, path + "/mtu"));
        if (!index || !mtu) continue;
        plan::Link link;
        link.name = name;
        link.index = *index;
        link.mtu = *mtu;
        link.kind = kind_of(root, path);
        link.master = master_of(root, path);
        link.mac = lower_case(line_of(root, path + "/address"));
        links.push_back(std::move(link));
    }
    return links;
}

std::string link_epoch(const std::string &boot_id, unsigned index) {
    return boot_id + "/" + std::to_string(index);
}

}  // namespace kvmtune::facts
