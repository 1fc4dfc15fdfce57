// SVG 1.1, written element by element.
#pragma once

#include <string>
#include <string_view>

#include "daemon/cli/drawing/box.hpp"

namespace kvmtune::cli::drawing {

enum class Weight { normal, bold };
enum class Anchor { start, middle, end };

/// How text is written: in pixels of the font, and a colour.
struct Script {
    int font = 13;
    Weight weight = Weight::normal;
    Anchor anchor = Anchor::start;
    const char *colour = "#1b1f24";
};

/// How a box is drawn. Empty: not at all.
struct Look {
    std::string fill;
    std::string stroke = {};
    int stroke_width = 1;
    int radius = 0;
    bool dashed = false;
};

class Svg {
  public:
    explicit Svg(Size size);

    /// What the whole picture is: before all else.
    void describe(std::string_view title);
    /// What follows until close() belongs together, with a text that viewers show when they point at it. Foreign text
    /// is welcome.
    void open(std::string_view title);
    void close() { text_ += "</g>\n"; }

    void box(const Box &box, const Look &look);
    void text(int x, int y, std::string_view text, const Script &script);
    /// Text as it is: elements.
    void raw(std::string_view text) { text_ += text; }

    /// The document. It is used up.
    [[nodiscard]] std::string document() &&;

  private:
    std::string text_;
};

}  // namespace kvmtune::cli::drawing
