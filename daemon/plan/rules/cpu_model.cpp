// What CPU a guest sees: the host's own, in a topology that tells the truth about its seat. A guest that was built on
// another model or topology would find other hardware, and whoever wants that has to say so. For the same
// reason the threads that a guest was shown once stay, wherever it sits later.
#include <algorithm>
#include <optional>
#include <utility>

#include "daemon/plan/guest_cells.hpp"
#include "daemon/plan/left_alone.hpp"
#include "daemon/plan/rules/rules.hpp"

namespace kvmtune::plan::rules {

namespace {

constexpr const char *passthrough = "host-passthrough";

std::string text_of(const CpuTopology &topology) {
    return "sockets=" + std::to_string(topology.sockets) + " dies=" + std::to_string(topology.dies) +
           " cores=" + std::to_string(topology.cores) + " threads=" + std::to_string(topology.threads);
}

/// How many sockets the guest's NUMA cells make, one each; 1 without cells; nullopt if they do not share out the vCPUs
/// evenly and in order.
std::optional<unsigned> sockets_of(const DomainFacts &domain, const CpuModelFacts &cpu) {
    std::vector<CpuSet> cells;
    for (const GuestCell &cell : cpu.cells)
        if (!cell.vcpus.empty()) cells.push_back(cell.vcpus);
    if (cells.empty()) return 1;
    std::sort(cells.begin(), cells.end(),
              [](const CpuSet &left, const CpuSet &right) { return left.first() < right.first(); });
    const auto sockets = static_cast<unsigned>(cells.size());
    if (domain.vcpus % sockets != 0) return std::nullopt;
    const unsigned share = domain.vcpus / sockets;
    for (unsigned socket = 0; socket < sockets; ++socket)
        if (cells[socket] != CpuSet::range(socket * share, (socket + 1) * share - 1)) return std::nullopt;
    return sockets;
}

/// What the rule knows of one domain.
struct ModelledCpu {
    const HostFacts &host;
    const DomainSituation &domain;
    const Seat *seat;  ///< nullptr if it has none
    CpuModelFacts cpu;

