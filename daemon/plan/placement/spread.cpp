#include "daemon/plan/placement/spread.hpp"

#include <algorithm>
#include <map>
#include <tuple>
#include <vector>

namespace kvmtune::plan {

namespace {

/// Bytes for so many of its vCPUs, rounded up.
std::uint64_t memory_for(std::size_t vcpus, const SeatRequest &request) {
    return (request.memory * vcpus + request.vcpus - 1) / request.vcpus;
}

bool may_be_spread(const Board &board, const SeatRequest &request) {
    return request.pins.empty() && request.vcpus > 1 && board.nodes().size() > 1;
}

bool may_live_on(const Node &node, const SeatRequest &request) {
    return !request.memory_nodes || request.memory_nodes->contains(node.index);
}

/// As the firmware's SLIT has it, where a node is 10 from itself; 20 where it is not known.
unsigned distance(const Node &from, unsigned to) {
    const auto found = from.distances.find(to);
    return from.index == to ? 10 : found == from.distances.end() ? 20 : found->second;
}

/// What of a node it could have.
struct Part {
    const Node *node = nullptr;
    CpuSet room;
    std::size_t vcpus = 0;                 ///< that the node has CPUs and memory for
    std::map<unsigned, unsigned> present;  ///< CPUs of the room where its vCPUs sit now, by vCPU
};

/// The most vCPUs whose memory the node has.
std::size_t vcpus_by_memory(std::uint64_t left, const SeatRequest &request) {
    if (request.memory == 0) return request.vcpus;
    std::size_t vcpus = std::min<std::uint64_t>(left * request.vcpus / request.memory, request.vcpus);
    while (vcpus > 0 && memory_for(vcpus, request) > left) --vcpus;
    return vcpus;
}

std::vector<Part> parts_for(const Board &board, Board::Owner owner, const SeatRequest &request, const CpuSet &allowed) {
    std::vector<Part> parts;
    for (const Node &node : board.nodes()) {
        if (!may_live_on(node, request)) continue;
        const CpuSet room = room_on(board, owner, request, node.index) & allowed;
        const auto by_memory = vcpus_by_memory(board.memory_left(node.index), request);
        const std::size_t vcpus = std::min(room.size(), by_memory);
        if (vcpus > 0) parts.push_back({&node, room, vcpus, present_in(room, request)});
    }
    return parts;
}

/// Nodes that it fits on together, and how good they are: less is better.
struct Choice {
    std::vector<const Part *> parts;
    std::size_t vcpus = 0;
    std::size_t present = 0;  ///< vCPUs that sit there now
    unsigned distances = 0;   ///< between its nodes, each pair both ways

