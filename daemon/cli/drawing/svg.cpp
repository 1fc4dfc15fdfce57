#include "daemon/cli/drawing/svg.hpp"

#include "daemon/cli/drawing/text.hpp"

namespace kvmtune::cli::drawing {

namespace {

std::string attribute(const char *name, std::string_view value) {
    return std::string(" ") + name + "=\"" + std::string(value) + "\"";
}

std::string attribute(const char *name, int value) {
    return attribute(name, std::to_string(value));
}

}  // namespace

/// A size in pixels beside the view box: so it is as large as it was laid out where nobody says otherwise.
Svg::Svg(Size size)
    : text_("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\"" +
            attribute("width", size.width) + attribute("height", size.height) +
            attribute("viewBox", "0 0 " + std::to_string(size.width) + " " + std::to_string(size.height)) +
            attribute("font-family", "Helvetica, Arial, 'Liberation Sans', 'DejaVu Sans', sans-serif") + ">\n") {}

void Svg::describe(std::string_view title) {
    text_ += "<title>" + escaped(title) + "</title>\n";
}

void Svg::open(std::string_view title) {
    text_ += "<g><title>" + escaped(title) + "</title>";
}

void Svg::box(const Box &box, const Look &look) {
    text_ += "<rect" + attribute("x", box.x) + attribute("y", box.y) + attribute("width", box.width) +
             attribute("height", box.height);
    if (look.radius != 0) text_ += attribute("rx", look.radius);
    text_ += attribute("fill", look.fill.empty() ? "none" : look.fill);
    if (!look.stroke.empty()) text_ += attribute("stroke", look.stroke);
    if (look.stroke_width != 1) text_ += attribute("stroke-width", look.stroke_width);
    if (look.dashed) text_ += attribute("stroke-dasharray", "4 3");
    text_ += "/>\n";
}

void Svg::text(int x, int y, std::string_view text, const Script &script) {
    text_ += "<text" + attribute("x", x) + attribute("y", y) + attribute("font-size", script.font);
    if (script.weight == Weight::bold) text_ += attribute("font-weight", "bold");
    if (script.anchor != Anchor::start)
        text_ += attribute("text-anchor", script.anchor == Anchor::middle ? "middle" : "end");
    text_ += attribute("fill", script.colour) + ">" + escaped(text) + "</text>\n";
}

std::string Svg::document() && {
    return std::move(text_) + "</svg>\n";
}

}  // namespace kvmtune::cli::drawing
