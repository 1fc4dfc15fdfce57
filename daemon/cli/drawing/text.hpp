// Text in a picture: foreign text made harmless, and how much of it fits. The font is the viewer's: widths are those of
// DejaVu Sans, which is wider than the others that are asked for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace kvmtune::cli::drawing {

/// Text as XML may hold it, in an element or between quotes. Bytes that are not UTF-8, characters that XML has not,
/// control characters but the newline, and those that turn the direction of what follows become U+FFFD.
[[nodiscard]] std::string escaped(std::string_view text);

/// Pixels that the text takes at most in a font of this size, if it is of an alphabet; wide characters count as two.
[[nodiscard]] int width_of(std::string_view text, int font);

/// The text, or what fits of it with an ellipsis behind.
[[nodiscard]] std::string clipped(std::string_view text, int width, int font);

/// The parts with the separator between them on as few lines as fit, each part whole on one line or clipped.
[[nodiscard]] std::vector<std::string> lines_of(const std::vector<std::string> &parts, std::string_view separator,
                                                int width, int font);

}  // namespace kvmtune::cli::drawing
