#include "daemon/apply/stored_definitions.hpp"

#include <algorithm>
#include <map>

#include "daemon/domain/document.hpp"
#include "daemon/domain/network_xml.hpp"
#include "daemon/domain/redacted.hpp"
#include "daemon/domain/state_document.hpp"
#include "daemon/domain/words.hpp"

namespace kvmtune::apply {

namespace {

constexpr const char *domain_files = "etc/libvirt/qemu";
constexpr const char *domain_states = "run/libvirt/qemu";
constexpr const char *network_files = "etc/libvirt/qemu/networks";
constexpr const char *network_states = "run/libvirt/network";

tl::unexpected<Error> only_read(const std::string &action) {
    return failure(ErrorKind::unsupported, action + ": the hypervisor's files are only read, it is not asked");
}

/// Path and text of each .xml file in a folder; none where there is no such folder.
Result<std::map<std::string, std::string>> xml_files_in(const Root &root, const std::string &path) {
    std::map<std::string, std::string> files;
    const auto names = root.list(path);
    if (!names && names.error().kind == ErrorKind::not_found) return files;
    if (!names) return tl::unexpected<Error>(names.error());
    for (const auto &name : *names) {
        if (!name.ends_with(".xml")) continue;
        auto text = root.read(path + "/" + name);
        if (text)
            files[path + "/" + name] = *std::move(text);
        else if (text.error().kind != ErrorKind::not_found)
            return tl::unexpected<Error>(std::move(text).error());
    }
    return files;
}

/// The record of a document's domain, made if it is not there; nullptr for what names no domain.
DomainRecord *record_for(const domain::Document &document, std::map<std::string, DomainRecord> &records) {
    const auto &tree = document.tree();
    const auto name = tree.child(domain::Tree::root, "name");
    if (document.uuid().empty() || name == domain::no_node) return nullptr;
    auto &record = records[document.uuid()];
    record.uuid = document.uuid();
    record.name = domain::trimmed(tree[name].text);
    return &record;
}

/// The record of a document's network, made if it is not there; nullptr for what names no network.
NetworkRecord *record_for(const std::string &xml, const std::string &path,
                          std::map<std::string, NetworkRecord> &records) {
    const auto facts = domain::network_facts(xml, path);
    if (!facts || facts->uuid.empty() || facts->name.empty()) return nullptr;
    auto &record = records[facts->name];
    record.uuid = facts->uuid;
    record.name = facts->name;
    return &record;
}

}  // namespace

std::string StoredDefinitions::uri() const {
    return root_.full(domain_files);
}

Result<std::vector<DomainRecord>> StoredDefinitions::domains() const {
    std::map<std::string, DomainRecord> records;
    for (const auto &[path, xml] : TRY(xml_files_in(root_, domain_files))) {
        const auto document = domain::Document::parse(xml, path);
        auto *record = document ? record_for(*document, records) : nullptr;
        if (record == nullptr) continue;
        record->persistent = true;
        record->definition = xml;
    }
    for (const auto &[path, state] : TRY(xml_files_in(root_, domain_states))) {
        auto xml = domain::document_in_state(state, path);
        if (!xml) continue;
        const auto document = domain::Document::parse(*std::move(xml), path);
        auto *record = document ? record_for(*document, records) : nullptr;
        if (record == nullptr) continue;
        record->running = true;
        record->live = domain::redacted(*document);
    }
    std::vector<DomainRecord> all;
    for (auto &[uuid, record] : records) all.push_back(std::move(record));
    return all;
}

Result<DomainRecord> StoredDefinitions::domain(const std::string &uuid) const {
    for (auto &record : TRY(domains()))
        if (record.uuid == uuid) return std::move(record);
    return failure(ErrorKind::not_found, "domain " + uuid + ": " + uri() + " has none");
}

Result<std::string> StoredDefinitions::find(const std::string &name_or_uuid) const {
    const auto all = TRY(domains());
    for (const auto &record : all)
        if (record.uuid == name_or_uuid) return record.uuid;
    for (const auto &record : all)
        if (record.name == name_or_uuid) return record.uuid;
    return failure(ErrorKind::not_found, "domain " + name_or_uuid + ": " + uri() + " has none");
}

Result<std::vector<NetworkRecord>> StoredDefinitions::networks() const {
    std::map<std::string, NetworkRecord> records;
    for (const auto &[path, xml] : TRY(xml_files_in(root_, network_files))) {
        auto *record = record_for(xml, path, records);
        if (record == nullptr) continue;
        record->persistent = true;
        record->autostart = root_.link(std::string(network_files) + "/autostart/" + record->name + ".xml").has_value();
        record->definition = xml;
    }
    for (const auto &[path, state] : TRY(xml_files_in(root_, network_states))) {
        auto xml = domain::document_in_state(state, path);
        auto *record = xml ? record_for(*xml, path, records) : nullptr;
        if (record == nullptr) continue;
        record->active = true;
        record->live = *std::move(xml);
    }
    std::vector<NetworkRecord> all;
    for (auto &[name, record] : records) all.push_back(std::move(record));
    return all;
}

Result<std::string> StoredDefinitions::define(const std::string &) {
    return only_read("define a domain");
}

Result<std::string> StoredDefinitions::define_network(const std::string &) {
    return only_read("define a network");
}

Result<> StoredDefinitions::start(const std::string &uuid) {
    return only_read("start domain " + uuid);
}

Result<> StoredDefinitions::shut_down(const std::string &uuid, std::chrono::seconds, Insist) {
    return only_read("shut down domain " + uuid);
}

Result<> StoredDefinitions::pin_vcpu(const std::string &uuid, unsigned vcpu, const CpuSet &cpus) {
    return only_read("pin vCPU " + std::to_string(vcpu) + " of domain " + uuid + " to " + cpus.text());
}

Result<> StoredDefinitions::pin_emulator(const std::string &uuid, const CpuSet &cpus) {
    return only_read("pin the emulator of domain " + uuid + " to " + cpus.text());
}

Result<> StoredDefinitions::pin_iothread(const std::string &uuid, unsigned iothread, const CpuSet &cpus) {
    return only_read("pin iothread " + std::to_string(iothread) + " of domain " + uuid + " to " + cpus.text());
}

Result<std::vector<std::string>> StoredDefinitions::memory_snapshots(const std::string &) const {
    return std::vector<std::string>{};
}

Result<bool> StoredDefinitions::has_machine(const std::string &, const std::string &,
                                            const std::string &machine) const {
    return failure(ErrorKind::unsupported, "machine " + machine + ": libvirt is not to be asked");
}

Result<> StoredDefinitions::move_memory(const std::string &uuid, const CpuSet &nodes) {
    return only_read("move the memory of domain " + uuid + " to nodes " + nodes.text());
}

}  // namespace kvmtune::apply
