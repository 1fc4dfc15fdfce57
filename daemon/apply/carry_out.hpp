// Carries out a plan: effect by effect, unit by unit. A unit (one domain, or one setting of the host) that fails is
// undone alone; what requires something that failed is skipped.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/apply/world.hpp"
#include "daemon/plan/plan.hpp"

namespace kvmtune::apply {

enum class Status { done, failed, undone, skipped };

/// What became of one change.
struct Outcome {
    plan::Change change;
    Status status = Status::done;
    std::string why;                      ///< for all but done
    std::optional<ErrorKind> error = {};  ///< of an effect that was tried

    bool operator==(const Outcome &) const = default;
};

struct Report {
    std::vector<Outcome> outcomes;
    std::vector<plan::Pending> pending;
    std::vector<plan::Finding> findings;

    [[nodiscard]] bool complete() const;  ///< every change is done; what is pending does not count
};

/// "done", "failed", "undone", "skipped".
[[nodiscard]] std::string text_of(Status status);

[[nodiscard]] Report carry_out(const plan::Plan &plan, World &world);

}  // namespace kvmtune::apply
