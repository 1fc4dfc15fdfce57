#include "daemon/cli/topology_view.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "daemon/cli/drawing/cell.hpp"
#include "daemon/cli/member.hpp"
#include "daemon/cli/seated.hpp"
#include "daemon/plan/pool.hpp"

namespace kvmtune::cli {

namespace {

constexpr std::size_t cores_in_a_row = 24;

unsigned count_at(const Json &json, std::string_view name) {
    return static_cast<unsigned>(number_at(json, name));
}

std::string upper(std::string text) {
    std::transform(text.begin(), text.end(), text.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    return text;
}

class Picture {
  public:
    Picture(const Json &answer, const Palette &palette)
        : answer_(answer),
          palette_(palette),
          occupancy_(occupancy_in(answer)),
          cells_(occupancy_),
          guests_(guests_seated(occupancy_)) {
        if (!guests_.empty()) width_ = guests_.begin()->second.mark.size();
    }

    [[nodiscard]] std::string text() const {
        std::string text;
        for (const Json &node : list_at(answer_, "nodes")) text += of_node(node);
        for (const auto &[name, guest] : guests_) text += line_of(name, guest);
        return text + legend();
    }

  private:
    [[nodiscard]] std::string filled(char c) const { return std::string(width_, c); }

    [[nodiscard]] std::string cell(unsigned cpu) const {
        using Kind = drawing::Cell::Kind;
        const drawing::Cell cell = cells_.of(cpu);
        const bool alone = cell.guests.size() == 1;
        const std::string mark = alone ? guests_.at(cell.guests.front()).mark : "";
        if (cell.kind == Kind::crowded) return palette_.bad(filled('!'));
        if (cell.kind == Kind::vcpu || cell.kind == Kind::pool) return palette_.good(alone ? mark : filled('*'));
        if (cell.housekeeping) return palette_.quiet(filled('#'));
        if (cell.kind == Kind::vhost) return palette_.notable(alone ? upper(mark) : filled('+'));
        if (cell.kind == Kind::iothread || cell.kind == Kind::emulator) return filled('~');
        return filled(cell.kind == Kind::withheld ? 'x' : '.');
    }

    [[nodiscard]] std::string of_node(const Json &node) const {
        const unsigned index = count_at(node, "index");
        // Rows by package, cache and kind of core; in each the cores in order, with the cells of their threads.
        std::map<std::tuple<unsigned, unsigned, unsigned>, std::map<unsigned, std::string>> rows;
        std::set<unsigned> packages, kinds;
        for (const Json &cpu : list_at(answer_, "cpus")) {
            if (count_at(cpu, "node") != index) continue;
            packages.insert(count_at(cpu, "package"));
            kinds.insert(count_at(cpu, "kind"));
            rows[{count_at(cpu, "package"), count_at(cpu, "cache"), count_at(cpu, "kind")}][count_at(cpu, "core")] +=
                cell(count_at(cpu, "index"));
        }
        std::string title = "node " + std::to_string(index) + "  " +
                            plan::gib_text(static_cast<std::uint64_t>(number_at(node, "memory")));
        for (const unsigned package : packages) title += "  package " + std::to_string(package);
        const auto cpus = text_at(node, "cpus");
        std::string text = palette_.heading(title) + (cpus.empty() ? "  no CPUs" : "  CPUs " + cpus) + "\n";
        for (const auto &[row, cores] : rows) {
            const auto &[package, cache, kind] = row;
            text += row_of("L3 " + std::to_string(cache) + (kinds.size() > 1 ? " kind " + std::to_string(kind) : ""),
                           cores);
        }
        return text;
    }

    [[nodiscard]] static std::string row_of(const std::string &name, const std::map<unsigned, std::string> &cores) {
        std::string text = "  " + name + " ";
        std::size_t number = 0;
        for (const auto &[core, cells] : cores) {
            if (number != 0 && number % cores_in_a_row == 0) text += "\n  " + std::string(name.size() + 1, ' ');
            text += " " + cells;
            ++number;
        }
        return text + "\n";
    }

    [[nodiscard]] static std::string line_of(const std::string &name, const SeatedGuest &guest) {
        std::string text = guest.mark + "  " + name;
        for (const std::string &place : places_of(guest)) text += "  " + place;
        return text + "\n";
    }

    [[nodiscard]] std::string legend() const {
        std::string text =
            "#  housekeeping  .  free  ~  only emulators or iothreads  +  vhost workers of several guests\n"
            "*  vCPUs of several guests that share it  !  guests in each other's way\n";
        for (const plan::Withheld &one : occupancy_.withheld)
            text += "x  not for guests: CPUs " + one.cpus.text() + ", " + one.owner + "\n";
        if (!occupancy_.offline.empty()) text += "offline: " + numbered("CPU", occupancy_.offline) + "\n";
        if (!guests_.empty()) text += "A  vhost workers of guest a alone\n";
        std::string names;
        for (const std::string &name : occupancy_.floating) names += (names.empty() ? "" : ", ") + name;
        return names.empty() ? text : text + "floating: " + names + "\n";
    }

    const Json &answer_;
    const Palette &palette_;
    plan::Occupancy occupancy_;
    drawing::Cells cells_;  ///< of that occupancy
    SeatedGuests guests_;
    std::size_t width_ = 1;
};

}  // namespace

std::string text_of_topology(const Json &answer, const Palette &palette) {
    return Picture(answer, palette).text();
}

}  // namespace kvmtune::cli
