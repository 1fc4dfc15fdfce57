#include "daemon/cli/drawing/frames.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <tuple>
#include <utility>

#include "daemon/cli/drawing/fonts.hpp"
#include "daemon/cli/drawing/shelves.hpp"
#include "daemon/cli/drawing/text.hpp"
#include "daemon/plan/pool.hpp"

namespace kvmtune::cli::drawing {

namespace {

constexpr int threads_in_a_column = 4;

/// What a frame has around and between what is in it.
struct Form {
    int padding;
    int heading;  ///< height above what is in it
    int gap;
    int narrowest;
};

Form form_of(Level level) {
    switch (level) {
        case Level::package:
            return {frame_padding, 22, 10, 100};
        case Level::node:
            return {frame_padding, 38, 8, 150};
        case Level::cache:
            return {frame_padding, 16, 4, 0};
        case Level::core:
            return {2, 0, 2, 0};
        case Level::host:
        case Level::cpu:
            break;
    }
    return {0, 0, 14, 0};
}

using Cpus = std::vector<plan::Cpu>;

template <class Key>
auto grouped(const Cpus &cpus, Key key) {
    std::map<decltype(key(cpus.front())), Cpus> groups;
    for (const plan::Cpu &cpu : cpus) groups[key(cpu)].push_back(cpu);
    return groups;
}

/// A frame around those that are in it, side by side in rows that are no longer than the frame may be wide.
Frame around(Frame frame, int widest) {
    const Form form = form_of(frame.level);
    std::vector<Size> sizes;
    for (const Frame &one : frame.inside) sizes.push_back({one.box.width, one.box.height});
    const auto shelves = shelved(sizes, widest - 2 * form.padding, form.gap);
    for (std::size_t i = 0; i < frame.inside.size(); ++i) {
        Frame &one = frame.inside[i];
        const Box &place = shelves.boxes[i];
        one = moved(std::move(one), place.x + form.padding, place.y + form.padding + form.heading);
        one.box.height = place.height;
    }
    const int content = std::max({shelves.size.width, form.narrowest, width_of(frame.heading, small_font)});
    frame.box = {0, 0, content + 2 * form.padding, shelves.size.height + form.heading + 2 * form.padding};
    return frame;
}

/// The threads of a core below each other.
Frame core_frame(const Cpus &threads) {
    Frame core{Level::core};
    for (const plan::Cpu &cpu : threads)
        core.inside.push_back({Level::cpu, {0, 0, cell_size.width, cell_size.height}, {}, {}, cpu.index});
    const Form form = form_of(Level::core);
    const int columns = (static_cast<int>(threads.size()) - 1) / threads_in_a_column + 1;
    return around(std::move(core), columns * (cell_size.width + form.gap) - form.gap + 2 * form.padding);
}

Frame cache_frame(const std::string &heading, const Cpus &cpus, int widest) {
    Frame cache{Level::cache};
    cache.heading = heading;
    for (const auto &[core, threads] : grouped(cpus, [](const plan::Cpu &cpu) { return cpu.core; }))
        cache.inside.push_back(core_frame(threads));
    return around(std::move(cache), widest);
}

std::set<unsigned> packages_of(const Cpus &cpus) {
    std::set<unsigned> packages;
    for (const plan::Cpu &cpu : cpus) packages.insert(cpu.package);
    return packages;
}

/// ", slow cores" where there are several kinds: the higher, the faster.
std::string text_of_kind(unsigned kind, const std::set<unsigned> &kinds) {
    if (kinds.size() < 2) return "";
    if (kind == *kinds.begin()) return ", slowest cores";
    return kind == *kinds.rbegin() ? ", fastest cores" : ", cores of kind " + std::to_string(kind);
}

class Host {
  public:
    Host(const plan::Topology &topology, int widest) : topology_(topology), widest_(widest) {
        for (const plan::Cpu &cpu : topology.cpus) kinds_.insert(cpu.kind);
    }

    [[nodiscard]] Frame frame() const {
        Frame host{Level::host};
        std::vector<Frame> apart;  // nodes of no package, or of several
        std::map<unsigned, Frame> packages;
        for (const plan::Node &node : topology_.nodes) {
            const Cpus cpus = cpus_of(node);
            const auto of = packages_of(cpus);
            (of.size() == 1 ? packages[*of.begin()].inside : apart).push_back(node_frame(node, cpus));
        }
        for (auto &[index, package] : packages) {
            package.level = Level::package;
            package.heading = "package " + std::to_string(index);
            host.inside.push_back(around(std::move(package), widest_));
        }
        for (Frame &node : apart) host.inside.push_back(std::move(node));
        return around(std::move(host), widest_);
    }

  private:
    [[nodiscard]] Cpus cpus_of(const plan::Node &node) const {
        Cpus cpus;
        for (const plan::Cpu &cpu : topology_.cpus)
            if (cpu.node == node.index) cpus.push_back(cpu);
        return cpus;
    }

    [[nodiscard]] Frame node_frame(const plan::Node &node, const Cpus &cpus) const {
        Frame frame{Level::node};
        frame.heading = "node " + std::to_string(node.index) + ", " + plan::gib_text(node.memory);
        frame.detail = cpus.empty() ? "no CPUs" : "CPUs " + node.cpus.text();
        const int room = widest_ - 2 * frame_padding;
        const bool is_mixed = packages_of(cpus).size() > 1;
        for (const auto &[key, group] :
             grouped(cpus, [](const plan::Cpu &cpu) { return std::tuple(cpu.package, cpu.cache, cpu.kind); })) {
            const auto &[package, cache, kind] = key;
            const std::string heading = (is_mixed ? "package " + std::to_string(package) + ", " : "") + "L3 " +
                                        std::to_string(cache) + text_of_kind(kind, kinds_);
            frame.inside.push_back(cache_frame(heading, group, room - 2 * frame_padding));
        }
        return around(std::move(frame), room);
    }

    const plan::Topology &topology_;
    int widest_;
    std::set<unsigned> kinds_;
};

}  // namespace

Frame host_frame(const plan::Topology &topology, int widest) {
    return Host(topology, widest).frame();
}

Frame moved(Frame frame, int right, int down) {
    frame.box.x += right;
    frame.box.y += down;
    for (Frame &one : frame.inside) one = moved(std::move(one), right, down);
    return frame;
}

std::vector<const Frame *> frames_of(Level level, const Frame &frame) {
    std::vector<const Frame *> frames;
    if (frame.level == level) frames.push_back(&frame);
    for (const Frame &one : frame.inside) {
        const auto more = frames_of(level, one);
        frames.insert(frames.end(), more.begin(), more.end());
    }
    return frames;
}

}  // namespace kvmtune::cli::drawing
