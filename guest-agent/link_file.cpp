#include "guest-agent/link_file.hpp"

#include <algorithm>
#include <cctype>
#include <vector>

namespace kvmtune::agent {

namespace {

constexpr const char *folder = "etc/systemd/network";
constexpr const char *prefix = "10-kvmtune-";
constexpr const char *setting = "\nName=";
/// It is there while the machine is Q35; the udev rule of this agent looks for it, too.
constexpr const char *elsewhere = "etc/systemd/network/10-kvmtune.elsewhere";

std::string path_of(std::string mac) {
    mac.erase(std::remove(mac.begin(), mac.end(), ':'), mac.end());
    return std::string(folder) + "/" + prefix + mac + ".link";
}

/// Path: of links with one MAC address it is the NIC, and not a bridge or VLAN on it. Older systems know no better way.
std::string text_for(const std::string &mac, const std::string &name) {
    return "# Made by kvmtune-agent: this NIC keeps its name where its virtual machine gets another chipset.\n"
           "[Match]\n"
           "MACAddress=" +
           mac +
           "\n"
           "Path=pci-* virtio-pci-*\n"
           "\n"
           "[Link]" +
           setting + name + "\n";
}

std::string name_in(const std::string &text) {
    const auto at = text.find(setting);
    if (at == std::string::npos) return "";
    const auto start = at + std::string(setting).size();
    return text.substr(start, text.find('\n', start) - start);
}

bool has_address(std::string text, const std::string &mac) {
    std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) { return std::tolower(c); });
    return text.find(mac) != std::string::npos;
}

/// Of the administrator and of the network configuration that made some for this boot; not those of the distribution.
std::vector<std::string> link_files(const Root &root) {
    std::vector<std::string> paths;
    for (const std::string place : {folder, "run/systemd/network"})
        for (const std::string &name : root.list(place).value_or(std::vector<std::string>{}))
            if (name.ends_with(".link")) paths.push_back(place + "/" + name);
    return paths;
}

bool is_q35(const Root &root) {
    const std::string bridge = "sys/bus/pci/devices/0000:00:00.0/";
    return root.read(bridge + "vendor").value_or("").starts_with("0x8086") &&
           root.read(bridge + "device").value_or("").starts_with("0x29c0");
}

}  // namespace

bool reads_link_files(const Root &root) {
    return root.exists("usr/lib/systemd/systemd-udevd") || root.exists("lib/systemd/systemd-udevd");
}

/// Where there is none of ours, one of somebody's that is about this NIC counts: it names the NIC, or would be put out
/// of force by ours.
Result<std::string> kept_name(const Root &root, const std::string &mac) {
    if (!reads_link_files(root)) return failure(ErrorKind::unsupported, "no systemd-udevd is here to keep names");
    const auto own = root.read(path_of(mac));
    if (own) return name_in(*own);
    if (own.error().kind != ErrorKind::not_found) return own;
    for (const std::string &path : link_files(root)) {
        const auto text = root.read(path);
        if (!text || !has_address(*text, mac)) continue;
        auto name = name_in(*text);
        if (name.empty()) return failure(ErrorKind::unsupported, "/" + path + " is for it, and gives it no name");
        return name;
    }
    return std::string();
}

Result<> keep_name(const Root &root, const std::string &mac, const std::string &name) {
    if (name.empty()) return root.remove(path_of(mac));
    TRY(root.make_directories(folder));
    return root.replace(path_of(mac), text_for(mac, name));
}

Result<> settle_names(const Root &root) {
    auto ours = link_files(root);
    std::erase_if(ours, [](const std::string &path) { return !path.starts_with(std::string(folder) + "/" + prefix); });
    if (is_q35(root)) return ours.empty() ? root.remove(elsewhere) : root.replace(elsewhere, "");
    if (!root.exists(elsewhere)) return {};
    for (const std::string &path : ours) TRY(root.remove(path));
    return root.remove(elsewhere);
}

}  // namespace kvmtune::agent
