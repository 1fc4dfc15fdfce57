// What a policy's values mean, one function for each kind of value: a node in, the value or all that is wrong with it
// out. A note stands where the wrong value stands.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/cpu_set.hpp"
#include "base/result.hpp"
#include "daemon/plan/policy.hpp"
#include "daemon/policy/document.hpp"

namespace kvmtune::policy {

struct Note {
    Position at;
    std::string what;
};

template <class T>
using Read = tl::expected<T, std::vector<Note>>;

/// One note on a value.
[[nodiscard]] tl::unexpected<std::vector<Note>> wrong(const Node &node, std::string what);

/// Where huge pages come from; pages is a number per node, of a fixed pool.
struct Pool {
    plan::HugePagePolicy::Pool kind = plan::HugePagePolicy::Pool::reserve;
    std::uint64_t pages = 0;
};

/// A share of a node's memory, or bytes of it.
struct Reserve {
    std::optional<unsigned> percent;
    std::optional<std::uint64_t> bytes;
};

/// A sysctl with its canonical value, and where the value stands.
struct Sysctl {
    std::string name;
    std::string value;
    Position at;
};

[[nodiscard]] Read<bool> truth(const Node &node);
[[nodiscard]] Read<plan::Profile> profile(const Node &node);
[[nodiscard]] Read<plan::CpuPolicy> cpu_policy(const Node &node);
[[nodiscard]] Read<plan::MemoryPolicy> memory_policy(const Node &node);
[[nodiscard]] Read<plan::DiskPolicy> disk_policy(const Node &node);
/// "host-passthrough" is true, "keep" false.
[[nodiscard]] Read<bool> cpu_model(const Node &node);
/// "auto" is true, "keep" false.
[[nodiscard]] Read<bool> cpu_topology(const Node &node);
[[nodiscard]] Read<bool> guest_cells(const Node &node);
/// "q35" is true, "keep" false.
[[nodiscard]] Read<bool> machine(const Node &node);
/// A domain's: "network" is true, "keep" false.
[[nodiscard]] Read<bool> follows_mtu(const Node &node);
[[nodiscard]] Read<bool> reapplies(const Node &node);
[[nodiscard]] Read<bool> gives_back(const Node &node);
/// "auto" (nullopt) or 1 to 256.
[[nodiscard]] Read<std::optional<unsigned>> count(const Node &node);
/// "auto" (nullopt) or one of QEMU's sizes of a receive ring: 256, 512, 1024.
[[nodiscard]] Read<std::optional<unsigned>> rx_queue_size(const Node &node);
/// "auto" (nullopt) or bytes from 1280, the least that IPv6 takes, to 65521, the most that a tap device takes.
[[nodiscard]] Read<std::optional<unsigned>> network_mtu(const Node &node);
[[nodiscard]] Read<plan::NetworkPolicy::Filter> bridge_netfilter(const Node &node);
/// "auto" (nullopt) or a CPU list that names at least one CPU.
[[nodiscard]] Read<std::optional<CpuSet>> housekeeping(const Node &node);
[[nodiscard]] Read<plan::IsolatedCpus> isolated_cpus(const Node &node);
/// "reserve", "on-demand", "off", or a number of pages per node.
[[nodiscard]] Read<Pool> pool(const Node &node);
/// "2MiB" or "1GiB", a list of them, or "best" for all, the largest first; in KiB.
[[nodiscard]] Read<std::vector<std::uint64_t>> page_sizes(const Node &node);
/// "10%" (0 to 99) or "4GiB" (KiB, MiB, GiB, TiB).
[[nodiscard]] Read<Reserve> keep_free(const Node &node);
/// Names of kernel modules, with '_' for '-', each once.
[[nodiscard]] Read<std::vector<std::string>> modules(const Node &node);
/// Patterns for domains, at least one; UUIDs become lower case with dashes.
[[nodiscard]] Read<std::vector<std::string>> patterns(const Node &node);
/// Names of classes that need consent.
[[nodiscard]] Read<std::set<plan::Disruption>> consents(const Node &node);
/// A table of sysctls, by quoted ("net.core.rmem_max") or dotted keys, in the order of the text.
[[nodiscard]] Read<std::vector<Sysctl>> sysctls(const Node &node);
/// The same, of a guest: only what its agent may set.
[[nodiscard]] Read<std::vector<Sysctl>> guest_sysctls(const Node &node);

/// What is impossible about a canonical value of a sysctl that we know; empty if nothing is, or if we do not know it.
[[nodiscard]] std::string objection_to(const std::string &sysctl, const std::string &value);

}  // namespace kvmtune::policy
