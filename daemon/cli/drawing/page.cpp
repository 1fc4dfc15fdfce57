#include "daemon/cli/drawing/page.hpp"

#include <cmath>
#include <utility>

#include "daemon/cli/change_view.hpp"
#include "daemon/cli/drawing/fonts.hpp"
#include "daemon/cli/drawing/shelves.hpp"
#include "daemon/cli/drawing/signs.hpp"
#include "daemon/cli/drawing/text.hpp"
#include "daemon/cli/seated.hpp"

namespace kvmtune::cli::drawing {

namespace {

constexpr int margin = 16;
constexpr int top_of_host = 62;
constexpr int narrowest_page = 640;
constexpr int widest_page = 1640;
constexpr int step = 40;
constexpr double best_shape = 1.4;  ///< width by height

constexpr int narrowest_column = 290;
constexpr int spacing = 10;
constexpr Size letter_size = {30, 26};
constexpr int heading_height = 20;
constexpr int line_height = 15;

/// What is below each other in columns: where each entry is, and how high all are.
class Columns {
  public:
    Columns(const std::vector<int> &heights, int top, int room) : top_(top), width_(width_in(room)) {
        std::vector<Size> sizes;
        for (const int height : heights) sizes.push_back({width_, height});
        shelves_ = shelved(sizes, room, spacing);
    }

    [[nodiscard]] static int width_in(int room) {
        const int columns = (room + spacing) / (narrowest_column + spacing);
        return (room + spacing) / columns - spacing;
    }
    [[nodiscard]] Box operator[](std::size_t number) const {
        const Box &box = shelves_.boxes[number];
        return {margin + box.x, top_ + box.y, box.width, box.height};
    }
    [[nodiscard]] int bottom() const { return top_ + shelves_.size.height; }

  private:
    int top_;
    int width_;
    Shelves shelves_;
};

class Draft {
  public:
    Draft(const plan::Topology &topology, const plan::Occupancy &occupancy, plan::When when)
        : topology_(topology), occupancy_(occupancy), when_(when), guests_(guests_seated(occupancy)) {
        const Cells cells(occupancy);
        signs_ = signs_in(topology, cells);
        remarks_ = remarks_on(topology, cells);
    }

    [[nodiscard]] Page page(int width) const {
        Page page;
        page.host = moved(host_frame(topology_, width - 2 * margin), margin, top_of_host);
        const int room = std::max(page.host.box.width, narrowest_page - 2 * margin);
        page.title = {margin, 28, is_planned() ? "Who is to sit on which CPU" : "Who sits on which CPU"};
        page.subtitle = {margin, 48, clipped(summary(), room, normal_font)};
        int y = page.host.box.bottom();
        y = add_guests(page, y, room);
        y = add_signs(page, y, room);
        y = add_remarks(page, y, room);
        page.size = {room + 2 * margin, y + margin};
        return page;
    }

  private:
    [[nodiscard]] bool is_planned() const { return when_ == plan::When::planned; }

    [[nodiscard]] std::string summary() const {
        return std::string("kvmtune topology") + (is_planned() ? " --plan" : "") + ": " +
               counted(topology_.cpus.size(), "CPU") + ", " + counted(topology_.nodes.size(), "NUMA node") + ", " +
               counted(guests_.size(), "guest") + " pinned";
    }

    /// Where what is below the heading begins.
    static int add_heading(Page &page, int top, const char *text) {
        page.headings.push_back({margin, top + 2 * heading_height - 4, text});
        return top + 2 * heading_height + spacing;
    }

    int add_guests(Page &page, int top, int room) const {
        if (guests_.empty()) return top;
        const int beside = letter_size.width + spacing;
        const int width = Columns::width_in(room) - beside;
        std::vector<std::vector<std::string>> places;
        std::vector<int> heights;
        for (const auto &[name, guest] : guests_) {
            places.push_back(lines_of(places_of(guest), ", ", width, small_font));
            heights.push_back(line_height * (1 + static_cast<int>(places.back().size())));
        }
        const Columns columns(heights, add_heading(page, top, "Guests"), room);
        for (const auto &[name, guest] : guests_) {
            const std::size_t number = page.guests.size();
            const Box box = columns[number];
            GuestEntry entry{name, {box.x, box.y + 2, letter_size.width, letter_size.height}, {}, {}};
            int y = box.y + 12;
            entry.name = {box.x + beside, y, clipped(name, width, normal_font)};
            for (const std::string &line : places[number])
                entry.places.push_back({box.x + beside, y += line_height, line});
            page.guests.push_back(std::move(entry));
        }
        return columns.bottom();
    }

    int add_signs(Page &page, int top, int room) const {
        if (signs_.empty()) return top;
        const int beside = cell_size.width + spacing;
        const Columns columns(std::vector<int>(signs_.size(), cell_size.height), add_heading(page, top, "Signs"), room);
        for (const Sign &sign : signs_) {
            const Box box = columns[page.signs.size()];
            page.signs.push_back(
                {{box.x, box.y, cell_size.width, cell_size.height},
                 sign.cpu,
                 {box.x + beside, box.y + 30, clipped(sign.meaning, box.width - beside, normal_font)}});
        }
        return columns.bottom() + spacing;
    }

    int add_remarks(Page &page, int top, int room) const {
        auto floating = occupancy_.floating;
        if (!floating.empty()) floating.front() = "run anywhere: " + floating.front();
        auto lines = lines_of(floating, ", ", room, normal_font);
        if (!occupancy_.offline.empty()) lines.push_back("offline: " + numbered("CPU", occupancy_.offline));
        lines.insert(lines.begin(), remarks_.begin(), remarks_.end());
        for (std::string &line : lines) page.remarks.push_back({margin, top += heading_height, std::move(line)});
        return top;
    }

    const plan::Topology &topology_;
    const plan::Occupancy &occupancy_;
    plan::When when_;
    SeatedGuests guests_;
    std::vector<Sign> signs_;
    std::vector<std::string> remarks_;
};

/// How far a page is from the best shape, either way, and how large: the less, the better.
double strangeness(const Page &page) {
    constexpr double weight_of_area = 2;
    const double width = page.size.width;
    const double height = page.size.height;
    return std::abs(std::log(width / height / best_shape)) + weight_of_area * std::log(width * height);
}

}  // namespace

Page page_for(const plan::Topology &topology, const plan::Occupancy &occupancy, plan::When when) {
    const Draft draft(topology, occupancy, when);
    Page best = draft.page(narrowest_page);
    for (int width = narrowest_page + step; width <= widest_page; width += step) {
        Page page = draft.page(width);
        if (strangeness(page) < strangeness(best)) best = std::move(page);
    }
    return best;
}

}  // namespace kvmtune::cli::drawing
