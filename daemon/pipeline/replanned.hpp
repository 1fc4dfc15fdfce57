// A domain that comes to this host with the places of another one, or of this one as it was: by migration, or from a
// saved image. Only what says where it runs is planned anew, and only what we put there; nothing that its guest can see
// (queues, MTU, CPU, machine) is touched, for the guest runs already.
#pragma once

#include <map>
#include <string>

#include "base/result.hpp"
#include "daemon/domain/document.hpp"
#include "daemon/plan/facts.hpp"
#include "daemon/plan/ledger.hpp"
#include "daemon/plan/policy.hpp"

namespace kvmtune::pipeline {

/// What is known of the host that it comes to. Its free huge pages count where there are pools.
struct Destination {
    plan::HostFacts host;
    plan::Ledger taken;   ///< CPUs of others
    plan::Policy policy;  ///< which CPUs are the host's own, and how many the domain's workers get
};

/// The document with its pins, memory nodes and places of vhost workers as they should be here; where it sits already
/// is preferred. What cannot be planned is taken back, and dropped where the original does not exist here either. A
/// document without holds of ours is returned as it is.
[[nodiscard]] Result<domain::Document> replanned(const domain::Document &document, const Destination &destination);

}  // namespace kvmtune::pipeline
