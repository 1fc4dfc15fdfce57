#include "daemon/cli/topology_view.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>

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
        : answer_(answer), palette_(palette), occupancy_(occupancy_in(answer)), guests_(guests_seated(occupancy_)) {
        for (const plan::Withheld &one : occupancy_.withheld) withheld_ = withheld_ | one.cpus;
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

    [[nodiscard]] std::string cell(const Json &cpu) const {
        std::set<std::string> vcpus, workers, others;
        for (const Json &use : list_at(cpu, "uses")) {
            const auto role = text_at(use, "role");
            (role == "vcpu" ? vcpus : role == "vhost" ? workers : others).insert(text_at(use, "domain"));
        }
        const bool shared = !vcpus.empty() && std::any_of(workers.begin(), workers.end(),
                                                          [&](const auto &name) { return vcpus.count(name) == 0; });
        if (vcpus.size() > 1 || shared) return palette_.bad(filled('!'));
        if (vcpus.size() == 1) return palette_.good(guests_.at(*vcpus.begin()).mark);
        if (is_true(cpu, "housekeeping")) return palette_.quiet(filled('#'));
        if (workers.size() > 1) return palette_.notable(filled('+'));
        if (workers.size() == 1) return palette_.notable(upper(guests_.at(*workers.begin()).mark));
        if (!others.empty()) return filled('~');
        return filled(withheld_.contains(count_at(cpu, "index")) ? 'x' : '.');
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
                cell(cpu);
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
            "#  housekeeping  +  vhost workers of several guests  .  free  ~  only emulators or iothreads  "
            "!  two guests on one CPU\n";
        for (const plan::Withheld &one : occupancy_.withheld)
            text += "x  not for guests: CPUs " + one.cpus.text() + ", " + one.owner + "\n";
        if (!guests_.empty()) text += "A  vhost workers of guest a alone\n";
        std::string names;
        for (const std::string &name : occupancy_.floating) names += (names.empty() ? "" : ", ") + name;
        return names.empty() ? text : text + "floating: " + names + "\n";
    }

    const Json &answer_;
    const Palette &palette_;
    plan::Occupancy occupancy_;
    SeatedGuests guests_;
    CpuSet withheld_;
    std::size_t width_ = 1;
};

}  // namespace

std::string text_of_topology(const Json &answer, const Palette &palette) {
    return Picture(answer, palette).text();
}

}  // namespace kvmtune::cli
