// MTU belongs to the segment. Phase one is for the next starts: the libvirt network's <mtu> and each interface's, which
// is a ceiling that the guest jumps to by itself at its boot, so that it is written only when every domain of the
// segment will have an agent to keep it in step. Phase two is for what runs: all are raised together or nobody is. Taps
// are widened before guests and narrowed after them; an automatic bridge follows its ports and is never written.
#include <algorithm>

#include "daemon/plan/rules/rules.hpp"
#include "daemon/plan/segment_mtu.hpp"

namespace kvmtune::plan::rules {

namespace {

std::string joined(const std::vector<std::string> &sentences) {
    std::string all;
    for (const std::string &sentence : sentences) all += (all.empty() ? "" : "; ") + sentence;
    return all;
}

/// The one command that sets a bridge's MTU, by its kind.
std::string command_for(const Segment &segment, unsigned mtu) {
    const std::string value = std::to_string(mtu);
    if (segment.link->kind == "openvswitch")
        return "`ovs-vsctl set Interface " + segment.bridge + " mtu_request=" + value + "`";
    return "`ip link set dev " + segment.bridge + " mtu " + value + "`";
}

unsigned lowest_present(const std::vector<const Link *> &ports) {
    unsigned lowest = ports.front()->present_mtu();
    for (const Link *port : ports) lowest = std::min(lowest, port->present_mtu());
    return lowest;
}

/// What is to be done on one segment whose bridge is libvirt's own.
class OwnSegment {
  public:
    OwnSegment(const Segment &segment, WantedMtu wanted, const HostPolicy &host)
        : segment_(segment), wanted_(std::move(wanted)), host_(host) {}

    Proposal proposal() && {
        if (wanted_.mtu == usual_mtu) {
            add_network();
            return std::move(proposal_);
        }
        const auto before_start = obstacles_in_definitions(segment_, wanted_.mtu);
        const auto now = obstacles_in_what_runs(segment_, wanted_.mtu);
        if (before_start.empty()) {
            add_network();
            for (const Member &member : segment_.defined) add_ceiling(member);
        }
        if (now.empty()) {
            add_raised();
        } else {
            add_kept_low();
        }
        say_who_is_in_the_way(before_start, now);
        say_what_bridge_does(now.empty());
        return std::move(proposal_);
    }

  private:
    std::string because(const std::string &what) const { return "mtu: " + what + ", " + wanted_.because; }

    void add(TargetKind kind, const std::string &owner, const std::string &name, unsigned mtu, const std::string &what,
             std::vector<Target> requires_first = {}) {
        const bool for_next_start = kind == TargetKind::element || kind == TargetKind::network;
        proposal_.wishes.push_back({{kind, owner, name},
                                    std::to_string(mtu),
                                    because(what),
                                    for_next_start ? Disruption::next_boot : Disruption::live,
                                    std::move(requires_first),
                                    false,
                                    for_next_start ? std::string() : "the MTU of " + segment_.name()});
    }

    void add_network() {
        const NetworkFacts &network = *segment_.owner;
        const bool is_so = network.mtu.value_or(usual_mtu) == wanted_.mtu;
        if (!network.persistent || !host_.persist || is_so) return;
        add(TargetKind::network, "", network.name + "/mtu", wanted_.mtu, "for the next start of the network");
    }

    void add_ceiling(const Member &member) {
        const DomainSituation &domain = *member.domain;
        const NicFacts &nic = *member.nic;
        const bool users_own = nic.mtu && !names(domain, "mtu");
        if (users_own || !rewritable(domain)) return;
        add(TargetKind::element, domain.facts.uuid, "interface/" + nic.mac + "/mtu", wanted_.mtu,
            "what the guest may be raised to");
    }

    Target tap_target(const Member &member) const { return {TargetKind::link, "", member.tap->name + "/mtu"}; }
    Target knob_target(const Member &member) const {
        return {TargetKind::knob, member.domain->facts.uuid, "nic/" + member.nic->mac + "/mtu"};
    }

