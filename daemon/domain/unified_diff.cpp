#include "daemon/domain/unified_diff.hpp"

#include <algorithm>
#include <vector>

#include "daemon/domain/edit_script.hpp"

namespace kvmtune::domain {

namespace {

constexpr std::size_t context = 3;

/// Lines of both texts that differ, between lines that do not.
struct Change {
    std::size_t left = 0;
    std::size_t left_end = 0;
    std::size_t right = 0;
    std::size_t right_end = 0;
};

std::vector<Change> changes_of(const EditScript &script) {
    std::vector<Change> changes;
    std::size_t left = 0;
    std::size_t right = 0;
    while (left < script.removed.size() || right < script.added.size()) {
        Change change{left, left, right, right};
        while (change.left_end < script.removed.size() && script.removed[change.left_end] != 0) ++change.left_end;
        while (change.right_end < script.added.size() && script.added[change.right_end] != 0) ++change.right_end;
        if (change.left_end > left || change.right_end > right) changes.push_back(change);
        left = change.left_end + 1;
        right = change.right_end + 1;
    }
    return changes;
}

/// "start,count" as diff counts: from 1, the line before for none, no count for one.
std::string range(std::size_t begin, std::size_t end) {
    if (end == begin) return std::to_string(begin) + ",0";
    if (end == begin + 1) return std::to_string(end);
    return std::to_string(begin + 1) + "," + std::to_string(end - begin);
}

using Lines = std::vector<std::string_view>;

void print(std::string &out, char mark, const Lines &lines, std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
        out += mark;
        out += lines[i];
        if (!lines[i].ends_with('\n')) out += "\n\\ No newline at end of file\n";
    }
}

/// Changes that are so near each other that their contexts meet.
std::string hunk(const Change *first, const Change *last, const Lines &left, const Lines &right) {
    const std::size_t before = std::min(first->left, context);
    const std::size_t after = std::min(left.size() - last->left_end, context);
    std::string out = "@@ -" + range(first->left - before, last->left_end + after) + " +" +
                      range(first->right - before, last->right_end + after) + " @@\n";
    std::size_t at = first->left - before;
    for (const Change *change = first; change <= last; ++change) {
        print(out, ' ', left, at, change->left);
        print(out, '-', left, change->left, change->left_end);
        print(out, '+', right, change->right, change->right_end);
        at = change->left_end;
    }
    print(out, ' ', left, at, at + after);
    return out;
}

}  // namespace

std::string unified_diff(std::string_view left, std::string_view right, const std::string &left_label,
                         const std::string &right_label) {
    const Lines left_lines = lines_of(left);
    const Lines right_lines = lines_of(right);
    const std::vector<Change> changes = changes_of(edit_script(left_lines, right_lines));
    if (changes.empty()) return "";
    std::string out = "--- " + left_label + "\n+++ " + right_label + "\n";
    for (std::size_t first = 0; first < changes.size();) {
        std::size_t last = first;
        while (last + 1 < changes.size() && changes[last + 1].left - changes[last].left_end <= 2 * context) ++last;
        out += hunk(&changes[first], &changes[last], left_lines, right_lines);
        first = last + 1;
    }
    return out;
}

}  // namespace kvmtune::domain
