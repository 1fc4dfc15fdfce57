#include "daemon/guest/guest_world.hpp"

namespace kvmtune::guest {

namespace {

plan::GuestNic nic_from(const protocol::Nic &seen) {
    plan::GuestNic nic;
    nic.mac = seen.mac;
    nic.name = seen.name;
    nic.channels = seen.channels;
    nic.channels_max = seen.channels_max;
    nic.mtu = seen.mtu;
    nic.mtu_max = seen.mtu_max;
    nic.rx_ring = seen.rx_ring;
    nic.rx_ring_max = seen.rx_ring_max;
    nic.tx_ring = seen.tx_ring;
    nic.tx_ring_max = seen.tx_ring_max;
    nic.rings_fixed = seen.rings_fixed;
    nic.kept_name = seen.kept_name;
    return nic;
}

}  // namespace

plan::GuestFacts facts_from(const protocol::View &view) {
    plan::GuestFacts facts;
    facts.boot_id = view.boot_id;
    facts.agent_version = view.agent_version;
    facts.cpus = view.cpus;
    facts.memory = view.memory;
    facts.kernel = view.kernel;
    facts.ahci = view.ahci;
    facts.virtio_1 = view.virtio_1;
    facts.sysctl_names = view.sysctl_names;
    facts.sysctls = view.sysctls;
    for (const protocol::Nic &nic : view.nics) facts.nics.push_back(nic_from(nic));
    facts.held = view.held;
    return facts;
}

plan::Observed observed_in(const plan::GuestFacts &facts, const std::string &uuid) {
    plan::Observed observed;
    const auto add = [&](const std::string &name, const std::string &value) {
        observed[plan::Target{plan::TargetKind::knob, uuid, name}] = plan::Observation{value, facts.boot_id};
    };
    for (const auto &[name, value] : facts.sysctls) add("sysctl/" + name, value);
    for (const plan::GuestNic &nic : facts.nics) {
        add("nic/" + nic.mac + "/mtu", std::to_string(nic.mtu));
        if (nic.channels) add("nic/" + nic.mac + "/channels", std::to_string(*nic.channels));
        if (nic.rx_ring) add("nic/" + nic.mac + "/rings/rx", std::to_string(*nic.rx_ring));
        if (nic.tx_ring) add("nic/" + nic.mac + "/rings/tx", std::to_string(*nic.tx_ring));
        // It outlives the boot.
        if (nic.kept_name) observed[plan::kept_name_target(uuid, nic.mac)] = plan::Observation{*nic.kept_name, ""};
    }
    return observed;
}

}  // namespace kvmtune::guest
