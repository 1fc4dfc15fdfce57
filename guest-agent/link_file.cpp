#include "guest-agent/link_file.hpp"

#include <algorithm>

namespace kvmtune::agent {

namespace {

constexpr const char *folder = "etc/systemd/network";
constexpr const char *setting = "\nName=";

std::string path_of(std::string mac) {
    mac.erase(std::remove(mac.begin(), mac.end(), ':'), mac.end());
    return std::string(folder) + "/10-kvmtune-" + mac + ".link";
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

}  // namespace

bool reads_link_files(const Root &root) {
    return root.exists("usr/lib/systemd/systemd-udevd") || root.exists("lib/systemd/systemd-udevd");
}

Result<std::string> kept_name(const Root &root, const std::string &mac) {
    if (!reads_link_files(root)) return failure(ErrorKind::unsupported, "no systemd-udevd is here to keep names");
    const auto text = root.read(path_of(mac));
    if (!text && text.error().kind == ErrorKind::not_found) return std::string();
    if (!text) return tl::unexpected(text.error());
    const auto at = text->find(setting);
    if (at == std::string::npos) return std::string();
    const auto start = at + std::string(setting).size();
    return text->substr(start, text->find('\n', start) - start);
}

Result<> keep_name(const Root &root, const std::string &mac, const std::string &name) {
    if (name.empty()) return root.remove(path_of(mac));
    TRY(root.make_directories(folder));
    return root.replace(path_of(mac), text_for(mac, name));
}

}  // namespace kvmtune::agent
