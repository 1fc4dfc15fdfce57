#include "daemon/cli/drawing/cell.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "daemon/cli/change_view.hpp"

namespace kvmtune::cli::drawing {

using plan::Role;
using plan::Use;

namespace {

std::set<std::string> guests_with(const std::vector<Use> &uses, Role role) {
    std::set<std::string> guests;
    for (const Use &use : uses)
        if (use.role == role) guests.insert(use.domain);
    return guests;
}

/// Roles of which a cell of this kind is.
std::set<Role> roles_of(Cell::Kind kind) {
    switch (kind) {
        case Cell::Kind::vcpu:
        case Cell::Kind::pool:
            return {Role::vcpu};
        case Cell::Kind::vhost:
            return {Role::vhost};
        case Cell::Kind::iothread:
            return {Role::iothread};
        case Cell::Kind::emulator:
        case Cell::Kind::housekeeping:
            return {Role::emulator};
        case Cell::Kind::crowded:
            return {Role::vcpu, Role::vhost};
        case Cell::Kind::withheld:
        case Cell::Kind::free:
            break;
    }
    return {};
}

/// "vCPU 3", shorter where it would be too long for a cell.
std::string text_of_vcpus(const std::vector<Use> &uses) {
    std::set<unsigned> vcpus;
    for (const Use &use : uses)
        if (use.role == Role::vcpu) vcpus.insert(use.number);
    if (vcpus.size() > 1) return counted(vcpus.size(), "vCPU");
    return (*vcpus.begin() < 100 ? "vCPU " : "v") + std::to_string(*vcpus.begin());
}

std::string label_of(const Cell &cell, const std::vector<Use> &uses) {
    switch (cell.kind) {
        case Cell::Kind::vcpu:
            return text_of_vcpus(uses);
        case Cell::Kind::pool:
            return "pool";
        case Cell::Kind::vhost:
            return "vhost";
        case Cell::Kind::iothread:
            return "iothread";
        case Cell::Kind::emulator:
            return "emulator";
        case Cell::Kind::housekeeping:
            return "host";
        case Cell::Kind::crowded:
            return counted(cell.guests.size(), "guest");
        case Cell::Kind::withheld:
            return "not ours";
        case Cell::Kind::free:
            break;
    }
    return "";
}

/// Guests in roles that the cell itself does not show, counted by role.
std::string besides(Cell::Kind kind, const std::vector<Use> &uses) {
    const auto shown = roles_of(kind);
    std::string text;
    for (const auto &[role, letter] : {std::pair{Role::vhost, 'h'}, {Role::iothread, 'i'}, {Role::emulator, 'e'}}) {
        const auto guests = guests_with(uses, role);
        if (shown.count(role) != 0 || guests.empty()) continue;
        text += (text.empty() ? "" : " ") + std::string(1, letter) + std::to_string(guests.size());
    }
    return text;
}

std::string line_of(const std::string &guest, Role role, const CpuSet &numbers) {
    const std::string plural = numbers.size() > 1 ? "s" : "";
    switch (role) {
        case Role::vcpu:
            return guest + ": vCPU" + plural + " " + numbers.text();
        case Role::vhost:
            return guest + ": vhost worker" + plural + " " + numbers.text();
        case Role::iothread:
            return guest + ": iothreads";
        case Role::emulator:
            break;
    }
    return guest + ": emulator";
}

/// A line for each guest and role, with all its numbers.
std::vector<std::string> uses_as_lines(const std::vector<Use> &uses) {
    std::map<std::tuple<std::string, Role, bool>, CpuSet> numbers;
    for (const Use &use : uses)
        if (use.number < CpuSet::limit) numbers[{use.domain, use.role, use.ours}].insert(use.number);
    std::vector<std::string> lines;
    for (const auto &[who, them] : numbers) {
        const auto &[guest, role, ours] = who;
        lines.push_back(line_of(guest, role, them) + (ours ? "" : " (pinned by its definition)"));
    }
    return lines;
}

}  // namespace

Cells::Cells(const plan::Occupancy &occupancy) : occupancy_(occupancy) {
    std::set<std::pair<std::string, unsigned>> seen;
    for (const auto &[cpu, uses] : occupancy.uses)
        for (const Use &use : uses)
            if (use.role == Role::vcpu && !seen.insert({use.domain, use.number}).second)
                roaming_.insert({use.domain, use.number});
}

bool Cells::roams(const Use &use) const {
    return roaming_.count({use.domain, use.number}) != 0;
}

Cell::Kind Cells::kind_of(unsigned cpu, const std::vector<Use> &uses) const {
    const auto owners = guests_with(uses, Role::vcpu);
    const auto workers = guests_with(uses, Role::vhost);
    const bool shared =
        std::all_of(uses.begin(), uses.end(), [&](const Use &use) { return use.role != Role::vcpu || roams(use); });
    const bool has_strangers =
        std::any_of(workers.begin(), workers.end(), [&](const std::string &name) { return owners.count(name) == 0; });
    if (!owners.empty() && (has_strangers || (owners.size() > 1 && !shared))) return Cell::Kind::crowded;
    if (!owners.empty()) return shared ? Cell::Kind::pool : Cell::Kind::vcpu;
    if (!workers.empty()) return Cell::Kind::vhost;
    if (!guests_with(uses, Role::iothread).empty()) return Cell::Kind::iothread;
    if (occupancy_.housekeeping.contains(cpu)) return Cell::Kind::housekeeping;
    if (!uses.empty()) return Cell::Kind::emulator;
    return owner_of(cpu).empty() ? Cell::Kind::free : Cell::Kind::withheld;
}

std::string Cells::owner_of(unsigned cpu) const {
    for (const plan::Withheld &one : occupancy_.withheld)
        if (one.cpus.contains(cpu)) return one.owner;
    return "";
}

Cell Cells::of(unsigned cpu) const {
    static const std::vector<Use> none;
    const auto at = occupancy_.uses.find(cpu);
    const auto &uses = at == occupancy_.uses.end() ? none : at->second;
    Cell cell;
    cell.kind = kind_of(cpu, uses);
    std::set<std::string> guests;
    for (const Role role : roles_of(cell.kind)) guests.merge(guests_with(uses, role));
    cell.guests.assign(guests.begin(), guests.end());
    cell.label = label_of(cell, uses);
    if (cell.kind != Cell::Kind::crowded) cell.besides = besides(cell.kind, uses);
    cell.housekeeping = occupancy_.housekeeping.contains(cpu);
    cell.withheld_by = owner_of(cpu);
    const auto roles = roles_of(cell.kind);
    cell.pinned_by_user =
        std::any_of(uses.begin(), uses.end(), [&](const Use &use) { return !use.ours && roles.count(use.role) != 0; });
    cell.uses = uses_as_lines(uses);
    return cell;
}

}  // namespace kvmtune::cli::drawing
