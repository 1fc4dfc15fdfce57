#include "daemon/plan/overlaps.hpp"
#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

Proposal cpu_owners(const Situation &situation, const Placement &placement) {
    return {{}, findings_on_cpus(situation, placement)};
}

}  // namespace kvmtune::plan::rules
