#include "daemon/plan/placement/shortage.hpp"

namespace kvmtune::plan {

namespace {

std::string mib_text(std::uint64_t bytes) {
    return std::to_string(bytes >> 20) + " MiB";
}

}  // namespace

Shortages::Shortages(const Placement &placement, const CpuSet &housekeeping)
    : placement_(placement), everywhere_(on({})), housekeeping_(housekeeping.text()) {}

Shortages::Left Shortages::on(const std::optional<CpuSet> &nodes) const {
    Left all;
    for (const auto &[node, left] : placement_.left) {
        if (nodes && !nodes->contains(node)) continue;
        all.text += all.text.empty() ? "" : ", ";
        all.text +=
            "node " + std::to_string(node) + " has " + std::to_string(left.cpus) + " CPUs and " + mib_text(left.memory);
        all.cpus += left.cpus;
    }
    if (all.text.empty()) all.text = "no node of its numatune is there";
    return all;
}

std::string Shortages::remedy(const SeatRequest &request, const Left &left) {
    if (!request.pins.empty()) return "Its own vcpupins keep it on their node";
    if (request.within) return "Its <vcpu cpuset> lets it have CPUs " + request.within->text() + " alone";
    return left.cpus < request.vcpus ? "Fewer vCPUs would do, or cpus = \"shared\"" : "Less memory would do";
}

Finding Shortages::of(const SeatRequest &request) const {
    const std::optional<Left> own = request.memory_nodes ? std::optional(on(request.memory_nodes)) : std::nullopt;
    const Left &left = own ? *own : everywhere_;
    constexpr std::size_t usual_length = 640;
    Finding finding{request.name, ""};
    std::string &text = finding.what;
    text.reserve(usual_length);
    text.append("no NUMA node has ");
    if (!request.shares) text.append("room for its ").append(std::to_string(request.vcpus)).append(" vCPUs and ");
    text.append("its memory (").append(mib_text(request.memory)).append(")");
    if (!request.shares) {
        if (request.pins.empty()) text.append(", nor have all together,");
        text.append(" beside the housekeeping CPUs (").append(housekeeping_).append(") and what others have");
    }
    text.append(": nothing is pinned. Left are: ").append(left.text);
    if (!request.shares) text.append(". ").append(remedy(request, left));
    return finding;
}

}  // namespace kvmtune::plan
