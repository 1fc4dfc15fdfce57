#include "daemon/libvirt/domain.hpp"

#include <array>
#include <utility>

#include "daemon/libvirt/error.hpp"

namespace kvmtune::libvirt {

namespace {

tl::unexpected<Error> unreadable(const Domain &domain) {
    Error error = last_error();
    return within("read " + name_of(domain), std::move(error));
}

/// libvirt's yes (1), no (0) or failure (-1).
Result<bool> answer(int said, const Domain &domain) {
    if (said < 0) return unreadable(domain);
    return said == 1;
}

Result<std::string> document(const Domain &domain, unsigned flags) {
    const Text text(virDomainGetXMLDesc(domain.get(), flags));
    if (!text) return unreadable(domain);
    return std::string(text.get());
}

/// A driver without managed save (test, lxc) has no images.
Result<bool> has_saved_image(const Domain &domain) {
    const auto said = answer(virDomainHasManagedSaveImage(domain.get(), 0), domain);
    if (!said && said.error().kind == ErrorKind::unsupported) return false;
    return said;
}

/// Its live document, or nothing if it is off: libvirt gives the definition of a domain that stops in between.
Result<std::string> live_of(const Domain &domain) {
    if (!TRY(is_running(domain))) return std::string();
    auto live = TRY(document(domain, 0));
    if (!TRY(is_running(domain))) return std::string();
    return live;
}

}  // namespace

std::string name_of(const Domain &domain) {
    const char *name = virDomainGetName(domain.get());
    return name == nullptr ? "domain" : name;
}

Result<std::string> uuid_of(const Domain &domain) {
    std::array<char, VIR_UUID_STRING_BUFLEN> text{};
    if (virDomainGetUUIDString(domain.get(), text.data()) < 0) return unreadable(domain);
    return std::string(text.data());
}

Result<bool> is_running(const Domain &domain) {
    return answer(virDomainIsActive(domain.get()), domain);
}

Result<bool> is_persistent(const Domain &domain) {
    return answer(virDomainIsPersistent(domain.get()), domain);
}

Result<std::string> definition_of(const Domain &domain) {
    return document(domain, VIR_DOMAIN_XML_INACTIVE | VIR_DOMAIN_XML_SECURE);
}

Result<std::vector<std::string>> memory_snapshots(const Domain &domain) {
    virDomainSnapshotPtr *raw = nullptr;
    const int count = virDomainListAllSnapshots(domain.get(), &raw, VIR_DOMAIN_SNAPSHOT_LIST_ACTIVE);
    if (count < 0) return unreadable(domain);
    std::vector<std::string> names;
    for (int at = 0; at < count; at++) {
        const Snapshot snapshot(raw[at]);
        const char *name = virDomainSnapshotGetName(snapshot.get());
        names.emplace_back(name == nullptr ? "?" : name);
    }
    std::free(raw);
    return names;
}

Result<apply::DomainRecord> record_of(const Domain &domain) {
    apply::DomainRecord record;
    record.uuid = TRY(uuid_of(domain));
    record.name = name_of(domain);
    record.persistent = TRY(is_persistent(domain));
    if (record.persistent) {
        record.saved_image = TRY(has_saved_image(domain));
        record.definition = TRY(definition_of(domain));
    }
    record.live = TRY(live_of(domain));
    record.running = !record.live.empty();
    return record;
}

}  // namespace kvmtune::libvirt
