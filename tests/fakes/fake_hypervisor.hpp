// A hypervisor in memory: a little world with documents, running guests and pins. It keeps to the contract of
// apply::Hypervisor as libvirt does (tests/unit/libvirt holds both to the same cases) and knows no XML beyond <name>,
// <uuid> and graphics passwords. What a test wants otherwise, it gives as a function.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/apply/hypervisor.hpp"

namespace kvmtune::fakes {

class FakeHypervisor final : public apply::Hypervisor {
  public:
    /// A verb that is about to change the world: "define", "start", "shut down", "destroy", "pin vcpu",
    /// "pin emulator", "pin iothread", "move memory", "define network". The UUID is empty for a definition that names
    /// none.
    struct Effect {
        std::string verb;
        std::string uuid;
    };

    /// Live pins of one domain: "vcpu/3", "iothread/1", "emulator" and "memory/nodes", as names of affinity targets
    /// are. Gone when it stops.
    using Pins = std::map<std::string, CpuSet>;

    // What the test sets up: behaviour.

    /// What libvirt makes of a document that it takes; as it is by default.
    std::function<std::string(const std::string &xml)> normalise;
    /// Refuses a document that libvirt would not take.
    std::function<Result<>(const std::string &xml)> validate;
    /// Called before each change; a failure is what the caller gets instead. May change the world: somebody else edits.
    std::function<Result<>(const Effect &effect)> before_effect;
    /// Called before a domain is read by domain(); may change the world, too.
    std::function<void(const std::string &uuid)> before_read;
    /// Set while the hypervisor is gone: what every call gets.
    std::optional<Error> gone;
    /// Names of snapshots with memory, by UUID.
    std::map<std::string, std::vector<std::string>> snapshots;
    /// Machines that guests cannot be.
    std::set<std::string> missing_machines;
    /// Guests (UUIDs) that do not listen when they are asked to shut down.
    std::set<std::string> deaf;

    // What the test sets up: the world. None of these calls the functions above.

    /// A definition by another tool, new or over one that is there; a document without UUID gets one. The UUID.
    std::string edit(const std::string &definition);
    /// A running domain without a definition. Its UUID.
    std::string add_transient(const std::string &live);
    /// Its definition goes; a domain that is off goes with it, a running one becomes transient.
    void undefine(const std::string &uuid);
    /// Powers it on, as by another tool: the definition becomes live.
    void power_on(const std::string &uuid);
    /// Powers it off, as by another tool or the guest itself.
    void power_off(const std::string &uuid);
    /// A managed save: it is off, and its next start takes today's live document.
    void save(const std::string &uuid);

    /// A network's definition by another tool, new or over one of this name; one without UUID gets one. Its name.
    std::string edit_network(const std::string &definition);
    /// Starts it, as by another tool: the definition becomes live.
    void start_network(const std::string &name);
    /// Stops it; a transient one is gone.
    void stop_network(const std::string &name);
    /// Its definition goes; one that is not active goes with it.
    void undefine_network(const std::string &name);

    [[nodiscard]] Pins pins(const std::string &uuid) const;
    /// How many definitions were made through define().
    [[nodiscard]] unsigned defines() const { return defines_; }

    [[nodiscard]] std::string uri() const override { return "fake:///world"; }
    [[nodiscard]] Result<std::vector<apply::DomainRecord>> domains() const override;
    [[nodiscard]] Result<apply::DomainRecord> domain(const std::string &uuid) const override;
    [[nodiscard]] Result<std::string> find(const std::string &name_or_uuid) const override;
    [[nodiscard]] Result<std::vector<std::string>> memory_snapshots(const std::string &uuid) const override;
    [[nodiscard]] Result<bool> has_machine(const std::string &type, const std::string &arch,
                                           const std::string &machine) const override;
    [[nodiscard]] Result<std::string> define(const std::string &xml) override;
    [[nodiscard]] Result<std::vector<apply::NetworkRecord>> networks() const override;
    [[nodiscard]] Result<std::string> define_network(const std::string &xml) override;
    [[nodiscard]] Result<> start(const std::string &uuid) override;
    /// No time passes: a deaf guest times out at once.
    [[nodiscard]] Result<> shut_down(const std::string &uuid, std::chrono::seconds limit,
                                     apply::Insist insist) override;
    [[nodiscard]] Result<> pin_vcpu(const std::string &uuid, unsigned vcpu, const CpuSet &cpus) override;
    [[nodiscard]] Result<> pin_emulator(const std::string &uuid, const CpuSet &cpus) override;
    [[nodiscard]] Result<> pin_iothread(const std::string &uuid, unsigned iothread, const CpuSet &cpus) override;
    [[nodiscard]] Result<> move_memory(const std::string &uuid, const CpuSet &nodes) override;

  private:
    struct Machine {
        std::string name;
        std::string definition;  ///< empty: transient
        std::string live;        ///< with its secrets; empty: off
        std::string image;       ///< the document of a managed save; empty: none
        Pins pins;
    };

    [[nodiscard]] Result<> reachable() const;
    [[nodiscard]] Result<Machine *> machine(const std::string &uuid);
    [[nodiscard]] Result<> about_to(const Effect &effect) const;
    [[nodiscard]] Result<> pin(const std::string &uuid, const Effect &effect, const std::string &thread,
                               const CpuSet &cpus);
    std::string with_uuid(std::string document);
    std::string put(const std::string &definition);
    void stop(const std::string &uuid);

    std::map<std::string, Machine> machines_;
    std::map<std::string, apply::NetworkRecord> networks_;  ///< by name
    unsigned made_ = 0;                                     ///< UUIDs given out
    unsigned defines_ = 0;
};

}  // namespace kvmtune::fakes
