#include "daemon/guest/guest_world.hpp"

namespace kvmtune::guest {

plan::GuestFacts facts_from(const protocol::View &view) {
    plan::GuestFacts facts;
    facts.boot_id = view.boot_id;
    facts.agent_version = view.agent_version;
    facts.cpus = view.cpus;
    facts.memory = view.memory;
    facts.sysctl_names = view.sysctl_names;
    facts.sysctls = view.sysctls;
    for (const protocol::Nic &nic : view.nics) {
        facts.nics.push_back(plan::GuestNic{nic.mac, nic.name, nic.channels, nic.channels_max, nic.mtu});
    }
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
    }
    return observed;
}

}  // namespace kvmtune::guest