    /// All to one MTU, in the order in which no packet is ever larger than what comes behind.
    void add_live(const std::vector<Member> &taps, const std::vector<Member> &guests, unsigned mtu,
                  const std::string &what) {
        const bool widens = std::any_of(taps.begin(), taps.end(),
                                        [&](const Member &member) { return member.tap->present_mtu() < mtu; });
        std::vector<Target> tap_targets;
        std::vector<Target> guest_targets;
        for (const Member &member : taps) tap_targets.push_back(tap_target(member));
        for (const Member &member : guests) guest_targets.push_back(knob_target(member));
        for (const Member &member : taps)
            add(TargetKind::link, "", tap_target(member).name, mtu, what,
                widens ? std::vector<Target>{} : guest_targets);
        for (const Member &member : guests)
            add(TargetKind::knob, member.domain->facts.uuid, knob_target(member).name, mtu, what,
                widens ? tap_targets : std::vector<Target>{});
    }

    /// A silent guest that follows has it already; what we gave it stays wished for, so that it is not taken back.
    void add_raised() {
        std::vector<Member> taps;
        std::vector<Member> guests;
        for (const Member &member : segment_.running) {
            const bool users_own_is_larger = member.tap->mtu > wanted_.mtu && member.nic->mtu;
            if (!users_own_is_larger) taps.push_back(member);
            const bool given = member.domain->given_mtus.count(member.nic->mac) != 0;
            if (guest_nic_of(member) != nullptr || (!member.domain->guest && given)) guests.push_back(member);
        }
        add_live(taps, guests, wanted_.mtu, "all members of " + segment_.name() + " can follow");
    }

    /// Whether its guest went to a ceiling of ours at its boot.
    static bool jumped(const Member &member) {
        const auto &nics = member.domain->facts.nics;
        const bool users_own = std::any_of(nics.begin(), nics.end(), [&](const NicFacts &nic) {
            return nic.mac == member.nic->mac && nic.mtu.has_value();
        });
        return follows_segment(*member.domain) && member.nic->mtu && !users_own;
    }

    void add_kept_low() {
        const unsigned carried = carried_mtu(segment_, wanted_.mtu);
        std::vector<Member> taps;
        std::vector<Member> guests;
        for (const Member &member : segment_.running) {
            if (!jumped(member)) continue;
            const GuestNic *const guest = guest_nic_of(member);
            if (guest != nullptr && guest->mtu > carried) guests.push_back(member);
            if (member.tap != nullptr && member.tap->mtu > carried) taps.push_back(member);
        }
        add_live(taps, guests, carried, "as long as " + segment_.name() + " is held back");
    }

    void say(const std::string &what) { proposal_.findings.push_back({segment_.name(), what}); }

    void say_who_is_in_the_way(const std::vector<std::string> &before_start, const std::vector<std::string> &now) {
        std::vector<std::string> all = before_start;
        for (const std::string &each : now)
            if (std::find(all.begin(), all.end(), each) == all.end()) all.push_back(each);
        const std::string mtu = "MTU " + std::to_string(wanted_.mtu);
        if (!before_start.empty()) {
            say(mtu + " is held back by: " + joined(all));
        } else if (!now.empty()) {
            say(mtu + " comes with the next starts, until then it is held back by: " + joined(all));
        }
    }

    /// Whether somebody fixed the bridge by hand cannot be seen; that it does not follow its ports can.
    void say_what_bridge_does(bool raised) {
        const auto ports = segment_.ports();
        if (segment_.link == nullptr || ports.empty()) return;
        const unsigned bridge = segment_.link->mtu;
        const unsigned lowest = lowest_present(ports);
        const std::string start = "its bridge " + segment_.bridge + " is fixed at " + std::to_string(bridge);
        if (raised && lowest >= wanted_.mtu && bridge < wanted_.mtu)
            say(start + " and does not follow its ports, which carry " + std::to_string(lowest) + ": " +
                command_for(segment_, wanted_.mtu));
        if (!raised && bridge > lowest)
            say(start + ", larger packets to a port that carries " + std::to_string(lowest) +
                " are lost without a word: " + command_for(segment_, lowest));
    }

