#include <doctest/doctest.h>

#include "daemon/plan/plan.hpp"
#include "daemon/plan/segment_mtu.hpp"
#include "tests/unit/rules/situations.hpp"

namespace segments_test {

using namespace kvmtune::plan;

namespace {

const std::string web_mac = "52:54:00:00:00:01";
const std::string db_mac = "52:54:00:00:00:02";

NicFacts nic_on(const std::string &network, const std::string &address) {
    NicFacts nic = virtio_nic(address);
    nic.network = network;
    return nic;
}

/// A domain of the network "default" that is off.
DomainSituation off(const std::string &name, const std::string &address) {
    DomainSituation domain = tuned_domain(name);
    domain.facts.nics = {nic_on("default", address)};
    return domain;
}

GuestFacts guest_with_nic(const std::string &address, unsigned mtu = 1500) {
    GuestFacts guest = guest_with({});
    GuestNic nic;
    nic.mac = address;
    nic.mtu = mtu;
    nic.mtu_max = 65535;
    guest.nics = {nic};
    return guest;
}

/// The same while it runs with this tap and its agent answers.
DomainSituation running(const std::string &name, const std::string &address, const std::string &tap) {
    DomainSituation domain = off(name, address);
    domain.running = true;
    domain.running_nics = domain.facts.nics;
    domain.running_nics[0].tap = tap;
    domain.running_nics[0].bridge = "virbr0";
    domain.facts.agent_channel = true;
    domain.guest = guest_with_nic(address);
    return domain;
}

DomainSituation out_of_scope(DomainSituation domain) {
    domain.policy.reset();
    domain.guest.reset();
    return domain;
}

Link link_of(const std::string &name, const std::string &kind, const std::string &master = "", unsigned mtu = 1500) {
    Link link;
    link.name = name;
    link.kind = kind;
    link.master = master;
    link.mtu = mtu;
    return link;
}

NetworkFacts network_on(const std::string &bridge, const std::string &forward = "nat") {
    NetworkFacts network;
    network.name = "default";
    network.bridge = bridge;
    network.forward = forward;
    network.active = true;
    return network;
}

/// A host with libvirt's default network and a tap for each domain that runs.
Situation host_of_segment(const std::vector<DomainSituation> &domains) {
    Situation situation = host_with(domains);
    situation.host.networks = {network_on("virbr0")};
    situation.host.links = {link_of("virbr0", "bridge")};
    for (const DomainSituation &domain : domains)
        for (const NicFacts &nic : domain.running_nics)
            situation.host.links.push_back(link_of(nic.tap, "tun", "virbr0"));
    return situation;
}

Situation two_guests() {
    return host_of_segment({running("web", web_mac, "vnet0"), running("db", db_mac, "vnet1")});
}

std::string ceiling(const std::string &address) {
    return "interface/" + address + "/mtu";
}
std::string knob(const std::string &address) {
    return "nic/" + address + "/mtu";
}

std::size_t count(const Proposal &proposal, TargetKind kind) {
    return static_cast<std::size_t>(std::count_if(proposal.wishes.begin(), proposal.wishes.end(),
                                                  [&](const Wish &wish) { return wish.target.kind == kind; }));
}

/// Whether the only finding holds all of these words.
bool says(const Proposal &proposal, const std::vector<std::string> &words) {
    if (proposal.findings.size() != 1) return false;
    const std::string text = proposal.findings[0].about + ": " + proposal.findings[0].what;
    return std::all_of(words.begin(), words.end(),
                       [&](const std::string &word) { return text.find(word) != std::string::npos; });
}

/// Nothing is raised, and the finding says why.
void check_held_back(const Situation &situation, const std::vector<std::string> &words) {
    const Proposal proposal = rules::segments(situation);
    CHECK(proposal.wishes.empty());
    REQUIRE(proposal.findings.size() == 1);
    CAPTURE(proposal.findings[0].what);
    CHECK(says(proposal, words));
}

}  // namespace

TEST_CASE("a segment knows its bridge, members, uplinks and foreign ports") {
    Situation situation = two_guests();
    situation.domains.push_back(off("spare", "52:54:00:00:00:03"));
    situation.host.links.push_back(link_of("eth0", "", "virbr0"));
    situation.host.links.push_back(link_of("bond0", "bond", "virbr0"));
    situation.host.links.push_back(link_of("veth1", "virtual", "virbr0"));
    situation.host.links.push_back(link_of("vnet9", "tun", "virbr1"));
    const auto segments = segments_of(situation);
    REQUIRE(segments.size() == 1);
    const Segment &segment = segments[0];
    CHECK(segment.name() == "network default");
    CHECK(segment.link == &situation.host.links[0]);
    CHECK(segment.defined.size() == 3);
    REQUIRE(segment.running.size() == 2);
    CHECK(segment.running[1].tap->name == "vnet1");
    REQUIRE(segment.uplinks.size() == 2);
    CHECK(segment.uplinks[0]->name == "eth0");
    REQUIRE(segment.foreign.size() == 1);
    CHECK(segment.foreign[0]->name == "veth1");
    CHECK(segment.ports().size() == 5);
}

TEST_CASE("a domain by the bridge's name and one by its tap are on the same segment as those of the network") {
    Situation situation = two_guests();
    situation.domains[0].running_nics[0].network.clear();
    situation.domains[0].running_nics[0].type = "bridge";
    situation.domains[1].running_nics[0].network.clear();
    situation.domains[1].running_nics[0].bridge.clear();
    situation.domains[1].running_nics[0].type = "ethernet";
    const auto segments = segments_of(situation);
    REQUIRE(segments.size() == 1);
    CHECK(segments[0].running.size() == 2);
}

TEST_CASE("when all can follow, taps are raised and then guests, and the next starts are prepared") {
    const Proposal proposal = rules::segments(two_guests());
    CHECK(proposal.findings.empty());
    CHECK(value_of(proposal, TargetKind::network, "default/mtu") == "9000");
    CHECK(value_of(proposal, TargetKind::element, ceiling(web_mac)) == "9000");
    CHECK(value_of(proposal, TargetKind::element, ceiling(db_mac)) == "9000");
    CHECK(value_of(proposal, TargetKind::link, "vnet0/mtu") == "9000");
    CHECK(value_of(proposal, TargetKind::link, "vnet1/mtu") == "9000");
    REQUIRE(value_of(proposal, TargetKind::knob, knob(web_mac)) == "9000");
    REQUIRE(value_of(proposal, TargetKind::knob, knob(db_mac)) == "9000");
    const std::vector<Target> taps = {{TargetKind::link, "", "vnet0/mtu"}, {TargetKind::link, "", "vnet1/mtu"}};
    CHECK(find(proposal, TargetKind::knob, knob(web_mac))->requires_first == taps);
    CHECK(find(proposal, TargetKind::knob, knob(db_mac))->requires_first == taps);
    CHECK(proposal.wishes.size() == 7);
    CHECK(find(proposal, TargetKind::element, ceiling(web_mac))->disruption == Disruption::next_boot);
    CHECK(find(proposal, TargetKind::link, "vnet0/mtu")->disruption == Disruption::live);
    CHECK(find(proposal, TargetKind::link, "vnet0/mtu")->unit == find(proposal, TargetKind::knob, knob(db_mac))->unit);
    CHECK(find(proposal, TargetKind::element, ceiling(web_mac))->unit.empty());
}

TEST_CASE("what was raised is given back from the inside to the outside") {
    const Proposal proposal = rules::segments(two_guests());
    Observed observed;
    Holds holds;
    for (const Wish &wish : proposal.wishes) {
        if (wish.target.kind != TargetKind::link && wish.target.kind != TargetKind::knob) continue;
        observed[wish.target] = {"9000", ""};
        holds[wish.target] = {"", "1500", "9000", "9000", {}};
    }
    const Plan plan = diff({}, observed, holds);
    REQUIRE(plan.changes.size() == 4);
    CHECK(plan.changes[0].target.kind == TargetKind::knob);
    CHECK(plan.changes[1].target.kind == TargetKind::knob);
    CHECK(plan.changes[2].target.kind == TargetKind::link);
    CHECK(plan.changes[3].target.kind == TargetKind::link);
}

TEST_CASE("the bridge itself is never written") {
    const Proposal proposal = rules::segments(two_guests());
    CHECK(find(proposal, TargetKind::link, "virbr0/mtu") == nullptr);
}

TEST_CASE("one guest outside the policy that runs holds everything back, and is named") {
    Situation situation = two_guests();
    situation.domains[1] = out_of_scope(situation.domains[1]);
    check_held_back(situation, {"network default", "MTU 9000 is held back", "db: it is outside the policy"});
}

TEST_CASE("one outside the policy that is off holds the next starts back, not what runs") {
    Situation situation = two_guests();
    situation.domains.push_back(out_of_scope(off("old", "52:54:00:00:00:03")));
    const Proposal proposal = rules::segments(situation);
    CHECK(count(proposal, TargetKind::element) == 0);
    CHECK(count(proposal, TargetKind::network) == 0);
    CHECK(count(proposal, TargetKind::link) == 2);
    CHECK(count(proposal, TargetKind::knob) == 2);
    CHECK(says(proposal, {"old: it is outside the policy"}));
}

TEST_CASE("a domain whose section keeps its MTU holds the segment back") {
    Situation situation = two_guests();
    SUBCASE("mtu = keep") {
        situation.domains[1].policy->mtu = false;
    }
    SUBCASE("profile none") {
        situation.domains[1].policy->profile = Profile::none;
    }
    check_held_back(situation, {"db: its policy section keeps its MTU"});
}

TEST_CASE("a guest that is silent and never was raised holds back what runs, not the next starts") {
    Situation situation = two_guests();
    situation.domains[1].guest.reset();
    const Proposal proposal = rules::segments(situation);
    CHECK(count(proposal, TargetKind::link) == 0);
    CHECK(count(proposal, TargetKind::knob) == 0);
    CHECK(count(proposal, TargetKind::element) == 2);
    CHECK(count(proposal, TargetKind::network) == 1);
    CHECK(says(proposal, {"MTU 9000 comes with the next starts", "db: no agent answers in its guest"}));
}

TEST_CASE("a guest that is silent after it was raised changes nothing for the others") {
    Situation situation = two_guests();
    situation.domains[1].guest.reset();
    SUBCASE("because its agent has been told") {
        situation.domains[1].given_mtus = {{db_mac, 9000}};
        const Proposal proposal = rules::segments(situation);
        CHECK(count(proposal, TargetKind::link) == 2);
        CHECK(value_of(proposal, TargetKind::knob, knob(db_mac)) == "9000");
        CHECK(proposal.findings.empty());
    }
    SUBCASE("because it booted with it") {
        situation.domains[1].running_nics[0].mtu = 9000;
        const Proposal proposal = rules::segments(situation);
        CHECK(count(proposal, TargetKind::link) == 2);
        CHECK(value_of(proposal, TargetKind::knob, knob(db_mac)) == "no wish");
        CHECK(value_of(proposal, TargetKind::knob, knob(web_mac)) == "9000");
    }
    SUBCASE("but not if it was told something else") {
        situation.domains[1].given_mtus = {{db_mac, 4000}};
        CHECK(count(rules::segments(situation), TargetKind::link) == 0);
    }
}

TEST_CASE("a guest whose device takes less holds back what runs until its next start") {
    Situation situation = two_guests();
    situation.domains[1].guest->nics[0].mtu_max = 1500;
    const Proposal proposal = rules::segments(situation);
    CHECK(count(proposal, TargetKind::link) == 0);
    CHECK(count(proposal, TargetKind::element) == 2);
    CHECK(says(proposal, {"db: interface " + db_mac + " takes at most 1500"}));
}

TEST_CASE("a NIC that tells its guest no MTU holds the segment back") {
    Situation situation = two_guests();
    for (DomainSituation *const domain : {&situation.domains[1]}) {
        domain->facts.nics[0].model = "e1000";
        domain->running_nics[0].model = "e1000";
    }
    check_held_back(situation, {"db: interface " + db_mac + " is e1000, not virtio"});
}

TEST_CASE("a ceiling of the user's own is kept unless the section names mtu") {
    Situation situation = host_of_segment({off("web", web_mac), off("db", db_mac)});
    NicFacts &nic = situation.domains[1].facts.nics[0];
    nic.mtu = 1500;
    SUBCASE("a lower one holds the segment back") {
        check_held_back(situation, {"db: interface " + db_mac + " has the user's own MTU, 1500"});
    }
    SUBCASE("it changes where the section names the key") {
        situation.domains[1].policy->named.insert("mtu");
        CHECK(value_of(rules::segments(situation), TargetKind::element, ceiling(db_mac)) == "9000");
    }
    SUBCASE("one that is high enough is no hindrance") {
        nic.mtu = 9216;
        const Proposal proposal = rules::segments(situation);
        CHECK(value_of(proposal, TargetKind::element, ceiling(db_mac)) == "no wish");
        CHECK(value_of(proposal, TargetKind::element, ceiling(web_mac)) == "9000");
    }
}

TEST_CASE("no ceiling for a guest that gets no agent") {
    Situation situation = host_of_segment({off("web", web_mac)});
    situation.domains[0].policy->profile = Profile::none;
    situation.domains[0].policy->named.insert("mtu");
    check_held_back(situation, {"web: it gets no agent"});
    situation.domains[0].facts.agent_channel = true;
    CHECK(value_of(rules::segments(situation), TargetKind::element, ceiling(web_mac)) == "9000");
}

TEST_CASE("a transient guest follows live and has no definition to change") {
    Situation situation = host_of_segment({running("web", web_mac, "vnet0")});
    situation.domains[0].persistent = false;
    const Proposal proposal = rules::segments(situation);
    CHECK(count(proposal, TargetKind::element) == 0);
    CHECK(count(proposal, TargetKind::network) == 1);
    CHECK(count(proposal, TargetKind::link) == 1);
    CHECK(count(proposal, TargetKind::knob) == 1);
}

TEST_CASE("a NIC that was plugged in while the domain runs is raised with the others") {
    Situation situation = host_of_segment({running("web", web_mac, "vnet0")});
    DomainSituation &web = situation.domains[0];
    web.running_nics.push_back(nic_on("default", db_mac));
    web.running_nics[1].tap = "vnet1";
    web.guest->nics.push_back(guest_with_nic(db_mac).nics[0]);
    situation.host.links.push_back(link_of("vnet1", "tun", "virbr0"));
    const Proposal proposal = rules::segments(situation);
    CHECK(count(proposal, TargetKind::link) == 2);
    CHECK(value_of(proposal, TargetKind::knob, knob(db_mac)) == "9000");
    CHECK(value_of(proposal, TargetKind::element, ceiling(db_mac)) == "no wish");
}

TEST_CASE("a foreign port at 1500 holds the segment back, with the command for it") {
    Situation situation = two_guests();
    situation.host.links.push_back(link_of("veth1", "virtual", "virbr0"));
    check_held_back(situation, {"its foreign port veth1 carries 1500", "`ip link set dev veth1 mtu 9000`"});
    situation.host.links.back().mtu = 9000;
    CHECK(count(rules::segments(situation), TargetKind::link) == 2);
}

TEST_CASE("an uplink's MTU is the segment's, and an uplink is never raised") {
    Situation situation = two_guests();
    situation.host.links.push_back(link_of("eth0", "", "virbr0"));
    SUBCASE("at 1500 there is nothing to do") {
        CHECK(rules::segments(situation) == Proposal{});
    }
    SUBCASE("a jumbo one is what all get") {
        situation.host.links.back().mtu = 4000;
        const Proposal proposal = rules::segments(situation);
        CHECK(value_of(proposal, TargetKind::link, "vnet0/mtu") == "4000");
        CHECK(find(proposal, TargetKind::link, "eth0/mtu") == nullptr);
        CHECK(find(proposal, TargetKind::link, "vnet0/mtu")->because ==
              "mtu: all members of network default can follow, what its uplink eth0 carries");
    }
    SUBCASE("of two the one that carries less decides, and is the reason") {
        situation.host.links.back().mtu = 9000;
        situation.host.links.push_back(link_of("eth1", "", "virbr0", 4000));
        const Proposal proposal = rules::segments(situation);
        CHECK(value_of(proposal, TargetKind::link, "vnet0/mtu") == "4000");
        CHECK(
            find(proposal, TargetKind::link, "vnet0/mtu")->because ==
            "mtu: all members of network default can follow, what its uplink eth1 carries, the least of its 2 uplinks");
    }
    SUBCASE("a policy that wants more is told the command") {
        situation.policy.networks["default"].mtu = 9000;
        check_held_back(situation, {"its uplink eth0 carries 1500", "`ip link set dev eth0 mtu 9000`"});
    }
}

TEST_CASE("the policy's number comes before the network's own, and that before the profile's") {
    Situation situation = host_of_segment({off("web", web_mac)});
    const auto wished = [&] { return value_of(rules::segments(situation), TargetKind::element, ceiling(web_mac)); };
    situation.host.networks[0].mtu = 4000;
    CHECK(wished() == "4000");
    CHECK(value_of(rules::segments(situation), TargetKind::network, "default/mtu") == "no wish");
    situation.policy.networks["default"].mtu = 8000;
    CHECK(wished() == "8000");
    CHECK(value_of(rules::segments(situation), TargetKind::network, "default/mtu") == "8000");
}

TEST_CASE("a policy of 1500 takes a network's own MTU away and needs nobody's help") {
    Situation situation = two_guests();
    situation.domains[1] = out_of_scope(situation.domains[1]);
    situation.policy.networks["default"].mtu = 1500;
    CHECK(rules::segments(situation) == Proposal{});
    situation.host.networks[0].mtu = 9000;
    const Proposal proposal = rules::segments(situation);
    CHECK(value_of(proposal, TargetKind::network, "default/mtu") == "1500");
    CHECK(proposal.wishes.size() == 1);
}

TEST_CASE("without the profile, or with nobody of ours on it, a segment is left alone") {
    Situation situation = two_guests();
    SUBCASE("host profile none") {
        situation.policy.host.profile = Profile::none;
    }
    SUBCASE("nobody in scope") {
        for (DomainSituation &domain : situation.domains) domain = out_of_scope(domain);
    }
    CHECK(rules::segments(situation) == Proposal{});
}

TEST_CASE("a network's definition changes only where it is persistent and the host's settings are persisted") {
    Situation situation = two_guests();
    SUBCASE("transient") {
        situation.host.networks[0].persistent = false;
    }
    SUBCASE("not persisted") {
        situation.policy.host.persist = false;
    }
    const Proposal proposal = rules::segments(situation);
    CHECK(count(proposal, TargetKind::network) == 0);
    CHECK(count(proposal, TargetKind::link) == 2);
}

namespace {

/// The first one went to its ceiling when it started.
Situation one_at_its_ceiling() {
    Situation situation = two_guests();
    DomainSituation &web = situation.domains[0];
    web.running_nics[0].mtu = 9000;
    web.guest = guest_with_nic(web_mac, 9000);
    situation.host.links[1].mtu = 9000;
    return situation;
}

}  // namespace

TEST_CASE("a guest that went to its ceiling while the segment is held back is kept in step with it") {
    Situation situation = one_at_its_ceiling();
    DomainSituation &web = situation.domains[0];
    situation.domains[1].guest.reset();
    const Proposal proposal = rules::segments(situation);
    REQUIRE(value_of(proposal, TargetKind::knob, knob(web_mac)) == "1500");
    REQUIRE(value_of(proposal, TargetKind::link, "vnet0/mtu") == "1500");
    CHECK(find(proposal, TargetKind::link, "vnet0/mtu")->requires_first ==
          std::vector<Target>{{TargetKind::knob, web.facts.uuid, knob(web_mac)}});
    CHECK(find(proposal, TargetKind::knob, knob(web_mac))->requires_first.empty());
    SUBCASE("unless the ceiling is the user's own") {
        web.facts.nics[0].mtu = 9000;
        CHECK(value_of(rules::segments(situation), TargetKind::knob, knob(web_mac)) == "no wish");
        CHECK(value_of(rules::segments(situation), TargetKind::link, "vnet0/mtu") == "no wish");
    }
}

TEST_CASE("a guest that says that it takes little lowers no other one below what NICs have that nobody set") {
    Situation situation = one_at_its_ceiling();
    situation.domains[1].guest->nics[0].mtu = 1280;
    situation.domains[1].guest->nics[0].mtu_max = 1280;
    const Proposal proposal = rules::segments(situation);
    CHECK(value_of(proposal, TargetKind::knob, knob(web_mac)) == "1500");
    CHECK(value_of(proposal, TargetKind::link, "vnet0/mtu") == "1500");
}

TEST_CASE("a bridge that does not follow its raised ports is named with the command") {
    Situation situation = two_guests();
    for (Link &link : situation.host.links)
        if (link.master == "virbr0") link.ours = 9000;
    CHECK(says(rules::segments(situation), {"bridge virbr0 is fixed at 1500", "`ip link set dev virbr0 mtu 9000`"}));
    situation.host.links[0].mtu = 9000;
    CHECK(rules::segments(situation).findings.empty());
}

TEST_CASE("a bridge that is fixed above a port behind it is named with the command") {
    Situation situation = two_guests();
    situation.domains[1] = out_of_scope(situation.domains[1]);
    situation.host.links[0].mtu = 9000;
    const Proposal proposal = rules::segments(situation);
    REQUIRE(proposal.findings.size() == 2);
    CHECK(proposal.findings[1].what.find("`ip link set dev virbr0 mtu 1500`") != std::string::npos);
}

TEST_CASE("a bridge that libvirt does not own is left alone, with the commands") {
    Situation situation = two_guests();
    situation.host.networks = {network_on("virbr0", "bridge")};
    situation.host.links.push_back(link_of("eth0", "", "virbr0"));
    SUBCASE("an ordinary one") {
        check_held_back(situation, {"bridge virbr0", "libvirt does not own it", "`ip link set dev eth0 mtu 9000`",
                                    "`ip link set dev virbr0 mtu 9000`"});
    }
    SUBCASE("Open vSwitch's") {
        situation.host.links[0].kind = "openvswitch";
        check_held_back(situation, {"`ovs-vsctl set Interface virbr0 mtu_request=9000`"});
    }
    SUBCASE("one that carries it already") {
        situation.host.links[0].mtu = 9000;
        CHECK(rules::segments(situation) == Proposal{});
    }
}

TEST_CASE("macvtap is left alone with a finding") {
    Situation situation = host_with({tuned_domain("web")});
    situation.domains[0].facts.nics[0].type = "direct";
    check_held_back(situation, {"web", "is macvtap"});
}

TEST_CASE("a network that hands out devices of the host's is left alone, with the command for each") {
    Situation situation = host_with({tuned_domain("web")});
    situation.host.networks = {{"lan", "", "", "bridge", {}, true, true, {"eth1", "eth2"}}};
    situation.domains[0].facts.nics[0].network = "lan";
    check_held_back(situation,
                    {"web", "network lan", "`ip link set dev eth1 mtu 9000`", "`ip link set dev eth2 mtu 9000`"});
    situation.domains[0].policy->mtu = false;
    CHECK(rules::segments(situation) == Proposal{});
}

TEST_CASE("with nothing of the host known, only a network that the policy gives an MTU has ceilings") {
    Situation situation = host_with({off("web", web_mac)});
    situation.host.described = true;
    CHECK(rules::segments(situation) == Proposal{});
    situation.policy.networks["default"].mtu = 9000;
    CHECK(value_of(rules::segments(situation), TargetKind::element, ceiling(web_mac)) == "9000");
    situation.domains[0].facts.nics[0].mtu = 1400;
    CHECK(rules::segments(situation) == Proposal{});
}

}  // namespace segments_test
