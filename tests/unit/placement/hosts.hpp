// Hosts and guests for tests of placement and rules, and dice to make random ones.
#pragma once

#include <algorithm>
#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "daemon/plan/placement/placement.hpp"

namespace kvmtune::plan {

constexpr std::uint64_t gib = 1u << 30;

struct Shape {
    unsigned nodes = 2;
    unsigned cores = 4;               ///< a node
    unsigned threads = 2;             ///< a core; siblings are numbered one after the other
    std::uint64_t memory = 64 * gib;  ///< a node
    unsigned caches = 1;              ///< last-level ones a node; its cores are dealt out in a row
    unsigned slow_cores = 0;          ///< the last ones of a node, without SMT
};

inline Topology host_of(const Shape &shape) {
    Topology topology;
    unsigned index = 0;
    const unsigned behind_cache = (shape.cores + shape.caches - 1) / shape.caches;
    for (unsigned node = 0; node < shape.nodes; ++node) {
        Node made{node, shape.memory, {}};
        for (unsigned core = 0; core < shape.cores; ++core) {
            const bool is_slow = core + shape.slow_cores >= shape.cores;
            for (unsigned thread = 0; thread < (is_slow ? 1 : shape.threads); ++thread, ++index) {
                Cpu cpu{index, node * shape.cores + core, node};
                cpu.cache = node * shape.caches + core / behind_cache;
                cpu.kind = is_slow || shape.slow_cores == 0 ? 0 : 1;
                topology.cpus.push_back(cpu);
                made.cpus.insert(index);
            }
        }
        topology.nodes.push_back(made);
    }
    return topology;
}

/// A guest with one NIC of this many queues.
inline SeatRequest guest_of(const std::string &name, unsigned vcpus, unsigned queues) {
    SeatRequest request;
    request.uuid = name;
    request.name = name;
    request.vcpus = vcpus;
    request.memory = gib;
    for (unsigned queue = 0; queue < queues; ++queue) request.queues.emplace_back("52:54:00:00:00:01", queue);
    return request;
}

inline CpuSet vcpu_cpus(const Seat &seat) {
    CpuSet all;
    for (const auto &[vcpu, cpus] : seat.vcpus) all = all | cpus;
    return all;
}

inline CpuSet worker_cpus(const Seat &seat) {
    CpuSet all;
    for (const auto &[queue, cpus] : seat.workers) all = all | cpus;
    return all;
}

/// These CPUs with all siblings.
inline CpuSet whole_cores(const CpuSet &cpus, const Topology &topology) {
    CpuSet whole;
    for (const unsigned cpu : cpus) whole = whole | topology.siblings(cpu);
    return whole;
}

/// A domain that is off and out of scope.
inline DomainSituation kvm_domain(const std::string &name, unsigned vcpus, std::uint64_t memory) {
    DomainSituation domain;
    domain.facts.name = name;
    domain.facts.uuid = "uuid of " + name;
    domain.facts.type = "kvm";
    domain.facts.arch = "x86_64";
    domain.facts.os_type = "hvm";
    domain.facts.vcpus = vcpus;
    domain.facts.memory = memory;
    return domain;
}

/// How much of a guest's memory lies on these CPUs' node: as its vCPUs do, rounded up.
inline std::uint64_t memory_on(const CpuSet &node, const SeatRequest &request, const Seat &seat) {
    const std::uint64_t here = (vcpu_cpus(seat) & node).size();
    return (request.memory * here + request.vcpus - 1) / request.vcpus;
}

/// Random numbers that are the same for the same seed everywhere.
class Dice {
  public:
    explicit Dice(unsigned seed) : engine_(seed) {}

    /// From 0 to below limit.
    unsigned below(unsigned limit) { return static_cast<unsigned>(engine_() % limit); }
    /// True once in so many throws.
    bool once_in(unsigned times) { return below(times) == 0; }
    CpuSet some_cpus(unsigned most, unsigned limit) {
        CpuSet cpus;
        for (unsigned i = below(most) + 1; i > 0; --i) cpus.insert(below(limit));
        return cpus;
    }
    template <class T>
    void shuffle(std::vector<T> &items) {
        for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[below(static_cast<unsigned>(i))]);
    }

  private:
    std::mt19937 engine_;
};

}  // namespace kvmtune::plan
