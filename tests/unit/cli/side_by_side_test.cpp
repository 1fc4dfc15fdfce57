// The reference recipe and what we make of the same guest on the same host, side by side: every element, attribute,
// sysctl and guest setting that either of them sets. What differs is listed in recipe.hpp, each with its reason.
#include <doctest/doctest.h>

#include <sstream>

#include "daemon/domain/elements.hpp"
#include "daemon/domain/facts.hpp"
#include "daemon/facts/topology.hpp"
#include "daemon/plan/rules/rules.hpp"
#include "tests/fakes/temporary_tree.hpp"
#include "tests/unit/cli/recipe.hpp"
#include "tests/unit/cli/said.hpp"

namespace side_by_side_test {

namespace {

using namespace kvmtune;
using plan::TargetKind;
using namespace kvmtune::recipe;

plan::Link link_of(const std::string &name, unsigned index, const std::string &kind) {
    plan::Link link;
    link.name = name;
    link.index = index;
    link.mtu = 1500;
    link.kind = kind;
    link.mac = "02:00:00:00:00:0" + std::to_string(index);
    return link;
}

/// A host of the recipe's shape as Debian leaves it, with the recipe's network and the guest's tap.
plan::HostFacts host() {
    plan::HostFacts host;
    host.topology = facts::topology_from(machine).value();
    host.kernel = "6.1.0-18-amd64";
    host.boot_id = "boot";
    host.cpu_vendor = "GenuineIntel";
    host.memory = 192 * gib;
    host.modules = {"br_netfilter"};
    host.loadable = {"vhost_net", "br_netfilter"};
    host.sysctls = {
        {"net.core.rmem_max", "212992"},
        {"net.core.wmem_max", "212992"},
        {"net.core.rmem_default", "212992"},
        {"net.core.wmem_default", "212992"},
        {"net.core.netdev_max_backlog", "1000"},
        {"net.core.somaxconn", "4096"},
        {"net.ipv4.tcp_rmem", "4096 131072 6291456"},
        {"net.ipv4.tcp_wmem", "4096 16384 4194304"},
        {"net.ipv4.tcp_mtu_probing", "0"},
        {"net.ipv4.tcp_window_scaling", "1"},
    };
    for (const auto &[name, value] : bridge_filter) host.sysctls[name] = "1";
    for (unsigned node = 0; node < 2; ++node) {
        host.pools.push_back({node, 2048, 0, 0, 0});
        host.node_memory.push_back({node, 96 * gib, 90 * gib});
    }
    host.links = {link_of("eth0", 2, ""), link_of("virbr0", 3, "bridge"), link_of("vnet0", 4, "tun")};
    host.links[2].master = "virbr0";
    plan::NetworkFacts network;
    network.name = "default";
    network.uuid = "uuid of default";
    network.bridge = "virbr0";
    network.forward = "nat";
    network.active = true;
    host.networks = {network};
    return host;
}

/// The guest as its kernel leaves it, once its NIC has eight queues.
plan::GuestFacts inside() {
    plan::GuestFacts guest;
    guest.boot_id = "boot";
    guest.agent_version = "0.1.0";
    guest.cpus = 8;
    guest.memory = 8 * gib - (gib / 4);
    guest.sysctls = host().sysctls;
    for (const auto &[name, value] : bridge_filter) guest.sysctls.erase(name);
    for (const auto &[name, value] : guest.sysctls) guest.sysctl_names.insert(name);
    plan::GuestNic nic;
    nic.mac = "52:54:00:12:34:56";
    nic.name = "eth0";
    nic.channels = 1;
    nic.channels_max = 8;
    nic.mtu = 1500;
    nic.mtu_max = 9000;
    nic.rx_ring = 1024;
    nic.rx_ring_max = 1024;
    nic.tx_ring = 256;
    nic.tx_ring_max = 256;
    guest.nics = {nic};
    return guest;
}

domain::Document before() {
    return domain::Document::parse(document, "guest.xml").value();
}

plan::Situation situation() {
    plan::Situation situation;
    situation.host = host();
    plan::DomainSituation domain;
    domain.facts = domain::facts_of(before()).value();
    domain.policy = plan::DomainPolicy{};
    domain.policy->source = "built-in defaults";
    domain.running = true;
    domain.running_nics = domain.facts.nics;
    domain.running_nics[0].tap = "vnet0";
    domain.guest = inside();
    situation.domains = {domain};
    return situation;
}

/// What the guest had before, and the recipe asks for too.
void add_kept(Settings &settings, const domain::Document &tuned) {
    const auto facts = domain::facts_of(tuned).value();
    settings["xml: machine"] = facts.machine;
    settings["xml: memory"] = std::to_string(facts.memory);
    settings["xml: vcpus"] = std::to_string(facts.vcpus);
    settings["xml: interface's model"] = facts.nics.at(0).model;
    settings["xml: interface's network"] = facts.nics.at(0).network;
    settings["xml: disk"] = facts.disks.at(0).type + " " + facts.disks.at(0).source + " as " + facts.disks.at(0).format;
}

std::vector<std::string> fields_of(const std::string &line) {
    std::istringstream stream(line);
    std::vector<std::string> fields;
    for (std::string field; stream >> field;) fields.push_back(field);
    return fields;
}

/// What a file of ours sets at boot.
void add_file(Settings &settings, const std::string &path, const std::string &text) {
    std::istringstream lines(text);
    for (std::string line; std::getline(lines, line);) {
        const auto fields = fields_of(line);
        if (fields.empty() || fields[0] == "#") continue;
        if (path == "etc/modules-load.d/kvmtune.conf") settings["boot: module " + line] = "loaded";
        if (path == "etc/tmpfiles.d/kvmtune.conf") settings["boot: huge pages of 2 MiB"] = fields.back();
        if (path == "etc/sysctl.d/60-kvmtune.conf") {
            const std::size_t equals = line.find(" = ");
            settings["boot: " + line.substr(line[0] == '-', equals - (line[0] == '-'))] = line.substr(equals + 3);
        }
        if (path.starts_with("etc/udev/rules.d/")) {
            std::string &values = settings["boot: br_netfilter by udev"];
            for (const std::string &field : fields)
                if (const std::size_t at = field.find("}=\""); field.starts_with("SYSCTL{"))
                    values += (values.empty() ? "" : " ") + field.substr(at + 3, field.find('"', at + 3) - at - 3);
        }
    }
}

std::string mtu_key(const plan::Target &target) {
    const std::string name = target.name.substr(0, target.name.find('/'));
    return target.kind == TargetKind::network ? "host: mtu of the network " + name : "host: mtu of " + name;
}

void add_wish(Settings &settings, const plan::Wish &wish) {
    const plan::Target &target = wish.target;
    switch (target.kind) {
        case TargetKind::module:
            settings["host: module " + target.name] = wish.value;
            return;
        case TargetKind::sysctl:
            settings["host: " + target.name] = wish.value;
            return;
        case TargetKind::pool:
            CHECK(target.name == "node0/2048kB");
            settings["host: huge pages of 2 MiB"] = wish.value;
            return;
        case TargetKind::file:
            add_file(settings, target.name, wish.value);
            return;
        case TargetKind::link:
        case TargetKind::network:
            settings[mtu_key(target)] = wish.value;
            return;
        case TargetKind::element:
            settings["xml: " + target.name] = wish.value;
            return;
        case TargetKind::affinity:
            settings["running: " + target.name] = wish.value;
            return;
        case TargetKind::knob:
            settings["guest: " + target.name] = wish.value;
            return;
    }
}

/// The threads of a guest that starts get what its definition says: only what differs from that counts.
void drop_what_pins_give(Settings &settings) {
    for (unsigned vcpu = 0; vcpu < 8; ++vcpu) {
        const std::string number = std::to_string(vcpu);
        if (settings["running: vcpu/" + number] == settings["xml: cputune/vcpupin/" + number])
            settings.erase("running: vcpu/" + number);
    }
    if (settings["running: emulator"] == settings["xml: cputune/emulatorpin"]) settings.erase("running: emulator");
    std::erase_if(settings, [&](const auto &setting) {
        if (!setting.first.starts_with("xml: vhost/")) return false;
        const auto running = settings.find("running: " + setting.first.substr(5));
        return running != settings.end() && running->second == setting.second;
    });
}

std::vector<domain::Edit> edits_in(const plan::Desired &desired) {
    std::vector<domain::Edit> edits;
    for (const auto &[target, wish] : desired.wishes)
        if (target.kind == TargetKind::element) edits.push_back({target.name, wish.value});
    return edits;
}

/// All that we set, with the definition's elements as they then stand in the document.
Settings ours() {
    const auto desired = plan::desired(situation());
    Settings settings;
    for (const auto &[target, wish] : desired.wishes) add_wish(settings, wish);
    auto edits = edits_in(desired);
    std::erase_if(edits, [](const auto &edit) { return domain::worker_named(edit.element).has_value(); });
    const auto tuned = domain::with(before(), edits).value();
    for (const auto &edit : edits)
        settings["xml: " + edit.element] = domain::value_of(tuned, edit.element).value().value_or("-");
    add_kept(settings, tuned);
    drop_what_pins_give(settings);
    return settings;
}

std::string value_in(const Settings &settings, const std::string &name) {
    const auto found = settings.find(name);
    return found == settings.end() ? "-" : found->second;
}

}  // namespace

TEST_CASE("the recipe and we set the same, but for what is listed with its reason") {
    const Settings theirs = all_settings();
    const Settings mine = ours();
    Settings all = theirs;
    all.insert(mine.begin(), mine.end());
    for (const auto &[name, value] : all) {
        CAPTURE(name);
        const auto difference = differences.find(name);
        CHECK(value_in(mine, name) ==
              (difference == differences.end() ? value_in(theirs, name) : difference->second.ours));
    }
    for (const auto &[name, difference] : differences) {
        CAPTURE(name);
        CHECK(all.count(name) == 1);
        CHECK(difference.ours != value_in(theirs, name));
        CHECK_FALSE(difference.why.empty());
    }
}

TEST_CASE("nothing of it needs a consent, and nothing is left alone") {
    for (const auto &finding : plan::desired(situation()).findings) CHECK(finding.about + ": " + finding.what == "");
}

TEST_CASE("the filter writes the same elements, but for what only the host itself can tell") {
    fakes::TemporaryTree tree;
    tree.add("guest.xml", document);
    tree.add("policy.toml", "");
    const auto said = cli::said(
        {"rewrite", tree.root().full("guest.xml"), "--topology", machine, "--policy", tree.root().full("policy.toml")});
    REQUIRE(said.status == 0);
    const auto rewritten = domain::Document::parse(said.out, "rewritten.xml").value();
    for (const auto &edit : edits_in(plan::desired(situation()))) {
        CAPTURE(edit.element);
        const bool known = not_by_rewrite.count(edit.element) == 0;
        CHECK(domain::value_of(rewritten, edit.element).value() == (known ? edit.value : plan::Value()));
    }
}

}  // namespace side_by_side_test
