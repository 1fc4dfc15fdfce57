#include "guest-agent/knobs.hpp"

#include <algorithm>
#include <charconv>

#include "base/cpu_set.hpp"
#include "base/sysctl.hpp"
#include "guest-agent/knob_name.hpp"

namespace kvmtune::agent {

namespace {

/// NICs of hardware by which a MAC can be told: bonds, bridges and VLANs have the MAC of a NIC below them, but a kind.
std::vector<Link> nics_of(std::vector<Link> links) {
    const auto is_other = [](const Link &link) { return !link.kind.empty() || link.mac.empty() || link.name == "lo"; };
    links.erase(std::remove_if(links.begin(), links.end(), is_other), links.end());
    std::vector<Link> nics;
    for (const Link &link : links) {
        const auto same_mac = [&](const Link &other) { return other.mac == link.mac; };
        if (std::count_if(links.begin(), links.end(), same_mac) == 1) nics.push_back(link);
    }
    return nics;
}

Result<Link> nic_of(const Links &links, const std::string &mac) {
    for (const Link &link : nics_of(TRY(links.list()))) {
        if (link.mac == mac) return link;
    }
    return failure(ErrorKind::not_found, "no NIC, or more than one, has this address");
}

Result<unsigned> online_cpus(const Root &root) {
    const std::string text = TRY(root.read("sys/devices/system/cpu/online"));
    const CpuSet cpus = TRY(CpuSet::parse(text.substr(0, text.find('\n'))));
    return static_cast<unsigned>(cpus.size());
}

Result<std::uint64_t> total_memory(const Root &root) {
    const std::string text = TRY(root.read("proc/meminfo"));
    const std::string label = "MemTotal:";
    const auto found = text.find(label);
    const auto start = found == std::string::npos ? found : text.find_first_not_of(' ', found + label.size());
    if (start == std::string::npos) return failure(ErrorKind::unsupported, "proc/meminfo: no MemTotal");
    std::uint64_t kilobytes = 0;
    std::from_chars(text.data() + start, text.data() + text.size(), kilobytes);
    return kilobytes * 1024;
}

protocol::Nic seen(const Links &links, const Link &link) {
    protocol::Nic nic;
    nic.mac = link.mac;
    nic.name = link.name;
    nic.mtu = link.mtu;
    const auto channels = links.channels(link.name);
    if (!channels || channels->now == 0 || channels->now > channels->max) return nic;
    nic.channels = channels->now;
    nic.channels_max = channels->max;
    return nic;
}

}  // namespace

std::vector<std::string> Knobs::kinds() {
    std::vector<std::string> kinds{"nic/channels", "nic/mtu"};
    for (const std::string &name : allowed_sysctls()) kinds.push_back("sysctl/" + name);
    return kinds;
}

Result<> Knobs::check(const std::string &knob, const std::string &value) {
    return check_value(TRY(knob_from(knob)), value);
}

Result<Reading> Knobs::read(const std::string &knob) const {
    const KnobName name = TRY(knob_from(knob));
    if (name.kind == KnobName::Kind::sysctl) {
        std::string value = TRY(read_sysctl(root_, name.key));
        return Reading{std::move(value), ""};
    }
    const Link link = TRY(nic_of(links_, name.key));
    const std::string epoch = std::to_string(link.index);
    if (name.kind == KnobName::Kind::mtu) return Reading{std::to_string(link.mtu), epoch};
    const Channels channels = TRY(links_.channels(link.name));
    return Reading{std::to_string(channels.now), epoch};
}

Result<> Knobs::write(const std::string &knob, const std::string &value) {
    const KnobName name = TRY(knob_from(knob));
    if (name.kind == KnobName::Kind::sysctl) return write_sysctl(root_, name.key, value);
    const Link link = TRY(nic_of(links_, name.key));
    if (name.kind == KnobName::Kind::mtu) {
        return links_.set_mtu(link.name, TRY(number_from(value, most_mtu)));
    }
    const Channels channels = TRY(links_.channels(link.name));
    return links_.set_channels(link.name, TRY(number_from(value, channels.max)));
}

Result<protocol::View> Knobs::view() const {
    protocol::View view;
    view.boot_id = TRY(boot_id(root_));
    view.agent_version = KVMTUNE_VERSION;
    view.cpus = TRY(online_cpus(root_));
    view.memory = TRY(total_memory(root_));
    for (const std::string &name : allowed_sysctls()) {
        view.sysctl_names.insert(name);
        if (auto value = read_sysctl(root_, name)) view.sysctls.emplace(name, std::move(*value));
    }
    for (const Link &link : nics_of(TRY(links_.list()))) {
        if (view.nics.size() < protocol::most_nics) view.nics.push_back(seen(links_, link));
    }
    return view;
}

Result<std::string> boot_id(const Root &root) {
    const std::string text = TRY(root.read("proc/sys/kernel/random/boot_id"));
    return text.substr(0, text.find('\n'));
}

}  // namespace kvmtune::agent
