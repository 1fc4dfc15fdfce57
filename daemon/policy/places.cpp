#include "daemon/policy/places.hpp"

#include <algorithm>

namespace kvmtune::policy {

Places::Places(std::string_view text) : text_(text), starts_{0} {
    for (std::size_t feed = text.find('\n'); feed != std::string_view::npos; feed = text.find('\n', feed + 1))
        starts_.push_back(feed + 1);
}

Position Places::at(std::size_t offset) const {
    const auto next = std::upper_bound(starts_.begin(), starts_.end(), offset);
    const std::size_t start = *(next - 1);
    const std::string_view before = text_.substr(start, offset - start);
    const auto starts_character = [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; };
    const auto characters = std::count_if(before.begin(), before.end(), starts_character);
    return {static_cast<unsigned>(next - starts_.begin()), static_cast<unsigned>(characters) + 1};
}

Position Places::at(std::size_t line, std::size_t byte_column) const {
    const std::size_t start = starts_[std::clamp<std::size_t>(line, 1, starts_.size()) - 1];
    return at(std::min(start + byte_column - 1, text_.size()));
}

std::size_t Places::longest_line() const {
    std::size_t longest = text_.size() - starts_.back();
    for (std::size_t line = 1; line < starts_.size(); ++line)
        longest = std::max(longest, starts_[line] - starts_[line - 1] - 1);
    return longest;
}

}  // namespace kvmtune::policy