    const Segment &segment_;
    WantedMtu wanted_;
    const HostPolicy &host_;
    Proposal proposal_;
};

bool concerns_us(const Segment &segment) {
    const auto follows = [](const Member &member) { return follows_segment(*member.domain); };
    return segment.policy != nullptr || std::any_of(segment.defined.begin(), segment.defined.end(), follows) ||
           std::any_of(segment.running.begin(), segment.running.end(), follows);
}

/// A bridge that libvirt did not make: nothing but the way to raise it.
std::optional<Finding> foreign(const Segment &segment, const Situation &situation) {
    if (segment.link == nullptr) return std::nullopt;
    const auto wanted = wanted_mtu(segment, situation.policy.host);
    if (!wanted && situation.policy.host.profile != Profile::network) return std::nullopt;
    const unsigned mtu = wanted ? wanted->mtu : profile_mtu;
    if (segment.link->mtu >= mtu) return std::nullopt;
    std::string commands;
    for (const Link *uplink : segment.uplinks)
        if (uplink->mtu < mtu)
            commands += "`ip link set dev " + uplink->name + " mtu " + std::to_string(mtu) + "`, then ";
    return Finding{segment.name(), "libvirt does not own it: its MTU stays " + std::to_string(segment.link->mtu) +
                                       ". For " + std::to_string(mtu) + ", once every guest and the wire carry it: " +
                                       commands + command_for(segment, mtu)};
}

/// The network that an interface is on, if it hands out devices of the host's.
const NetworkFacts *handing_network(const NicFacts &nic, const HostFacts &host) {
    const auto found = std::find_if(host.networks.begin(), host.networks.end(), [&](const NetworkFacts &network) {
        return nic.type == "network" && network.name == nic.network && !network.devices.empty();
    });
    return found == host.networks.end() ? nullptr : &*found;
}

std::string commands_for(const std::vector<std::string> &devices) {
    std::string commands;
    for (const std::string &device : devices)
        commands += (commands.empty() ? "`" : ", `") + ("ip link set dev " + device) + " mtu " +
                    std::to_string(profile_mtu) + "`";
    return commands;
}

/// Interfaces that sit on a device of the host's, with no bridge in between: nothing but the way to raise it.
void add_direct(Proposal &proposal, const DomainSituation &domain, const HostFacts &host) {
    if (!follows_segment(domain)) return;
    for (const NicFacts &nic : domain.facts.nics) {
        const NetworkFacts *const network = handing_network(nic, host);
        if (network == nullptr && nic.type != "direct") continue;
        const std::string what = network == nullptr
                                     ? "is macvtap"
                                     : "is on network " + network->name + ", which hands out the host's devices";
        const std::string commands =
            commands_for(network == nullptr ? std::vector<std::string>{"DEVICE"} : network->devices);
        proposal.findings.push_back({domain.facts.name, "interface " + nic.mac + " " + what +
                                                            ": its MTU stays that of the host's device " +
                                                            "below it (" + commands + " where the wire carries it)"});
    }
}

/// With nothing of the host read, a network is what the policy says that it is.
void add_described(Proposal &proposal, const DomainSituation &domain, const Policy &policy) {
    if (!rewritable(domain) || !follows_segment(domain)) return;
    for (const NicFacts &nic : domain.facts.nics) {
        const auto section = policy.networks.find(nic.network);
        if (section == policy.networks.end() || !section->second.mtu || nic.mac.empty() || !nic.is_virtio()) continue;
        if (nic.mtu && !names(domain, "mtu")) continue;
        proposal.wishes.push_back(
            {{TargetKind::element, domain.facts.uuid, "interface/" + nic.mac + "/mtu"},
             std::to_string(*section->second.mtu),
             "mtu: the policy names it for network " + nic.network + " (" + section->second.source + ")",
             Disruption::next_boot,
             {}});
    }
}

}  // namespace

Proposal segments(const Situation &situation) {
    Proposal proposal;
    for (const DomainSituation &domain : situation.domains) {
        add_direct(proposal, domain, situation.host);
        if (situation.host.described) add_described(proposal, domain, situation.policy);
    }
    for (const Segment &segment : segments_of(situation)) {
        if (!concerns_us(segment)) continue;
        const auto wanted = wanted_mtu(segment, situation.policy.host);
        if (segment.owner != nullptr && wanted) {
            Proposal own = OwnSegment(segment, *wanted, situation.policy.host).proposal();
            std::move(own.wishes.begin(), own.wishes.end(), std::back_inserter(proposal.wishes));
            std::move(own.findings.begin(), own.findings.end(), std::back_inserter(proposal.findings));
        } else if (segment.owner == nullptr) {
            if (auto finding = foreign(segment, situation)) proposal.findings.push_back(*std::move(finding));
        }
    }
    return proposal;
}

}  // namespace kvmtune::plan::rules
