// Which lines of two texts differ, found as GNU diff 3 finds it, so that our diffs read like those people know: Myers'
// O(ND) search from both ends, lines without a partner set aside before it, and runs of changes slid to where they join
// others or end last. (What it does for texts with more than 4096 differences is left out.)
#pragma once

#include <string_view>
#include <vector>

namespace kvmtune::domain {

/// A text's lines, each with its line end; the last may have none.
[[nodiscard]] std::vector<std::string_view> lines_of(std::string_view text);

/// For each line whether it is missing in the other text.
struct EditScript {
    std::vector<char> removed;  ///< of the left lines
    std::vector<char> added;    ///< of the right lines
};

[[nodiscard]] EditScript edit_script(const std::vector<std::string_view> &left,
                                     const std::vector<std::string_view> &right);

}  // namespace kvmtune::domain
