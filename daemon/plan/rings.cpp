#include "daemon/plan/rings.hpp"

#include "daemon/plan/sizes.hpp"

namespace kvmtune::plan {

std::uint64_t ring_memory(unsigned entries, unsigned queues) {
    constexpr std::uint64_t largest_buffer = 4096;
    return entries * largest_buffer * queues;
}

std::uint64_t memory_for_rings(std::uint64_t memory) {
    return memory / 16;
}

unsigned rx_queue_size_for(const DomainFacts &domain, const DomainPolicy &policy, unsigned queues) {
    if (policy.rx_queue_size) return *policy.rx_queue_size;
    const std::uint64_t memory = memory_of(domain);
    if (memory == 0) return largest_ring;
    unsigned entries = largest_ring;
    while (entries > smallest_ring && ring_memory(entries, queues) > memory_for_rings(memory)) entries /= 2;
    return entries;
}

std::string ring_terms(const DomainFacts &domain, unsigned entries, unsigned queues) {
    const std::uint64_t memory = memory_of(domain);
    return std::to_string(entries) + " entries in " + std::to_string(queues) +
           (queues == 1 ? " queue hold up to " : " queues hold up to ") + size_text(ring_memory(entries, queues)) +
           (memory == 0
                ? ""
                : ", a sixteenth of the guest's " + size_text(memory) + " is " + size_text(memory_for_rings(memory)));
}

}  // namespace kvmtune::plan
