#include "daemon/cli/drawing/drawing.hpp"

#include <utility>

#include "daemon/cli/drawing/fonts.hpp"
#include "daemon/cli/drawing/page.hpp"
#include "daemon/cli/drawing/stamps.hpp"
#include "daemon/cli/drawing/svg.hpp"
#include "daemon/cli/drawing/text.hpp"
#include "daemon/cli/member.hpp"
#include "daemon/cli/seated.hpp"

namespace kvmtune::cli {

namespace drawing {

namespace {

constexpr Script bold = {normal_font, Weight::bold};
constexpr Script quiet = {normal_font, Weight::normal, Anchor::start, pale_ink};
constexpr Script quiet_and_small = {small_font, Weight::normal, Anchor::start, pale_ink};

Look look_of(Level level) {
    switch (level) {
        case Level::package:
            return {"#eaeef2", "#8c959f", 1, 8};
        case Level::node:
            return {"#f6f8fa", "#8c959f", 1, 6};
        case Level::cache:
            return {"#ffffff", "#c3c8ce", 1, 4};
        case Level::core:
            return {"#d5dbe2", "", 1, 4};
        case Level::host:
        case Level::cpu:
            break;
    }
    return {};
}

class Picture {
  public:
    Picture(const Page &page, const Stamps &stamps) : page_(page), stamps_(stamps), svg_(page.size) {}

    [[nodiscard]] std::string document() && {
        svg_.describe(page_.title.text);
        Stamps::prepare(svg_);
        svg_.box({0, 0, page_.size.width, page_.size.height}, {"#ffffff", "#d0d7de"});
        write(page_.title, {large_font, Weight::bold});
        write(page_.subtitle, quiet);
        draw(page_.host);
        for (const Line &heading : page_.headings) write(heading, bold);
        for (const GuestEntry &entry : page_.guests) draw(entry);
        for (const SignEntry &entry : page_.signs) {
            stamps_.cell(svg_, entry.cell, entry.cpu);
            write(entry.meaning, {normal_font});
        }
        for (const Line &remark : page_.remarks) write(remark, {normal_font});
        return std::move(svg_).document();
    }

  private:
    void write(const Line &line, const Script &script) { svg_.text(line.x, line.y, line.text, script); }

    void draw(const Frame &frame) {
        if (frame.level == Level::cpu) return stamps_.cell(svg_, frame.box, frame.cpu);
        if (!frame.heading.empty()) svg_.open(frame.heading + (frame.detail.empty() ? "" : "\n" + frame.detail));
        if (frame.level != Level::host) svg_.box(frame.box, look_of(frame.level));
        if (!frame.heading.empty()) write_heading(frame);
        for (const Frame &one : frame.inside) draw(one);
        if (!frame.heading.empty()) svg_.close();
    }

    void write_heading(const Frame &frame) {
        const int room = frame.box.width - 2 * frame_padding;
        const int x = frame.box.x + frame_padding;
        const Script script = frame.level == Level::cache ? Script{small_font} : bold;
        const int y = frame.box.y + script.font + 6;
        svg_.text(x, y, clipped(frame.heading, room, script.font), script);
        if (!frame.detail.empty()) svg_.text(x, y + 16, clipped(frame.detail, room, small_font), quiet_and_small);
    }

    void draw(const GuestEntry &entry) {
        std::string title = entry.guest;
        for (const std::string &place : places_of(stamps_.guests().at(entry.guest))) title += "\n" + place;
        svg_.open(title);
        stamps_.letter(svg_, entry.letter, entry.guest);
        write(entry.name, bold);
        for (const Line &place : entry.places) write(place, quiet_and_small);
        svg_.close();
    }

    const Page &page_;
    const Stamps &stamps_;
    Svg svg_;
};

}  // namespace

}  // namespace drawing

std::string svg_of(const plan::Topology &topology, const plan::Occupancy &occupancy, plan::When when) {
    const auto page = drawing::page_for(topology, occupancy, when);
    const drawing::Stamps stamps(topology, occupancy);
    return drawing::Picture(page, stamps).document();
}

std::string svg_of_topology(const Json &answer) {
    const auto when = is_true(answer, "planned") ? plan::When::planned : plan::When::now;
    return svg_of(topology_in(answer), occupancy_in(answer), when);
}

}  // namespace kvmtune::cli
