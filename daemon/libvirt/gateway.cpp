#include "daemon/libvirt/gateway.hpp"

#include <libvirt/libvirt.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>
#include <utility>
#include <vector>

#include "daemon/libvirt/domain.hpp"
#include "daemon/libvirt/error.hpp"
#include "daemon/libvirt/handle.hpp"
#include "daemon/libvirt/network.hpp"
#include "daemon/libvirt/secret.hpp"
#include "daemon/libvirt/shutdown.hpp"

namespace kvmtune::libvirt {

namespace {

using apply::DomainRecord;

bool is_uuid(const std::string &text) {
    static constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    static constexpr std::string_view digits = "0123456789abcdefABCDEF";
    return std::equal(text.begin(), text.end(), shape.begin(), shape.end(), [](char have, char want) {
        return want == 'x' ? digits.find(have) != std::string_view::npos : have == want;
    });
}

/// A CPU set as libvirt takes it: the lowest CPU in the lowest bit of the first byte.
std::vector<unsigned char> map_of(const CpuSet &cpus) {
    std::vector<unsigned char> map;
    for (const unsigned cpu : cpus) {
        if (map.size() <= cpu / 8) map.resize(cpu / 8 + 1);
        map[cpu / 8] = static_cast<unsigned char>(map[cpu / 8] | (1u << cpu % 8));
    }
    return map;
}

/// A guest that is to shut down, in real time.
class RealGuest final : public Guest {
  public:
    explicit RealGuest(const Domain &domain) : domain_(domain) {}

    Result<bool> running() override { return is_running(domain_); }

    Result<> ask() override {
        if (virDomainShutdown(domain_.get()) < 0) return libvirt_failure("request");
        return {};
    }

    Result<> destroy() override {
        if (virDomainDestroy(domain_.get()) == 0) return {};
        const auto refusal = libvirt_failure("destroy");
        if (!is_running(domain_).value_or(true)) return {};
        return refusal;
    }

    std::chrono::milliseconds elapsed() override {
        return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin_);
    }

    void pause(std::chrono::milliseconds time) override { std::this_thread::sleep_for(time); }

  private:
    const Domain &domain_;
    std::chrono::steady_clock::time_point begin_ = std::chrono::steady_clock::now();
};

class Gateway final : public apply::Hypervisor {
  public:
    Gateway(Connection connection, std::string uri) : connection_(std::move(connection)), uri_(std::move(uri)) {}

    std::string uri() const override { return uri_; }
    Result<std::vector<DomainRecord>> domains() const override;
    Result<DomainRecord> domain(const std::string &uuid) const override;
    Result<std::string> find(const std::string &name_or_uuid) const override;
    Result<std::vector<std::string>> memory_snapshots(const std::string &uuid) const override {
        return libvirt::memory_snapshots(TRY(by_uuid(uuid)));
    }
    Result<bool> has_machine(const std::string &type, const std::string &arch,
                             const std::string &machine) const override;
    Result<std::string> define(const std::string &xml) override;
    Result<std::vector<apply::NetworkRecord>> networks() const override { return networks_of(connection_); }
    Result<std::string> define_network(const std::string &xml) override {
        return libvirt::define_network(connection_, xml);
    }
    Result<> start(const std::string &uuid) override;
    Result<> shut_down(const std::string &uuid, std::chrono::seconds limit, apply::Insist insist) override;
    Result<> pin_vcpu(const std::string &uuid, unsigned vcpu, const CpuSet &cpus) override;
    Result<> pin_emulator(const std::string &uuid, const CpuSet &cpus) override;
    Result<> pin_iothread(const std::string &uuid, unsigned iothread, const CpuSet &cpus) override;
    Result<> move_memory(const std::string &uuid, const CpuSet &nodes) override;

  private:
    template <class Call>
    Result<> pin(const std::string &uuid, const std::string &thread, const CpuSet &cpus, Call call);
    Result<Domain> by_uuid(const std::string &uuid) const;
    Result<std::vector<Domain>> list() const;

