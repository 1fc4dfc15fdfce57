// The sizes of letters in a picture, in pixels: the smallest is one that can be read.
#pragma once

namespace kvmtune::cli::drawing {

inline constexpr int small_font = 11;
inline constexpr int normal_font = 13;
inline constexpr int large_font = 18;

}  // namespace kvmtune::cli::drawing
