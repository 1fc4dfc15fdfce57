// Hosts with pools of huge pages, and what the rule says of them.
#pragma once

#include "daemon/plan/huge_page_plan.hpp"
#include "tests/unit/rules/situations.hpp"

namespace kvmtune::plan {

/// Two nodes of 64 GiB, 60 of them free, with empty pools of 2 MiB and 1 GiB; 8 GiB a domain, seated on node 0 first.
inline Situation paged_host(const std::vector<DomainSituation> &domains) {
    Situation situation = host_with(domains);
    situation.host.qemu_reads_nodes = true;
    for (const unsigned node : {0u, 1u}) {
        situation.host.node_memory.push_back({node, 64 * gib, 60 * gib});
        situation.host.pools.push_back({node, 2048});
        situation.host.pools.push_back({node, 1048576});
    }
    return situation;
}

/// A domain of 8 GiB whose numatune says where it is.
inline DomainSituation on_node(DomainSituation domain, unsigned node) {
    domain.facts.memory_mode = "strict";
    domain.facts.memory_nodes = CpuSet{node};
    return domain;
}

inline DomainSituation with_pages(DomainSituation domain) {
    domain.facts.backing.hugepages = true;
    return domain;
}

inline Proposal page_proposal(const Situation &situation) {
    return rules::huge_pages(situation, huge_page_plan(situation, placement_of(situation)));
}

}  // namespace kvmtune::plan