    [[nodiscard]] unsigned distances_to(const Part &part) const {
        unsigned sum = 0;
        for (const Part *one : parts)
            sum += distance(*one->node, part.node->index) + distance(*part.node, one->node->index);
        return sum;
    }
    void add(const Part &part) {
        distances += distances_to(part);
        vcpus += part.vcpus;
        present += std::min(part.present.size(), part.vcpus);
        parts.push_back(&part);
    }
    [[nodiscard]] bool has(const Part &part) const {
        return std::find(parts.begin(), parts.end(), &part) != parts.end();
    }
    [[nodiscard]] auto rank(const SeatRequest &request) const {
        const bool is_near = std::any_of(parts.begin(), parts.end(),
                                         [&](const Part *part) { return part->node->index == request.near; });
        return std::tuple(request.vcpus - present, parts.size(), !is_near, distances);
    }
};

/// From one node on, always the best that is left: where it sits now, what completes it, what is near, what has room.
std::optional<Choice> grown_from(const Part &first, const std::vector<Part> &parts, std::size_t vcpus) {
    Choice choice;
    choice.add(first);
    while (choice.vcpus < vcpus) {
        const Part *next = nullptr;
        const auto rank = [&](const Part &part) {
            return std::tuple(vcpus - part.present.size(), choice.vcpus + part.vcpus < vcpus, choice.distances_to(part),
                              vcpus - part.vcpus);
        };
        for (const Part &part : parts)
            if (!choice.has(part) && (next == nullptr || rank(part) < rank(*next))) next = &part;
        if (next == nullptr) return std::nullopt;
        choice.add(*next);
    }
    return choice;
}

std::optional<Choice> best_choice(const std::vector<Part> &parts, const SeatRequest &request) {
    std::optional<Choice> best;
    for (const Part &part : parts) {
        auto choice = grown_from(part, parts, request.vcpus);
        if (choice && (!best || choice->rank(request) < best->rank(request))) best = std::move(choice);
    }
    return best;
}

/// How many vCPUs each node gets: about as many, in whole cores while there is room for that.
std::map<unsigned, std::size_t> shares_of(Choice choice, const Board &board, std::size_t vcpus) {
    std::sort(choice.parts.begin(), choice.parts.end(), [](const Part *left, const Part *right) {
        return std::tie(left->vcpus, left->node->index) < std::tie(right->vcpus, right->node->index);
    });
    std::map<unsigned, std::size_t> shares;
    std::size_t nodes = choice.parts.size();
    for (const Part *part : choice.parts) {
        const std::size_t threads = board.whole_cores(CpuSet{part->room.first()}).size();
        const std::size_t even = (vcpus + nodes - 1) / nodes;
        const std::size_t whole = (even + threads - 1) / threads * threads;
        shares[part->node->index] = std::min({whole, part->vcpus, vcpus});
        vcpus -= shares[part->node->index];
        --nodes;
    }
    return shares;
}

/// The places that it has on the nodes already, no more than it gets there.
Home home_of_present(const Choice &choice, const std::map<unsigned, std::size_t> &shares) {
    Home home;
    for (const Part *part : choice.parts) {
        std::size_t left = shares.at(part->node->index);
        if (left > 0) home.nodes.insert(part->node->index);
        for (auto place = part->present.begin(); place != part->present.end() && left > 0; ++place, --left)
            home.cpus.insert(*place);
    }
    return home;
}

const Part &part_on(unsigned node, const Choice &choice) {
    return **std::find_if(choice.parts.begin(), choice.parts.end(),
                          [&](const Part *part) { return part->node->index == node; });
}

Home home_on(const Choice &choice, const Board &board, Board::Owner owner, const SeatRequest &request,
             const CpuSet &avoid) {
    const auto shares = shares_of(choice, board, request.vcpus);
    Home home = home_of_present(choice, shares);
    unsigned vcpu = 0;
    for (const unsigned node : home.nodes) {
        const CpuSet kept = home.all();
        const CpuSet room = part_on(node, choice).room - kept;
        const std::size_t missing = shares.at(node) - (kept & board.cpus_of(node)).size();
        const auto caches = ranked_caches(board, room, home, missing, 0);
        for (const unsigned cpu : board.fitting(missing, owner, room, avoid, caches)) {
            while (home.cpus.count(vcpu) != 0) ++vcpu;
            home.cpus[vcpu] = cpu;
        }
    }
    return home;
}

CpuSet nodes_of(const Board &board, const CpuSet &cpus) {
    CpuSet nodes;
    for (const Node &node : board.nodes())
        if (node.cpus.intersects(cpus)) nodes.insert(node.index);
    return nodes;
}

bool has_its_memory(const Board &board, const SeatRequest &request, const Home &home) {
    return std::all_of(board.nodes().begin(), board.nodes().end(), [&](const Node &node) {
        if (!home.nodes.contains(node.index)) return true;
        return may_live_on(node, request) &&
               memory_on(node.index, board, request, home) <= board.memory_left(node.index);
    });
}

}  // namespace

std::uint64_t memory_on(unsigned node, const Board &board, const SeatRequest &request, const Home &home) {
    return memory_for((home.all() & board.cpus_of(node)).size(), request);
}

std::optional<Home> kept_spread(const Board &board, Board::Owner owner, const SeatRequest &request) {
    if (!may_be_spread(board, request) || request.present.vcpus.size() < request.vcpus) return std::nullopt;
    const CpuSet free = board.free_for(owner);
    const CpuSet room = request.within ? free & *request.within : free;
    Home home;
    for (unsigned vcpu = 0; vcpu < request.vcpus; ++vcpu) {
        const auto seat = request.present.vcpus.find(vcpu);
        if (seat == request.present.vcpus.end() || seat->second.size() != 1) return std::nullopt;
        home.cpus[vcpu] = seat->second.first();
    }
    const CpuSet cpus = home.all();
    home.nodes = nodes_of(board, cpus);
    const bool is_right = cpus.size() == request.vcpus && room.contains(cpus) && home.nodes.size() > 1 &&
                          has_its_memory(board, request, home);
    return is_right ? std::optional(home) : std::nullopt;
}

bool may_spread(const Board &board, Board::Owner owner, const SeatRequest &request) {
    if (!may_be_spread(board, request)) return false;
    std::size_t most = board.rest_of(owner);
    for (const Node &node : board.nodes()) most += board.open_on(node.index);
    return most >= request.vcpus;
}

std::optional<Home> new_spread(const Board &board, Board::Owner owner, const SeatRequest &request,
                               const CpuSet &avoid) {
    for (const CpuSet &allowed : choices_of(board, avoid)) {
        const auto parts = parts_for(board, owner, request, allowed);
        if (const auto choice = best_choice(parts, request)) return home_on(*choice, board, owner, request, avoid);
    }
    return std::nullopt;
}

}  // namespace kvmtune::plan
