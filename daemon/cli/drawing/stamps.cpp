#include "daemon/cli/drawing/stamps.hpp"

#include <set>
#include <string_view>

#include "daemon/cli/drawing/fonts.hpp"
#include "daemon/cli/drawing/text.hpp"

namespace kvmtune::cli::drawing {

namespace {

constexpr const char *alarm = "#b00020";
constexpr const char *line_of_free = "#c3c8ce";
constexpr const char *of_strangers = "#eceff1";
constexpr int corner_radius = 3;
constexpr int letter_height = 17;
constexpr int letter_gap = 2;

constexpr Script caption = {small_font, Weight::normal, Anchor::middle, ink};
constexpr Script initial = {large_font, Weight::bold, Anchor::middle, ink};

/// One for each hatch of guests by its number, and that of housekeeping.
constexpr std::string_view patterns =
    R"(<defs>
<pattern id="kvmtune-hatch-1" width="7" height="7" patternUnits="userSpaceOnUse"><path d="M-1 1L1 -1M0 7L7 0M6 8L8 6" stroke="#000000" stroke-opacity="0.2" stroke-width="1.5"/></pattern>
<pattern id="kvmtune-hatch-2" width="7" height="7" patternUnits="userSpaceOnUse"><path d="M-1 6L1 8M0 0L7 7M6 -1L8 1" stroke="#000000" stroke-opacity="0.2" stroke-width="1.5"/></pattern>
<pattern id="kvmtune-hatch-3" width="6" height="6" patternUnits="userSpaceOnUse"><path d="M0 3L6 3" stroke="#000000" stroke-opacity="0.2" stroke-width="1.5"/></pattern>
<pattern id="kvmtune-hatch-4" width="6" height="6" patternUnits="userSpaceOnUse"><circle cx="3" cy="3" r="1.3" fill="#000000" fill-opacity="0.28"/></pattern>
<pattern id="kvmtune-housekeeping" width="6" height="6" patternUnits="userSpaceOnUse"><rect width="6" height="6" fill="#dfe2e6"/><path d="M-1 1L1 -1M0 6L6 0M5 7L7 5" stroke="#c3c8ce" stroke-width="1"/></pattern>
</defs>
)";

std::set<std::string> names_of(const SeatedGuests &guests) {
    std::set<std::string> names;
    for (const auto &[name, guest] : guests) names.insert(name);
    return names;
}

}  // namespace

Stamps::Stamps(const plan::Topology &topology, const plan::Occupancy &occupancy)
    : guests_(guests_seated(occupancy)), paints_(paints_for(names_of(guests_))), cells_(occupancy) {
    for (const plan::Cpu &cpu : topology.cpus) cpus_[cpu.index] = cpu;
}

void Stamps::prepare(Svg &svg) {
    svg.raw(patterns);
}

/// The hatch is only where it does not meet small letters.
void Stamps::fill(Svg &svg, const Box &box, const Box &hatched, const std::string &guest) const {
    const Paint &paint = paints_.at(guest);
    svg.box(box, {paint.fill, "", 1, corner_radius});
    if (paint.hatch == Hatch::none) return;
    const std::string pattern = "url(#kvmtune-hatch-" + std::to_string(static_cast<int>(paint.hatch)) + ")";
    svg.box(hatched, {pattern});
}

void Stamps::letter(Svg &svg, const Box &box, const std::string &guest) const {
    fill(svg, box, box, guest);
    svg.text(box.x + box.width / 2, box.y + box.height / 2 + 5, guests_.at(guest).mark,
             {normal_font, Weight::bold, Anchor::middle, ink});
}

