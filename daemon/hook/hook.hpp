// The libvirt hook. libvirt waits for it without a limit, holds a guest's lock meanwhile, and takes a bad end of it for
// a guest that must not start, or in reconnect must not live. Hence all of it ends with a deadline, it ends well
// whatever went wrong, and it never calls libvirt. It hands its call to the daemon; where no daemon is, and the
// document holds something of ours, to a stand-in that does what can be done without libvirt. A daemon that is there
// but slow has no stand-in: it will do the same, later.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "daemon/hook/peer.hpp"
#include "daemon/hook/wire.hpp"

namespace kvmtune::hook {

/// How the hook was called.
struct Invocation {
    std::string root = "/";
    Call call;  ///< without its document
};

/// From "HOOKS/qemu.d/kvmtune [--root DIR] OBJECT OPERATION SUB-OPERATION EXTRA", the program's path first: the folder
/// names the driver. Errors: invalid.
[[nodiscard]] Result<Invocation> invocation_from(const std::vector<std::string> &arguments);

/// How long all of this call may take, unless somebody who is there asks for patience. To plan a filter takes longer,
/// and nobody waits for the guest to start.
[[nodiscard]] std::chrono::milliseconds patience_for(const Call &call);

/// Whether the stand-in does anything for this call, with its document.
[[nodiscard]] bool is_for_stand_in(const Call &call);

/// What libvirt is told.
struct Outcome {
    int status = 0;
    std::string output;  ///< a filter's document; empty: libvirt keeps its own
    std::string note;    ///< a line for standard error, without its end; empty: none

    bool operator==(const Outcome &) const = default;
};

/// What an answer, or the want of one, comes to.
[[nodiscard]] Outcome outcome_of(const Call &call, const Result<Answer> &answer);

/// All of a call: its document from this descriptor, the daemon below the root, or the first program of these that can
/// be started in its place.
[[nodiscard]] Outcome run(const Invocation &invocation, int input, const std::vector<std::string> &stand_ins,
                          Deadline deadline);

}  // namespace kvmtune::hook
