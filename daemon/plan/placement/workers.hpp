// CPUs for a guest's vhost workers, once its home is known.
#pragma once

#include <optional>

#include "daemon/plan/placement/board.hpp"
#include "daemon/plan/placement/home.hpp"
#include "daemon/plan/placement/placement.hpp"

namespace kvmtune::plan {

/// How many CPUs its workers should have: the policy's number, else one for two queues; never more than queues.
[[nodiscard]] std::size_t wanted_worker_cpus(const SeatRequest &request);

/// The CPUs that its workers have now, as far as the present seat tells: of a domain that is off only the emulator's.
[[nodiscard]] CpuSet present_worker_cpus(const SeatRequest &request, const CpuSet &housekeeping);

/// Those, if all of that is still right. Only for workers with CPUs of their own: a pool's CPUs are there for all, and
/// preferring the present ones is enough.
[[nodiscard]] std::optional<CpuSet> kept_worker_cpus(const Board &board, Board::Owner owner,
                                                     const SeatRequest &request);

/// As many as there are of those wanted, on CPUs of avoid only where there are no others; empty if there is no room.
[[nodiscard]] CpuSet new_worker_cpus(const Board &board, Board::Owner owner, const SeatRequest &request,
                                     const Home &home, const CpuSet &avoid);

/// Where the emulator runs: housekeeping CPUs of the guest's nodes, and its workers' CPUs. It always touches each node,
/// at worst on the vCPUs' CPUs: QEMU fails at start if its memory's node is out of its reach.
[[nodiscard]] CpuSet emulator_cpus(const Board &board, const SeatRequest &request, const Home &home,
                                   const CpuSet &workers);

}  // namespace kvmtune::plan
