// A segment: a bridge of the host with all that hangs on it. A packet that is larger than a port behind it takes is
// lost without a word, so that its MTU is one value for all its members.
#pragma once

#include <string>
#include <vector>

#include "daemon/plan/situation.hpp"

namespace kvmtune::plan {

/// A NIC of a domain on a segment. The situation that it points into must outlive it.
struct Member {
    const DomainSituation *domain = nullptr;
    const NicFacts *nic = nullptr;
    const Link *tap = nullptr;  ///< the bridge's port of a NIC that runs; nullptr if it is not known
};

struct Segment {
    std::string bridge;                     ///< the name of the bridge
    const Link *link = nullptr;             ///< the bridge itself; nullptr while it is not there
    const NetworkFacts *owner = nullptr;    ///< the libvirt network whose own bridge it is; nullptr: somebody else's
    const NetworkPolicy *policy = nullptr;  ///< the section of a libvirt network on it
    std::vector<Member> defined;            ///< NICs of persistent definitions, whether they run or not
    std::vector<Member> running;
    std::vector<const Link *> uplinks;  ///< its ports of hardware, bonds and VLANs
    std::vector<const Link *> foreign;  ///< its other ports that are no domain's NIC

    /// As findings call it: "network default", "bridge br0".
    [[nodiscard]] std::string name() const;
    /// Its ports, whosever they are.
    [[nodiscard]] std::vector<const Link *> ports() const;
};

/// The segments that a domain's NIC is on or a libvirt network has a bridge for, by name of the bridge.
[[nodiscard]] std::vector<Segment> segments_of(const Situation &situation);

}  // namespace kvmtune::plan
