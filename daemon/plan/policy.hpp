// What the administrator wants, as read from the policy files; the defaults are what holds with no file at all.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/cpu_set.hpp"
#include "daemon/plan/wish.hpp"

namespace kvmtune::plan {

enum class Profile { network, none };     ///< "latency" is not there yet
enum class CpuPolicy { dedicated, off };  ///< pins of their own for each vCPU, or none

struct HostPolicy {
    Profile profile = Profile::network;
    bool persist = true;                         ///< also write modules-load.d and sysctl.d
    std::map<std::string, std::string> sysctls;  ///< by dotted name, over the profile's
    std::vector<std::string> modules;            ///< beside the profile's
    std::optional<CpuSet> housekeeping;          ///< CPUs never given to guests; nullopt: one core a node, chosen by us

    bool operator==(const HostPolicy &) const = default;
};

struct DomainPolicy {
    std::vector<std::string> match;  ///< name globs, "uuid:...", "title:GLOB", "metadata:TAG"
    Profile profile = Profile::network;
    CpuPolicy cpus = CpuPolicy::dedicated;
    std::optional<unsigned> vhost_cpus;                ///< nullopt: derived from the queues
    std::optional<unsigned> queues;                    ///< per NIC; nullopt: derived
    std::map<std::string, std::string> guest_sysctls;  ///< over the profile's
    std::set<Disruption> allow;                        ///< consents beyond the default classes
    bool strict = false;
    bool migratable = false;
    std::set<std::string> named;  ///< keys that the section itself names: "queues", "cpus", ...
    std::string source;           ///< "file:line" of the section, or "built-in defaults"

    bool operator==(const DomainPolicy &) const = default;
};

struct Policy {
    HostPolicy host;
    std::vector<DomainPolicy> domains;           ///< first that matches wins
    std::map<std::string, std::string> sources;  ///< "host.sysctl.net.core.somaxconn" -> "file:line"

    bool operator==(const Policy &) const = default;
};

/// The section for a domain, or nullptr. Globs are fnmatch(3)'s.
[[nodiscard]] const DomainPolicy *section_for(const Policy &policy, const std::string &name, const std::string &uuid,
                                              const std::string &title, const std::set<std::string> &tags);

}  // namespace kvmtune::plan