    Connection connection_;
    std::string uri_;
};

Result<Domain> Gateway::by_uuid(const std::string &uuid) const {
    if (!is_uuid(uuid)) return failure(ErrorKind::not_found, "domain " + uuid + ": not a UUID");
    Domain domain(virDomainLookupByUUIDString(connection_.get(), uuid.c_str()));
    if (!domain) return libvirt_failure("domain " + uuid);
    return domain;
}

Result<std::vector<Domain>> Gateway::list() const {
    virDomainPtr *raw = nullptr;
    const int count = virConnectListAllDomains(connection_.get(), &raw, 0);
    if (count < 0) return libvirt_failure("list the domains of " + uri_);
    std::vector<Domain> domains;
    for (int at = 0; at < count; at++) domains.emplace_back(raw[at]);
    std::free(raw);
    return domains;
}

Result<std::vector<DomainRecord>> Gateway::domains() const {
    const auto listed = TRY(list());
    std::vector<DomainRecord> records;
    for (const auto &domain : listed) {
        auto record = record_of(domain);
        if (record)
            records.push_back(*std::move(record));
        else if (record.error().kind != ErrorKind::not_found)
            return tl::unexpected(record.error());
    }
    std::sort(records.begin(), records.end(),
              [](const DomainRecord &left, const DomainRecord &right) { return left.uuid < right.uuid; });
    return records;
}

Result<DomainRecord> Gateway::domain(const std::string &uuid) const {
    const Domain domain = TRY(by_uuid(uuid));
    return record_of(domain);
}

Result<std::string> Gateway::find(const std::string &name_or_uuid) const {
    if (const auto domain = by_uuid(name_or_uuid)) return uuid_of(*domain);
    const Domain domain(virDomainLookupByName(connection_.get(), name_or_uuid.c_str()));
    if (!domain) return libvirt_failure("domain " + name_or_uuid);
    return uuid_of(domain);
}

Result<bool> Gateway::has_machine(const std::string &type, const std::string &arch, const std::string &machine) const {
    const Text capabilities(
        virConnectGetDomainCapabilities(connection_.get(), nullptr, arch.c_str(), machine.c_str(), type.c_str(), 0));
    if (capabilities) return true;
    Error error = last_error();
    if (error.kind == ErrorKind::invalid) return false;
    return within("machine " + machine, std::move(error));
}

Result<std::string> Gateway::define(const std::string &xml) {
    const Domain domain(virDomainDefineXMLFlags(connection_.get(), xml.c_str(), VIR_DOMAIN_DEFINE_VALIDATE));
    if (!domain) return tl::unexpected(without_secrets(libvirt_failure("define").value(), xml));
    return definition_of(domain);
}

Result<> Gateway::start(const std::string &uuid) {
    const Domain domain = TRY(by_uuid(uuid));
    const std::string action = "start " + name_of(domain);
    if (virDomainCreate(domain.get()) < 0) return libvirt_failure(action);
    return {};
}

Result<> Gateway::shut_down(const std::string &uuid, std::chrono::seconds limit, apply::Insist insist) {
    const Domain domain = TRY(by_uuid(uuid));
    const std::string action = "shut down " + name_of(domain);
    if (!TRY(is_persistent(domain)))
        return failure(ErrorKind::unsupported, action + ": it is transient and would be gone");
    RealGuest guest(domain);
    const auto done = libvirt::shut_down(guest, limit, insist);
    if (!done) return within(action, done.error());
    return {};
}

/// The thread in words, and the call of libvirt's that moves it to a map of CPUs.
template <class Call>
Result<> Gateway::pin(const std::string &uuid, const std::string &thread, const CpuSet &cpus, Call call) {
    const Domain domain = TRY(by_uuid(uuid));
    const std::string action = "pin " + thread + " of " + name_of(domain) + " to " + cpus.text();
    if (cpus.empty()) return failure(ErrorKind::invalid, action + "no CPU");
    auto map = map_of(cpus);
    if (call(domain.get(), map.data(), static_cast<int>(map.size())) < 0) return libvirt_failure(action);
    return {};
}

Result<> Gateway::pin_vcpu(const std::string &uuid, unsigned vcpu, const CpuSet &cpus) {
    // virDomainPinVcpu means the running domain alone; the test driver takes it, but no VIR_DOMAIN_AFFECT_LIVE.
    return pin(uuid, "vCPU " + std::to_string(vcpu), cpus, [vcpu](virDomainPtr domain, unsigned char *map, int size) {
        return virDomainPinVcpu(domain, vcpu, map, size);
    });
}

Result<> Gateway::pin_emulator(const std::string &uuid, const CpuSet &cpus) {
    return pin(uuid, "the emulator", cpus, [](virDomainPtr domain, unsigned char *map, int size) {
        return virDomainPinEmulator(domain, map, size, VIR_DOMAIN_AFFECT_LIVE);
    });
}

Result<> Gateway::pin_iothread(const std::string &uuid, unsigned iothread, const CpuSet &cpus) {
    return pin(uuid, "iothread " + std::to_string(iothread), cpus,
               [iothread](virDomainPtr domain, unsigned char *map, int size) {
                   return virDomainPinIOThread(domain, iothread, map, size, VIR_DOMAIN_AFFECT_LIVE);
               });
}

Result<> Gateway::move_memory(const std::string &uuid, const CpuSet &nodes) {
    const Domain domain = TRY(by_uuid(uuid));
    const std::string action = "move the memory of " + name_of(domain) + " to nodes " + nodes.text();
    if (nodes.empty()) return failure(ErrorKind::invalid, action + "none");
    virTypedParameterPtr parameters = nullptr;
    int number = 0;
    int room = 0;
    const bool done =
        virTypedParamsAddString(&parameters, &number, &room, VIR_DOMAIN_NUMA_NODESET, nodes.text().c_str()) == 0 &&
        virDomainSetNumaParameters(domain.get(), parameters, number, VIR_DOMAIN_AFFECT_LIVE) == 0;
    auto outcome = done ? Result<>() : libvirt_failure(action);
    virTypedParamsFree(parameters, number);
    return outcome;
}

}  // namespace

Result<std::unique_ptr<apply::Hypervisor>> connected(Connection connection) {
    const Text known_as(virConnectGetURI(connection.get()));
    if (!known_as) return libvirt_failure("ask for the connection's URI");
    return std::make_unique<Gateway>(std::move(connection), known_as.get());
}

Result<Connection> opened(const std::string &uri) {
    silence_libvirt();
    // libvirt writes to its daemon's socket as it is: a daemon that ends is an error to tell, not the end of us too.
    std::signal(SIGPIPE, SIG_IGN);
    Connection connection(virConnectOpen(uri.c_str()));
    if (!connection) return libvirt_failure("connect to " + uri);
    return connection;
}

Result<std::unique_ptr<apply::Hypervisor>> connect(const std::string &uri) {
    return connected(TRY(opened(uri)));
}

}  // namespace kvmtune::libvirt
