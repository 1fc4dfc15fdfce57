#include "daemon/cli/drawing/signs.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

namespace kvmtune::cli::drawing {

namespace {

const char *meaning_of(Cell::Kind kind) {
    switch (kind) {
        case Cell::Kind::vcpu:
            return "a vCPU on a CPU of its own";
        case Cell::Kind::pool:
            return "vCPUs that share several CPUs";
        case Cell::Kind::vhost:
            return "vhost workers";
        case Cell::Kind::iothread:
            return "iothreads";
        case Cell::Kind::emulator:
            return "only emulators";
        case Cell::Kind::housekeeping:
            return "housekeeping, and emulators";
        case Cell::Kind::crowded:
            return "guests in each other's way";
        case Cell::Kind::withheld:
            return "somebody else's: no guest gets it";
        case Cell::Kind::free:
            break;
    }
    return "free";
}

/// How much of a cell is beside its kind.
int distractions(const Cell &cell) {
    const bool is_two_things = cell.housekeeping && cell.kind != Cell::Kind::housekeeping;
    return (cell.pinned_by_user ? 4 : 0) + (is_two_things ? 2 : 0) + (cell.besides.empty() ? 0 : 1);
}

}  // namespace

std::vector<Sign> signs_in(const plan::Topology &topology, const Cells &cells) {
    std::map<Cell::Kind, std::pair<int, unsigned>> best;
    std::optional<unsigned> of_user, of_host;
    for (const plan::Cpu &cpu : topology.cpus) {
        const Cell cell = cells.of(cpu.index);
        const std::pair candidate{distractions(cell), cpu.index};
        const auto [at, is_first] = best.insert({cell.kind, candidate});
        if (!is_first) at->second = std::min(at->second, candidate);
        if (cell.pinned_by_user && !of_user) of_user = cpu.index;
        if (cell.housekeeping && !of_host) of_host = cpu.index;
    }
    std::vector<Sign> signs;
    for (const auto &[kind, candidate] : best) signs.push_back({candidate.second, meaning_of(kind)});
    if (of_host && best.count(Cell::Kind::housekeeping) == 0) signs.push_back({*of_host, "grey: housekeeping"});
    if (of_user) signs.push_back({*of_user, "dashed: pinned by its definition"});
    return signs;
}

std::vector<std::string> remarks_on(const plan::Topology &topology, const Cells &cells) {
    const bool has_besides = std::any_of(topology.cpus.begin(), topology.cpus.end(),
                                         [&](const plan::Cpu &cpu) { return !cells.of(cpu.index).besides.empty(); });
    if (!has_besides) return {};
    return {"top right: e2, i1, h1: emulators, iothreads, vhost workers of so many guests are there too"};
}

}  // namespace kvmtune::cli::drawing
