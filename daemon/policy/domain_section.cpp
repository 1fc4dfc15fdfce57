// The keys of [[domain]]. Sections are not merged: the first that matches is the domain's.
#include "daemon/policy/section.hpp"

namespace kvmtune::policy {

namespace {

const std::vector<std::string> &keys_of_domain() {
    static const std::vector<std::string> keys = {
        "match",    "profile", "cpus",       "vhost_cpus", "queues",      "rx_queue_size", "hugepages",
        "numatune", "cpu",     "topology",   "cells",      "disks",       "machine",       "mtu",
        "allow",    "strict",  "migratable", "sysctl",     "on_redefine",
    };
    return keys;
}

/// Reads the value into the field if this is its key; a wrong value leaves the field as it is.
class Member {
  public:
    Member(const std::string &key, const Node &node, Reading &reading) : key_(key), node_(node), reading_(reading) {}

    template <class T>
    void is(const char *key, T &field, Read<T> (*reader)(const Node &)) const {
        if (key_ != key) return;
        if (auto value = reading_.value("domain." + key_, node_, reader)) field = *std::move(value);
    }

  private:
    const std::string &key_;
    const Node &node_;
    Reading &reading_;
};

plan::DomainPolicy keys_in(const Node &section, const std::vector<std::string> &known, Reading &reading) {
    plan::DomainPolicy domain;
    domain.source = reading.source(section.at);
    for (const auto &[key, node] : reading.members("domain", section, known)) {
        domain.named.insert(key);
        const Member member(key, node, reading);
        std::vector<Sysctl> sysctls;
        member.is("match", domain.match, patterns);
        member.is("profile", domain.profile, profile);
        member.is("cpus", domain.cpus, cpu_policy);
        member.is("vhost_cpus", domain.vhost_cpus, count);
        member.is("queues", domain.queues, count);
        member.is("rx_queue_size", domain.rx_queue_size, rx_queue_size);
        member.is("hugepages", domain.hugepages, truth);
        member.is("numatune", domain.memory, memory_policy);
        member.is("cpu", domain.cpu_passthrough, cpu_model);
        member.is("topology", domain.cpu_topology, cpu_topology);
        member.is("cells", domain.cells, guest_cells);
        member.is("disks", domain.disks, disk_policy);
        member.is("machine", domain.q35, machine);
        member.is("mtu", domain.mtu, follows_mtu);
        member.is("allow", domain.allow, consents);
        member.is("strict", domain.strict, truth);
        member.is("on_redefine", domain.reapply, reapplies);
        member.is("migratable", domain.migratable, truth);
        member.is("sysctl", sysctls, guest_sysctls);
        for (const auto &[name, text, at] : sysctls) {
            domain.guest_sysctls[name] = text;
            domain.named.insert("sysctl." + name);
        }
    }
    return domain;
}

plan::DomainPolicy domain_of(const Node &section, Reading &reading) {
    auto domain = keys_in(section, keys_of_domain(), reading);
    if (section.table() != nullptr && domain.named.count("match") == 0)
        reading.mistake(section.at, "domain: match is missing");
    return domain;
}

/// All but what says for which domain it is.
std::vector<std::string> keys_of_own_section() {
    auto keys = keys_of_domain();
    std::erase(keys, "match");
    return keys;
}

}  // namespace

plan::Policy with_domains(plan::Policy before, const Node &sections, Reading &reading) {
    if (sections.array() == nullptr) {
        reading.mistake(sections.at, "domain: must be written as [[domain]], not as " + sections.kind());
        return before;
    }
    std::vector<plan::DomainPolicy> first;
    for (const Node &section : *sections.array()) first.push_back(domain_of(section, reading));
    before.domains.insert(before.domains.begin(), first.begin(), first.end());
    return before;
}

tl::expected<plan::DomainPolicy, std::vector<Mistake>> read_own_section(const PolicyText &text) {
    const auto document = parse_document(text);
    if (!document) return tl::unexpected(std::vector<Mistake>{document.error()});
    Reading reading(text.name);
    auto domain = keys_in(*document, keys_of_own_section(), reading);
    auto mistakes = std::move(reading).mistakes();
    if (!mistakes.empty()) return tl::unexpected(std::move(mistakes));
    domain.source = text.name;
    return domain;
}

Result<std::optional<plan::DomainPolicy>> section_of(const plan::Policy &policy, const plan::DomainFacts &facts) {
    if (!facts.own_policy.empty()) {
        auto own = read_own_section({"metadata of " + facts.name, facts.own_policy});
        if (!own) return failure(ErrorKind::invalid, text_of(own.error().front()));
        return std::optional(*std::move(own));
    }
    const auto *section = section_for(policy, facts.name, facts.uuid, facts.title, facts.policy_tags);
    return section == nullptr ? std::nullopt : std::optional(*section);
}

}  // namespace kvmtune::policy
