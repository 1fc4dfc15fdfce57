// What a policy's values mean, one function for each kind of value: a node in, the value or all that is wrong with it
// out. A note stands where the wrong value stands.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"

#include "base/cpu_set.hpp"
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

/// A sysctl with its canonical value, and where the value stands.
struct Sysctl {
    std::string name;
    std::string value;
    Position at;
};

[[nodiscard]] Read<bool> truth(const Node &node);
[[nodiscard]] Read<plan::Profile> profile(const Node &node);
[[nodiscard]] Read<plan::CpuPolicy> cpu_policy(const Node &node);
/// "auto" (nullopt) or 1 to 256.
[[nodiscard]] Read<std::optional<unsigned>> count(const Node &node);
/// "auto" (nullopt) or a CPU list that names at least one CPU.
[[nodiscard]] Read<std::optional<CpuSet>> housekeeping(const Node &node);
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

}  // namespace kvmtune::policy
