// Pins of what runs, as somebody else's.
#pragma once

#include "daemon/domain/document.hpp"
#include "daemon/plan/hold.hpp"
#include "daemon/plan/situation.hpp"

namespace kvmtune::pipeline {

/// What we hold now, and of it the seat of the domain in question.
struct Ours {
    const plan::Holds &holds;
    const plan::Seat &present;
};

/// The pins of the live document that are not ours: neither by what we hold now, nor by what its own metadata says that
/// we gave it when it started. A vCPU that we put on one CPU and hold no more is still there, and counts. A pin on all
/// CPUs that guests may use is none: libvirt shows one for a thread that was let go.
[[nodiscard]] plan::ThreadPins others_pins(const domain::Document &live, const plan::DomainFacts &facts,
                                           const Ours &ours, const plan::HostFacts &host);

}  // namespace kvmtune::pipeline