    /// libvirt 9 writes QEMU's default into a definition that has no <cpu>; nobody chose that.
    [[nodiscard]] bool has_default_model() const {
        return cpu.mode == "custom" && cpu.match == "exact" && cpu.model == "qemu64" && cpu.features.empty();
    }
    [[nodiscard]] bool names_model() const {
        if (has_default_model()) return false;
        return !cpu.model.empty() || cpu.mode == "host-model" || cpu.mode == "maximum";
    }
    [[nodiscard]] bool wants_mode() const {
        return wants(domain, "cpu") && domain.policy->cpu_passthrough && cpu.mode != passthrough;
    }
    [[nodiscard]] bool wants_topology() const { return wants(domain, "topology") && domain.policy->cpu_topology; }
    [[nodiscard]] Disruption class_of_mode() const {
        return names_model() ? Disruption::guest_abi : Disruption::binding;
    }
    [[nodiscard]] Disruption class_of_topology() const {
        return names_model() || cpu.topology ? Disruption::guest_abi : Disruption::binding;
    }
    /// The one CPU that a vCPU is pinned to, by us or by the user.
    [[nodiscard]] std::optional<unsigned> cpu_of(unsigned vcpu) const;
    /// Whether vCPUs 2k and 2k+1 have the two threads of one core, all of them.
    [[nodiscard]] bool sits_on_siblings() const;
    [[nodiscard]] CpuTopology true_topology(unsigned sockets) const;
    [[nodiscard]] Wish wish(const std::string &name, const std::string &value, const std::string &because,
                            Disruption disruption) const;
};

std::optional<unsigned> ModelledCpu::cpu_of(unsigned vcpu) const {
    const auto single = [&](const std::map<unsigned, CpuSet> &pins) -> std::optional<unsigned> {
        const auto pin = pins.find(vcpu);
        if (pin == pins.end() || pin->second.size() != 1) return std::nullopt;
        return pin->second.first();
    };
    const auto ours = seat == nullptr ? std::nullopt : single(seat->vcpus);
    return ours ? ours : single(domain.facts.vcpupins);
}

bool ModelledCpu::sits_on_siblings() const {
    const unsigned vcpus = domain.facts.vcpus;
    if (vcpus == 0 || vcpus % 2 != 0) return false;
    for (unsigned vcpu = 0; vcpu < vcpus; vcpu += 2) {
        const auto first = cpu_of(vcpu);
        const auto second = cpu_of(vcpu + 1);
        if (!first || !second || *first == *second) return false;
        if (host.topology.siblings(*first) != CpuSet{*first, *second}) return false;
    }
    return true;
}

CpuTopology ModelledCpu::true_topology(unsigned sockets) const {
    const unsigned share = domain.facts.vcpus / sockets;
    const auto topoext = cpu.features.find("topoext");
    const bool hidden = topoext != cpu.features.end() && (topoext->second == "disable" || topoext->second == "forbid");
    CpuTopology topology;
    topology.sockets = sockets;
    topology.threads = share % 2 == 0 && !hidden && sits_on_siblings() ? 2 : 1;
    const auto shown = domain.present.threads;
    if (shown && *shown > 0 && share % *shown == 0) topology.threads = *shown;
    topology.cores = share / topology.threads;
    return topology;
}

Wish ModelledCpu::wish(const std::string &name, const std::string &value, const std::string &because,
                       Disruption disruption) const {
    return {{TargetKind::element, domain.facts.uuid, "cpu/" + name},
            value,
            because + " (" + domain.policy->source + ")",
            disruption,
            {}};
}

/// A mode that is held back takes its companions with it: they make sense with it only.
void add_mode(Proposal &proposal, const ModelledCpu &subject) {
    const Disruption disruption = subject.class_of_mode();
    proposal.wishes.push_back(subject.wish(
        "mode", passthrough,
        subject.names_model() ? "cpu: the guest gets all of the host's CPU, instead of " +
                                    (subject.cpu.model.empty() ? *subject.cpu.mode : "the model " + subject.cpu.model)
                              : "cpu: the guest gets all of the host's CPU; it names no model",
        disruption));
    if (!allows(subject.domain, disruption)) return;
    proposal.wishes.push_back(subject.wish("check", "none", "cpu: the host's own CPU needs no comparison", disruption));
    proposal.wishes.push_back(
        subject.wish("migratable", "on", "cpu: without what cannot migrate, as libvirt has it by itself", disruption));
}

/// The topology that is to replace what the guest has, or why that stays.
struct Verdict {
    std::optional<CpuTopology> topology;
    std::string why_not;
};

Verdict verdict_on_topology(const ModelledCpu &subject) {
    const DomainFacts &facts = subject.domain.facts;
    if (facts.vcpus == 0) return {};
    if (const auto reason = reason_to_keep_topology(facts)) return {std::nullopt, *reason};
    const auto sockets = sockets_of(facts, subject.cpu);
    if (!sockets) return {std::nullopt, "its NUMA cells do not share out its vCPUs evenly and in order"};
    const CpuTopology topology = subject.true_topology(*sockets);
    if (subject.cpu.topology == topology) return {};
    if (!subject.cpu.topology && topology == CpuTopology{}) return {};
    if (subject.cpu.topology && !names(subject.domain, "topology"))
        return {std::nullopt, "the user wrote it, and the policy section names no topology"};
    return {topology, ""};
}

void add_topology(Proposal &proposal, const ModelledCpu &subject, const CpuTopology &topology) {
    const std::string truth = topology.threads == 2 ? "its vCPUs sit on both threads of their cores"
                                                    : "its vCPUs are not pairs of threads of the host's cores";
    proposal.wishes.push_back(
        subject.wish("topology", text_of(topology),
                     "topology: " + std::to_string(subject.domain.facts.vcpus) + " vCPUs, and " + truth,
                     subject.class_of_topology()));
}

/// What of it will come about.
struct Granted {
    bool mode = false;
    std::optional<CpuTopology> topology;
};

/// AMD's threads are shown by topoext only, and host-passthrough does not switch it on by itself.
void add_topoext(Proposal &proposal, const ModelledCpu &subject, const Granted &ours) {
    if (subject.host.cpu_vendor != "AuthenticAMD" || subject.cpu.features.count("topoext") != 0) return;
    const bool passes_through = ours.mode || subject.cpu.mode == passthrough;
    const unsigned threads = (ours.topology ? *ours.topology : subject.cpu.topology.value_or(CpuTopology{})).threads;
    if (!passes_through || threads < 2 || (!ours.mode && !ours.topology)) return;
    const Disruption disruption = ours.topology ? subject.class_of_topology() : subject.class_of_mode();
    proposal.wishes.push_back(
        subject.wish("feature/topoext", "require", "cpu: AMD shows threads with this feature only", disruption));
}

void propose(Proposal &proposal, const ModelledCpu &subject) {
    const DomainSituation &domain = subject.domain;
    Granted ours{subject.wants_mode() && allows(domain, subject.class_of_mode()), std::nullopt};
    if (subject.wants_mode()) add_mode(proposal, subject);
    if (subject.wants_topology()) {
        const Verdict verdict = verdict_on_topology(subject);
        if (!verdict.why_not.empty())
            proposal.findings.push_back({domain.facts.name, "its CPU topology stays: " + verdict.why_not});
        if (verdict.topology) add_topology(proposal, subject, *verdict.topology);
        if (verdict.topology && allows(domain, subject.class_of_topology())) ours.topology = verdict.topology;
    }
    add_topoext(proposal, subject, ours);
}

}  // namespace

Proposal cpu_model(const Situation &situation, const Placement &placement) {
    Proposal proposal;
    for (const DomainSituation &domain : situation.domains) {
        if (!rewritable(domain) || reason_to_keep_cpu_model(domain.facts)) continue;
        CpuModelFacts cpu = domain.facts.cpu.value_or(CpuModelFacts{});
        if (auto mirrored = mirrored_cells(domain, situation, placement); mirrored.are_shown())
            cpu.cells = std::move(mirrored.cells);
        propose(proposal, {situation.host, domain, placement.seat_of(domain.facts.uuid), std::move(cpu)});
    }
    return proposal;
}

}  // namespace kvmtune::plan::rules
