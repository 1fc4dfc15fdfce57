#include "daemon/cli/seated.hpp"

#include <optional>

#include "daemon/cli/change_view.hpp"
#include "daemon/cli/member.hpp"

namespace kvmtune::cli {

namespace {

constexpr std::size_t letters = 26;

unsigned unsigned_at(const Json &json, std::string_view name) {
    return static_cast<unsigned>(number_at(json, name));
}

std::optional<plan::Role> role_from(const std::string &text) {
    using plan::Role;
    for (const Role role : {Role::vcpu, Role::emulator, Role::iothread, Role::vhost})
        if (text == text_of(role)) return role;
    return std::nullopt;
}

char letter(std::size_t number) {
    return static_cast<char>('a' + number % letters);
}

/// a, b, ..., or aa, ab, ...
void mark(SeatedGuests &guests) {
    std::size_t number = 0;
    for (auto &[name, guest] : guests) {
        if (guests.size() > letters) guest.mark = letter(number / letters);
        guest.mark += letter(number++);
    }
}

CpuSet &places_in(SeatedGuest &guest, plan::Role role) {
    switch (role) {
        case plan::Role::emulator:
            return guest.emulator;
        case plan::Role::iothread:
            return guest.iothreads;
        case plan::Role::vhost:
            return guest.vhost;
        case plan::Role::vcpu:
            break;
    }
    return guest.vcpus;
}

}  // namespace

plan::Topology topology_in(const Json &answer) {
    plan::Topology topology;
    for (const Json &cpu : list_at(answer, "cpus"))
        topology.cpus.push_back({unsigned_at(cpu, "index"), unsigned_at(cpu, "core"), unsigned_at(cpu, "node"),
                                 unsigned_at(cpu, "package"), unsigned_at(cpu, "cache"), unsigned_at(cpu, "kind")});
    for (const Json &node : list_at(answer, "nodes"))
        topology.nodes.push_back({unsigned_at(node, "index"), static_cast<std::uint64_t>(number_at(node, "memory")),
                                  CpuSet::parse(text_at(node, "cpus")).value_or(CpuSet{})});
    return topology;
}

plan::Occupancy occupancy_in(const Json &answer) {
    plan::Occupancy occupancy;
    for (const Json &cpu : list_at(answer, "cpus")) {
        const unsigned index = unsigned_at(cpu, "index");
        if (is_true(cpu, "housekeeping")) occupancy.housekeeping.insert(index);
        for (const Json &use : list_at(cpu, "uses"))
            if (const auto role = role_from(text_at(use, "role")))
                occupancy.uses[index].push_back(
                    {text_at(use, "domain"), *role, unsigned_at(use, "number"), is_true(use, "ours")});
    }
    for (const Json &one : list_at(answer, "withheld"))
        occupancy.withheld.push_back(
            {text_at(one, "owner"), CpuSet::parse(text_at(one, "cpus")).value_or(CpuSet{}), ""});
    occupancy.offline = CpuSet::parse(text_at(answer, "offline")).value_or(CpuSet{});
    for (const Json &name : list_at(answer, "floating"))
        if (name.text() != nullptr) occupancy.floating.push_back(*name.text());
    return occupancy;
}

SeatedGuests guests_seated(const plan::Occupancy &occupancy) {
    SeatedGuests guests;
    for (const auto &[cpu, uses] : occupancy.uses)
        for (const plan::Use &use : uses) {
            SeatedGuest &guest = guests[use.domain];
            places_in(guest, use.role).insert(cpu);
            if (use.role == plan::Role::vhost) guest.queues.insert(use.number);
            guest.ours = guest.ours || use.ours;
        }
    mark(guests);
    return guests;
}

std::vector<std::string> places_of(const SeatedGuest &guest) {
    std::vector<std::string> places;
    if (!guest.vcpus.empty()) places.push_back("vCPUs " + guest.vcpus.text());
    if (!guest.emulator.empty()) places.push_back("emulator " + guest.emulator.text());
    if (!guest.iothreads.empty()) places.push_back("iothreads " + guest.iothreads.text());
    if (!guest.vhost.empty())
        places.push_back("vhost " + guest.vhost.text() + " (" + counted(guest.queues.size(), "queue") + ")");
    if (!guest.ours) places.push_back("not ours");
    return places;
}

}  // namespace kvmtune::cli
