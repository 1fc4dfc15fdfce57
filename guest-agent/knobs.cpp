#include "guest-agent/knobs.hpp"

#include <algorithm>
#include <charconv>

#include "base/cpu_set.hpp"
#include "base/sysctl.hpp"
#include "guest-agent/kernel.hpp"
#include "guest-agent/knob_name.hpp"
#include "guest-agent/link_file.hpp"
#include "guest-agent/virtio.hpp"

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

/// How much of something a NIC has and can have, in a view: nothing if the numbers make no sense.
struct Extent {
    Extent(unsigned has, unsigned can_have) {
        if (has == 0 || has > can_have) return;
        now = has;
        max = can_have;
    }
    std::optional<unsigned> now;
    std::optional<unsigned> max;
};

/// Whether the NIC's single queues can be reset; one that is none of virtio has other ways.
bool resets_rings(const Root &root, const Link &nic) {
    return agreed_on(root, "sys/class/net/" + nic.name + "/device", virtio_f_ring_reset).value_or(true);
}

}  // namespace

std::vector<std::string> Knobs::kinds() {
    std::vector<std::string> kinds;
    for (const std::string &name : knobs_of_nics()) kinds.push_back("nic/" + name);
    for (const std::string &name : allowed_sysctls()) kinds.push_back("sysctl/" + name);
    return kinds;
}

Result<> Knobs::check(const std::string &knob, const std::string &value) {
    return check_value(TRY(knob_from(knob)), value);
}

bool Knobs::outlives_boot(const std::string &knob) {
    const auto name = knob_from(knob);
    return name && name->kind == KnobName::Kind::name;
}

Result<Reading> Knobs::read(const std::string &knob) const {
    const KnobName name = TRY(knob_from(knob));
    if (name.kind == KnobName::Kind::sysctl) {
        std::string value = TRY(read_sysctl(root_, name.key));
        return Reading{std::move(value), ""};
    }
    if (name.kind == KnobName::Kind::name) return Reading{TRY(kept_name(root_, name.key)), ""};
    const Link link = TRY(nic_of(links_, name.key));
    const std::string epoch = std::to_string(link.index);
    if (name.kind == KnobName::Kind::mtu) return Reading{std::to_string(link.mtu), epoch};
    if (name.kind == KnobName::Kind::channels) {
        const Channels channels = TRY(links_.channels(link.name));
        return Reading{std::to_string(channels.now), epoch};
    }
    const Rings rings = TRY(links_.rings(link.name));
    return Reading{std::to_string(name.kind == KnobName::Kind::rx_ring ? rings.rx : rings.tx), epoch};
}

Result<> Knobs::write(const std::string &knob, const std::string &value) {
    const KnobName name = TRY(knob_from(knob));
    if (name.kind == KnobName::Kind::sysctl) return write_sysctl(root_, name.key, value);
    if (name.kind == KnobName::Kind::name) return keep_name(root_, name.key, value);
    const Link link = TRY(nic_of(links_, name.key));
    if (name.kind == KnobName::Kind::mtu) return write_mtu(link, value);
    if (name.kind == KnobName::Kind::rx_ring) return write_ring(link, Ring::rx, value);
    if (name.kind == KnobName::Kind::tx_ring) return write_ring(link, Ring::tx, value);
    const Channels channels = TRY(links_.channels(link.name));
    return links_.set_channels(link.name, TRY(number_from(value, channels.max)));
}

Result<> Knobs::write_mtu(const Link &nic, const std::string &value) {
    const unsigned mtu = TRY(number_from(value, most_mtu));
    if (nic.mtu_max != 0 && mtu > nic.mtu_max) {
        return failure(ErrorKind::invalid, "more than the " + std::to_string(nic.mtu_max) + " that the device takes");
    }
    return links_.set_mtu(nic.name, mtu);
}

Result<> Knobs::write_ring(const Link &nic, Ring ring, const std::string &value) {
    if (!resets_rings(root_, nic)) return failure(ErrorKind::unsupported, why_fixed(nic));
    const Rings rings = TRY(links_.rings(nic.name));
    const unsigned entries = TRY(number_from(value, ring == Ring::rx ? rings.rx_max : rings.tx_max));
    auto written = links_.set_ring(nic.name, ring, entries);
    if (written) {
        refused_.erase(nic.index);
    } else {
        refused_[nic.index] = "its kernel refused: " + written.error().what;
    }
    return written;
}

std::string Knobs::why_fixed(const Link &nic) const {
    if (!resets_rings(root_, nic)) return "its device lacks VIRTIO_F_RING_RESET";
    const auto refused = refused_.find(nic.index);
    return refused == refused_.end() ? "" : refused->second;
}

protocol::Nic Knobs::seen(const Link &nic) const {
    protocol::Nic seen;
    seen.mac = nic.mac;
    seen.name = nic.name;
    seen.mtu = nic.mtu;
    if (auto kept = kept_name(root_, nic.mac)) seen.kept_name = *std::move(kept);
    if (nic.mtu_max != 0) seen.mtu_max = std::min(nic.mtu_max, most_mtu);
    if (const auto channels = links_.channels(nic.name)) {
        const Extent combined(channels->now, channels->max);
        seen.channels = combined.now;
        seen.channels_max = combined.max;
    }
    const auto rings = links_.rings(nic.name);
    if (!rings) return seen;
    const Extent rx(rings->rx, rings->rx_max);
    const Extent tx(rings->tx, rings->tx_max);
    seen.rx_ring = rx.now;
    seen.rx_ring_max = rx.max;
    seen.tx_ring = tx.now;
    seen.tx_ring_max = tx.max;
    seen.rings_fixed = why_fixed(nic);
    return seen;
}

Result<protocol::View> Knobs::view() const {
    protocol::View view;
    view.boot_id = TRY(boot_id(root_));
    view.agent_version = KVMTUNE_VERSION;
    view.cpus = TRY(online_cpus(root_));
    view.memory = TRY(total_memory(root_));
    view.kernel = kernel_release(root_);
    view.ahci = has_ahci(root_, view.kernel);
    view.virtio_1 = knows_virtio_1(root_, view.kernel);
    for (const std::string &name : allowed_sysctls()) {
        view.sysctl_names.insert(name);
        if (auto value = read_sysctl(root_, name)) view.sysctls.emplace(name, std::move(*value));
    }
    for (const Link &link : nics_of(TRY(links_.list()))) {
        if (view.nics.size() < protocol::most_nics) view.nics.push_back(seen(link));
    }
    return view;
}

Result<std::string> boot_id(const Root &root) {
    const std::string text = TRY(root.read("proc/sys/kernel/random/boot_id"));
    return text.substr(0, text.find('\n'));
}

}  // namespace kvmtune::agent
