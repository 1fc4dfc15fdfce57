#include "tests/fakes/fake_hypervisor.hpp"

#include <array>
#include <cstdio>
#include <optional>
#include <string_view>
#include <utility>

namespace kvmtune::fakes {

using apply::DomainRecord;

namespace {

/// The text of the first element of this name, as it is written.
std::optional<std::string> text_of(const std::string &xml, const std::string &element) {
    auto begin = xml.find("<" + element);
    if (begin == std::string::npos) return std::nullopt;
    begin = xml.find('>', begin);
    const auto end = xml.find("</" + element + ">", begin);
    if (end == std::string::npos) return std::nullopt;
    return xml.substr(begin + 1, end - begin - 1);
}

/// A document as libvirt gives it without VIR_DOMAIN_XML_SECURE.
std::string without_passwords(std::string xml) {
    for (const std::string_view begin : {" passwd='", " passwd=\""}) {
        for (auto at = xml.find(begin); at != std::string::npos; at = xml.find(begin, at)) {
            const auto end = xml.find(begin.back(), at + begin.size());
            xml.erase(at, end == std::string::npos ? end : end - at + 1);
        }
    }
    return xml;
}

std::string uuid_number(unsigned number) {
    std::array<char, 64> text{};
    std::snprintf(text.data(), text.size(), "00000000-0000-4000-8000-%012u", number);
    return text.data();
}

DomainRecord record_of(const std::string &uuid, const std::string &name, const std::string &definition,
                       const std::string &live, const std::string &image) {
    DomainRecord record;
    record.uuid = uuid;
    record.name = name;
    record.persistent = !definition.empty();
    record.running = !live.empty();
    record.saved_image = !image.empty();
    record.definition = definition;
    record.live = without_passwords(live);
    return record;
}

}  // namespace

Result<> FakeHypervisor::reachable() const {
    return gone ? Result<>(tl::unexpected<Error>(*gone)) : Result<>();
}

Result<FakeHypervisor::Machine *> FakeHypervisor::machine(const std::string &uuid) {
    TRY(reachable());
    const auto found = machines_.find(uuid);
    if (found == machines_.end()) return failure(ErrorKind::not_found, "domain " + uuid + ": Domain not found");
    return &found->second;
}

Result<> FakeHypervisor::about_to(const Effect &effect) const {
    TRY(reachable());
    return before_effect ? before_effect(effect) : Result<>();
}

/// The document with a UUID: its own, or a new one.
std::string FakeHypervisor::with_uuid(std::string document) {
    if (text_of(document, "uuid")) return document;
    const std::string end = "</name>";
    document.insert(document.find(end) + end.size(), "<uuid>" + uuid_number(++made_) + "</uuid>");
    return document;
}

std::string FakeHypervisor::put(const std::string &definition) {
    const std::string name = text_of(definition, "name").value();
    const std::string document = with_uuid(definition);
    const std::string uuid = *text_of(document, "uuid");
    Machine &machine = machines_[uuid];
    machine.name = name;
    machine.definition = document;
    return uuid;
}

std::string FakeHypervisor::edit(const std::string &definition) {
    return put(definition);
}

std::string FakeHypervisor::add_transient(const std::string &live) {
    const std::string uuid = put(live);
    Machine &machine = machines_.at(uuid);
    machine.live = std::exchange(machine.definition, std::string());
    return uuid;
}

void FakeHypervisor::undefine(const std::string &uuid) {
    Machine &machine = machines_.at(uuid);
    machine.definition.clear();
    machine.image.clear();
    if (machine.live.empty()) machines_.erase(uuid);
}

void FakeHypervisor::power_on(const std::string &uuid) {
    Machine &machine = machines_.at(uuid);
    machine.live = machine.image.empty() ? machine.definition : std::exchange(machine.image, std::string());
}

void FakeHypervisor::power_off(const std::string &uuid) {
    stop(uuid);
}

void FakeHypervisor::save(const std::string &uuid) {
    Machine &machine = machines_.at(uuid);
    machine.image = machine.live;
    stop(uuid);
}

void FakeHypervisor::stop(const std::string &uuid) {
    Machine &machine = machines_.at(uuid);
    machine.live.clear();
    machine.pins.clear();
    if (machine.definition.empty()) machines_.erase(uuid);
}

FakeHypervisor::Pins FakeHypervisor::pins(const std::string &uuid) const {
    return machines_.at(uuid).pins;
}

Result<std::vector<DomainRecord>> FakeHypervisor::domains() const {
    TRY(reachable());
    std::vector<DomainRecord> records;
    for (const auto &[uuid, machine] : machines_)
        records.push_back(record_of(uuid, machine.name, machine.definition, machine.live, machine.image));
    return records;
}

Result<DomainRecord> FakeHypervisor::domain(const std::string &uuid) const {
    if (before_read) before_read(uuid);
    TRY(reachable());
    const auto found = machines_.find(uuid);
    if (found == machines_.end()) return failure(ErrorKind::not_found, "domain " + uuid + ": Domain not found");
    const Machine &machine = found->second;
    return record_of(uuid, machine.name, machine.definition, machine.live, machine.image);
}

Result<std::string> FakeHypervisor::find(const std::string &name_or_uuid) const {
    TRY(reachable());
    if (machines_.count(name_or_uuid) != 0) return name_or_uuid;
    for (const auto &[uuid, machine] : machines_)
        if (machine.name == name_or_uuid) return uuid;
    return failure(ErrorKind::not_found, "domain " + name_or_uuid + ": Domain not found");
}

Result<std::vector<std::string>> FakeHypervisor::memory_snapshots(const std::string &uuid) const {
    TRY(reachable());
    const auto at = snapshots.find(uuid);
    return at == snapshots.end() ? std::vector<std::string>{} : at->second;
}

Result<bool> FakeHypervisor::has_machine(const std::string &, const std::string &, const std::string &machine) const {
    TRY(reachable());
    return missing_machines.count(machine) == 0;
}

Result<std::string> FakeHypervisor::define(const std::string &xml) {
    const auto name = text_of(xml, "name");
    if (!name || xml.find("<domain") == std::string::npos || xml.find("</domain>") == std::string::npos)
        return failure(ErrorKind::invalid, "define: not a domain document");
    const auto uuid = text_of(xml, "uuid");
    TRY(about_to({"define", uuid.value_or("")}));
    if (validate) TRY(validate(xml));
    for (const auto &[other, machine] : machines_) {
        if (machine.name == *name && other != uuid)
            return failure(ErrorKind::failed, "define: domain '" + *name + "' already exists with uuid " + other);
        if (machine.name != *name && other == uuid)
            return failure(ErrorKind::failed,
                           "define: domain '" + machine.name + "' is already defined with uuid " + other);
    }
    defines_++;
    return machines_.at(put(normalise ? normalise(xml) : xml)).definition;
}

std::string FakeHypervisor::edit_network(const std::string &definition) {
    const std::string name = text_of(definition, "name").value();
    apply::NetworkRecord &network = networks_[name];
    network.definition = with_uuid(definition);
    network.uuid = *text_of(network.definition, "uuid");
    network.name = name;
    network.persistent = true;
    return name;
}

void FakeHypervisor::start_network(const std::string &name) {
    apply::NetworkRecord &network = networks_.at(name);
    network.active = true;
    network.live = network.definition;
}

void FakeHypervisor::stop_network(const std::string &name) {
    apply::NetworkRecord &network = networks_.at(name);
    network.active = false;
    network.live.clear();
    if (!network.persistent) networks_.erase(name);
}

void FakeHypervisor::undefine_network(const std::string &name) {
    apply::NetworkRecord &network = networks_.at(name);
    network.persistent = false;
    network.definition.clear();
    if (!network.active) networks_.erase(name);
}

Result<std::vector<apply::NetworkRecord>> FakeHypervisor::networks() const {
    TRY(reachable());
    std::vector<apply::NetworkRecord> records;
    for (const auto &[name, network] : networks_) records.push_back(network);
    return records;
}

Result<std::string> FakeHypervisor::define_network(const std::string &xml) {
    const auto name = text_of(xml, "name");
    if (!name || xml.find("<network") == std::string::npos || xml.find("</network>") == std::string::npos)
        return failure(ErrorKind::invalid, "define network: not a network document");
    const auto uuid = text_of(xml, "uuid");
    TRY(about_to({"define network", uuid.value_or("")}));
    for (const auto &[other, network] : networks_)
        if ((other == *name) != (uuid && network.uuid == *uuid))
            return failure(ErrorKind::failed,
                           "define network: network '" + other + "' already exists with uuid " + network.uuid);
    return networks_.at(edit_network(xml)).definition;
}

Result<> FakeHypervisor::start(const std::string &uuid) {
    TRY(machine(uuid));
    TRY(about_to({"start", uuid}));
    const Machine *machine = TRY(this->machine(uuid));
    if (!machine->live.empty()) return failure(ErrorKind::failed, "start " + machine->name + ": already running");
    power_on(uuid);
    return {};
}

Result<> FakeHypervisor::shut_down(const std::string &uuid, std::chrono::seconds limit, apply::Insist insist) {
    const Machine *machine = TRY(this->machine(uuid));
    const std::string action = "shut down " + machine->name;
    if (machine->definition.empty())
        return failure(ErrorKind::unsupported, action + ": it is transient and would be gone");
    if (machine->live.empty()) return {};
    TRY(about_to({"shut down", uuid}));
    if (deaf.count(uuid) != 0) {
        if (insist == apply::Insist::no)
            return failure(ErrorKind::timed_out,
                           action + ": still running after " + std::to_string(limit.count()) + " s");
        TRY(about_to({"destroy", uuid}));
    }
    stop(uuid);
    return {};
}

Result<> FakeHypervisor::pin(const std::string &uuid, const Effect &effect, const std::string &thread,
                             const CpuSet &cpus) {
    TRY(machine(uuid));
    TRY(about_to(effect));
    Machine *machine = TRY(this->machine(uuid));
    const std::string action = "pin " + thread + " of " + machine->name + " to " + cpus.text();
    if (cpus.empty()) return failure(ErrorKind::invalid, action + "no CPU");
    if (machine->live.empty()) return failure(ErrorKind::failed, action + ": domain is not running");
    machine->pins[thread] = cpus;
    return {};
}

Result<> FakeHypervisor::pin_vcpu(const std::string &uuid, unsigned vcpu, const CpuSet &cpus) {
    const auto found = machines_.find(uuid);
    const auto vcpus = found == machines_.end() ? std::nullopt : text_of(found->second.live, "vcpu");
    if (vcpus && vcpu >= std::stoul(*vcpus))
        return failure(ErrorKind::invalid, "pin vCPU " + std::to_string(vcpu) + " of " + found->second.name +
                                               ": it is not present in the domain");
    return pin(uuid, {"pin vcpu", uuid}, "vcpu/" + std::to_string(vcpu), cpus);
}

Result<> FakeHypervisor::pin_emulator(const std::string &uuid, const CpuSet &cpus) {
    return pin(uuid, {"pin emulator", uuid}, "emulator", cpus);
}

/// The ids are those of <iothreads>: 1 to its number.
Result<> FakeHypervisor::pin_iothread(const std::string &uuid, unsigned iothread, const CpuSet &cpus) {
    const auto found = machines_.find(uuid);
    const bool running = found != machines_.end() && !found->second.live.empty();
    const auto number = running ? text_of(found->second.live, "iothreads") : std::nullopt;
    if (running && (iothread == 0 || iothread > std::stoul(number.value_or("0"))))
        return failure(ErrorKind::invalid, "pin iothread " + std::to_string(iothread) + " of " + found->second.name +
                                               ": it is not present in the domain");
    return pin(uuid, {"pin iothread", uuid}, "iothread/" + std::to_string(iothread), cpus);
}

Result<> FakeHypervisor::move_memory(const std::string &uuid, const CpuSet &nodes) {
    const auto found = machines_.find(uuid);
    const bool running = found != machines_.end() && !found->second.live.empty();
    if (running && found->second.live.find("restrictive") == std::string::npos)
        return failure(ErrorKind::failed,
                       "move the memory of " + found->second.name + ": its numatune is not restrictive");
    return pin(uuid, {"move memory", uuid}, "memory/nodes", nodes);
}

}  // namespace kvmtune::fakes
