#include "daemon/plan/placement/shortage.hpp"

namespace kvmtune::plan {

namespace {

std::string mib_text(std::uint64_t bytes) {
    return std::to_string(bytes >> 20) + " MiB";
}

/// Of each node where it may live.
std::string what_is_left(const SeatRequest &request, const Placement &placement) {
    std::string text;
    for (const auto &[node, left] : placement.left) {
        if (request.memory_nodes && !request.memory_nodes->contains(node)) continue;
        text += text.empty() ? "" : ", ";
        text +=
            "node " + std::to_string(node) + " has " + std::to_string(left.cpus) + " CPUs and " + mib_text(left.memory);
    }
    return text.empty() ? "no node of its numatune is there" : text;
}

std::string remedy(const SeatRequest &request, const Placement &placement) {
    if (!request.pins.empty()) return "Its own vcpupins keep it on their node";
    if (request.within) return "Its <vcpu cpuset> lets it have CPUs " + request.within->text() + " alone";
    std::size_t cpus = 0;
    for (const auto &[node, left] : placement.left)
        if (!request.memory_nodes || request.memory_nodes->contains(node)) cpus += left.cpus;
    return cpus < request.vcpus ? "Fewer vCPUs would do, or cpus = \"shared\"" : "Less memory would do";
}

}  // namespace

Finding shortage(const SeatRequest &request, const Placement &placement, const CpuSet &housekeeping) {
    const std::string left = ": nothing is pinned. Left are: " + what_is_left(request, placement);
    if (request.shares) return {request.name, "no NUMA node has its memory (" + mib_text(request.memory) + ")" + left};
    const std::string together = request.pins.empty() ? ", nor have all together," : "";
    return {request.name, "no NUMA node has room for its " + std::to_string(request.vcpus) + " vCPUs and its memory (" +
                              mib_text(request.memory) + ")" + together + " beside the housekeeping CPUs (" +
                              housekeeping.text() + ") and what others have" + left + ". " +
                              remedy(request, placement)};
}

}  // namespace kvmtune::plan