/// As many as there is room for; how many more there are instead of the last.
void Stamps::letters(Svg &svg, const Box &room, const std::vector<std::string> &guests) const {
    if (guests.empty()) return;
    const int width = guests_.at(guests.front()).mark.size() > 1 ? 23 : 15;
    const int fit = (room.width + letter_gap) / (width + letter_gap);
    const int count = static_cast<int>(guests.size());
    const bool all_fit = count <= fit;
    int x = room.x + (room.width - (all_fit ? count : fit) * (width + letter_gap) + letter_gap) / 2;
    const int shown = all_fit ? count : fit - 1;
    for (int i = 0; i < shown; ++i, x += width + letter_gap)
        letter(svg, {x, room.y, width, room.height}, guests[static_cast<std::size_t>(i)]);
    if (!all_fit) svg.text(x, room.y + 13, "+" + std::to_string(count - shown), {small_font, Weight::bold});
}

void Stamps::cell(Svg &svg, const Box &box, unsigned cpu) const {
    const Cell cell = cells_.of(cpu);
    const int middle = box.x + box.width / 2;
    svg.open(title_of(cpu, cell));
    ground(svg, box, cell);
    svg.text(box.x + 4, box.y + 13, std::to_string(cpu), {small_font});
    corner(svg, box, cpu, cell);
    if (cell.kind == Cell::Kind::vcpu) {
        svg.text(middle, box.y + 32, guests_.at(cell.guests.front()).mark, initial);
    } else {
        letters(svg, {box.x + 2, box.y + 17, box.width - 4, letter_height}, cell.guests);
    }
    if (!cell.label.empty()) svg.text(middle, box.y + 46, cell.label, caption);
    svg.close();
}

void Stamps::corner(Svg &svg, const Box &box, unsigned cpu, const Cell &cell) {
    const int room = box.width - 12 - width_of(std::to_string(cpu), small_font);
    if (cell.kind == Cell::Kind::crowded) {
        svg.text(box.right() - 5, box.y + 14, "!", {normal_font, Weight::bold, Anchor::end, alarm});
    } else if (!cell.besides.empty()) {
        svg.text(box.right() - 4, box.y + 13, clipped(cell.besides, room, small_font),
                 {small_font, Weight::normal, Anchor::end, ink});
    }
}

std::string Stamps::ground_of(const Cell &cell) const {
    if (cell.kind == Cell::Kind::vcpu) return "";
    if (cell.housekeeping) return "url(#kvmtune-housekeeping)";
    if (cell.kind == Cell::Kind::withheld) return of_strangers;
    const bool has_one_guest = cell.kind == Cell::Kind::pool && cell.guests.size() == 1;
    return has_one_guest ? pale(paints_.at(cell.guests.front()).fill) : "#ffffff";
}

void Stamps::ground(Svg &svg, const Box &box, const Cell &cell) const {
    const bool is_alarming = cell.kind == Cell::Kind::crowded;
    const Box middle = {box.x, box.y + 17, box.width, 19};
    if (cell.kind == Cell::Kind::vcpu) fill(svg, box, middle, cell.guests.front());
    const char *line = is_alarming ? alarm : cell.kind == Cell::Kind::free ? line_of_free : pale_ink;
    const int width = is_alarming || cell.pinned_by_user ? 2 : 1;
    svg.box(box, {ground_of(cell), line, width, corner_radius, cell.pinned_by_user});
}

std::string Stamps::title_of(unsigned cpu, const Cell &cell) const {
    std::string title = "CPU " + std::to_string(cpu);
    if (const auto at = cpus_.find(cpu); at != cpus_.end())
        title += ", core " + std::to_string(at->second.core) + ", L3 " + std::to_string(at->second.cache) + ", node " +
                 std::to_string(at->second.node) + ", package " + std::to_string(at->second.package);
    if (cell.housekeeping) title += "\nhousekeeping";
    if (!cell.withheld_by.empty()) title += "\n" + cell.withheld_by + ": no guest gets it";
    if (cell.uses.empty()) title += "\nnobody is pinned to it";
    for (const std::string &use : cell.uses) title += "\n" + use;
    return title;
}

}  // namespace kvmtune::cli::drawing
