// A plan: the changes that lead from what is observed to what is desired, in the order in which to make them.
#pragma once

#include <string>
#include <vector>

#include "base/cpu_set.hpp"
#include "daemon/plan/hold.hpp"
#include "daemon/plan/target.hpp"
#include "daemon/plan/wish.hpp"

namespace kvmtune::plan {

struct Change {
    Target target;
    Value from;               ///< observed now
    Value to;                 ///< nullopt removes it
    std::string epoch;        ///< of the observation it was planned on
    bool gives_back = false;  ///< to is the hold's original: the hold ends with it
    std::string because;
    Disruption disruption = Disruption::live;
    std::vector<Target> requires_first;
    std::string unit = {};  ///< the wish's

    bool operator==(const Change &) const = default;
};

/// A desired target that cannot be brought about now, and what it waits for (a guest's agent, the next start).
struct Pending {
    Target target;
    Value value;  ///< what it is to become; nullopt: to be removed
    std::string waits_for;
    Value now = {};  ///< a pool's, as it is observed

    bool operator==(const Pending &) const = default;
};

/// What knobs wait for while no agent answers.
inline constexpr const char *the_agent = "the guest's agent";

struct Plan {
    std::vector<Change> changes;  ///< requirements first
    std::vector<Pending> pending;
    std::vector<Target>
        void_holds;  ///< holds whose epoch is over, or that already have their original back: to be dropped
    std::vector<Target> yielded;  ///< held, but somebody else's now: left alone, with a finding each
    std::vector<Finding> findings;

    [[nodiscard]] bool empty() const { return changes.empty() && pending.empty(); }
    bool operator==(const Plan &) const = default;
};

/// Whether two values of a target mean the same ("0,1" and "0-1" as CPUs; blanks in a sysctl), by kind of target.
[[nodiscard]] bool same_value(const Target &target, const Value &left, const Value &right);

/// Whether a held target's value is one that we gave it.
[[nodiscard]] bool is_ours(const Target &target, const Hold &hold, const Value &value);

/// The holds after these changes, for targets that hold exactly what they are given: elements of a definition.
[[nodiscard]] Holds held_after(Holds holds, const std::vector<Change> &changes);

/// The one decision of the program. A rollback desires nothing; a verify wants an empty plan; after a crash it is asked
/// again. A held target whose value is neither its original nor one of ours is yielded: left alone, with a finding; not
/// so a thread that the kernel moved because CPUs of its are not online any more (online: empty if not known).
[[nodiscard]] Plan diff(const Desired &desired, const Observed &observed, const Holds &holds,
                        const CpuSet &online = {});

}  // namespace kvmtune::plan
