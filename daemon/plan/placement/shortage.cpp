#include "daemon/plan/placement/shortage.hpp"

namespace kvmtune::plan {

namespace {

std::string mib_text(std::uint64_t bytes) {
    return std::to_string(bytes >> 20) + " MiB";
}

}  // namespace

Shortages::Shortages(const Placement &placement, const CpuSet &housekeeping)
    : placement_(placement),
      everywhere_(on({})),
      beside_(" beside the housekeeping CPUs (" + housekeeping.text() + ") and what others have") {}

Shortages::Left Shortages::on(const std::optional<CpuSet> &nodes) const {
    Left all;
    std::string list;
    for (const auto &[node, left] : placement_.left) {
        if (nodes && !nodes->contains(node)) continue;
        list += list.empty() ? "" : ", ";
        list +=
            "node " + std::to_string(node) + " has " + std::to_string(left.cpus) + " CPUs and " + mib_text(left.memory);
        all.cpus += left.cpus;
    }
    all.text = ": nothing is pinned. Left are: " + (list.empty() ? "no node of its numatune is there" : list);
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
    const std::string memory = "its memory (" + mib_text(request.memory) + ")";
    constexpr std::size_t usual_length = 640;
    Finding finding{request.name, ""};
    std::string &text = finding.what;
    text.reserve(usual_length);
    if (request.shares) {
        text.append("no NUMA node has ").append(memory).append(left.text);
        return finding;
    }
    text.append("no NUMA node has room for its ").append(std::to_string(request.vcpus)).append(" vCPUs and ");
    text.append(memory).append(request.pins.empty() ? ", nor have all together," : "").append(beside_);
    text.append(left.text).append(". ").append(remedy(request, left));
    return finding;
}

}  // namespace kvmtune::plan
