// What MTU a segment should have, and who stands in the way of it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/plan/segment.hpp"

namespace kvmtune::plan {

inline constexpr unsigned usual_mtu = 1500;    ///< Ethernet's, and every guest's that nobody told otherwise
inline constexpr unsigned profile_mtu = 9000;  ///< the profile's, for bridges of libvirt's own

struct WantedMtu {
    unsigned mtu = usual_mtu;
    std::string because;
};

/// What the policy's section says, else what the user gave the network, else what the uplinks carry, else the
/// profile's; nullopt where it is not ours to say.
[[nodiscard]] std::optional<WantedMtu> wanted_mtu(const Segment &segment, const HostPolicy &host);

/// Whether a domain's NICs follow their segment: in scope, and its section does not keep its MTU.
[[nodiscard]] bool follows_segment(const DomainSituation &domain);

/// Who keeps an MTU out of the definitions, a sentence each; empty if nobody does. Definitions tell a guest its MTU at
/// its boot, so that all of the segment's domains count, running or not.
[[nodiscard]] std::vector<std::string> obstacles_in_definitions(const Segment &segment, unsigned mtu);

/// Who keeps the segment from being raised to this MTU now, a sentence each: ports, and guests that run and cannot be
/// told.
[[nodiscard]] std::vector<std::string> obstacles_in_what_runs(const Segment &segment, unsigned mtu);

/// What its guest's agent says of a NIC that runs; nullptr if it is silent or sees no such NIC.
[[nodiscard]] const GuestNic *guest_nic_of(const Member &member);

/// What reaches everybody on a segment that cannot be raised to this MTU, without us.
[[nodiscard]] unsigned carried_mtu(const Segment &segment, unsigned mtu);

}  // namespace kvmtune::plan
