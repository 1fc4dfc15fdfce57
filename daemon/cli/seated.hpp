// Who sits where, out of an answer to "topology": what its pictures are drawn from.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/cpu_set.hpp"
#include "base/json.hpp"
#include "daemon/plan/occupancy.hpp"

namespace kvmtune::cli {

/// The host's CPUs and nodes in the answer.
[[nodiscard]] plan::Topology topology_in(const Json &answer);
/// Who sits on them. A role that is not known here is left out: the answer may be of a later daemon.
[[nodiscard]] plan::Occupancy occupancy_in(const Json &answer);

/// A guest that sits somewhere, with its places.
struct SeatedGuest {
    std::string mark;  ///< one letter, or with more guests than letters two, the same in all pictures
    CpuSet vcpus, emulator, iothreads, vhost;
    std::set<unsigned> queues;  ///< of its vhost workers
    bool ours = false;          ///< we gave it a place
};

using SeatedGuests = std::map<std::string, SeatedGuest>;  ///< by name

[[nodiscard]] SeatedGuests guests_seated(const plan::Occupancy &occupancy);

/// "vCPUs 2-5", "emulator 0", ..., "not ours", as far as there is any.
[[nodiscard]] std::vector<std::string> places_of(const SeatedGuest &guest);

}  // namespace kvmtune::cli
