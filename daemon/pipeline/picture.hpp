// Everything that was read for one plan: the domains as libvirt has them, the holds, and the situation as it would be
// without us. Reading changes nothing.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "daemon/apply/hypervisor.hpp"
#include "daemon/domain/document.hpp"
#include "daemon/pipeline/scope.hpp"
#include "daemon/pipeline/workplace.hpp"
#include "daemon/plan/hold.hpp"
#include "daemon/plan/situation.hpp"

namespace kvmtune::pipeline {

/// A domain and its documents.
struct Seen {
    apply::DomainRecord record;
    std::optional<domain::Document> definition;  ///< none for a transient domain
    std::optional<domain::Document> live;        ///< none while it is off
    plan::Observed knobs = {};                   ///< of its guest, as its agent told; empty if none answered
};

struct Picture {
    std::map<std::string, Seen> domains;  ///< by UUID; without those whose XML could not be read
    /// Names of those by UUID: they keep what they hold, and are in the situation, as far as they can be read, like
    /// domains that are out of scope.
    std::map<std::string, std::string> unread;
    plan::Holds holds;  ///< all of them, with what guests' agents hold since a boot or for another host
    plan::Situation situation;
    std::vector<plan::Finding> findings;
};

[[nodiscard]] Result<Picture> gather(Workplace &place, const Scope &scope);

}  // namespace kvmtune::pipeline
