// What was asked for on the command line.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/plan/wish.hpp"

namespace kvmtune::cli {

enum class Command { rewrite, plan, apply, verify, rollback, status, explain, facts, topology, rebalance, doctor };

struct Options {
    Command command = Command::status;
    std::vector<std::string> domains;  ///< names or UUIDs; of rewrite: the file
    std::string subject;               ///< of explain: a target or a domain
    std::string uri = "qemu:///system";
    std::string root = "/";
    std::optional<std::string> policy;    ///< a file, instead of those in /etc
    std::optional<std::string> topology;  ///< hwloc XML, a file with it, or a synthetic description
    std::optional<std::string> capture;   ///< of facts: a folder for what was read of the host
    std::set<plan::Disruption> allow;
    bool here = false;  ///< in this process, also where a daemon runs
    bool json = false;
    bool color = true;  ///< allowed; used on a terminal only
    bool quiet = false;
    bool verbose = false;
    bool host_only = false;
    bool offline = false;  ///< the hypervisor's files are read, it is not asked
    bool planned = false;  ///< of topology: as it is to be
    bool svg = false;      ///< of topology: as an SVG picture
    bool moving = false;   ///< of rebalance: do it
    bool dry_run = false;
    bool restart = false;
    bool force = false;
    bool all = false;
    unsigned timeout = 180;       ///< seconds for a guest to shut down
    unsigned agent_timeout = 60;  ///< seconds for a guest's agent to answer after a start
};

}  // namespace kvmtune::cli
