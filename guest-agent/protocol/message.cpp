#include "guest-agent/protocol/message.hpp"

#include <algorithm>
#include <charconv>

namespace kvmtune::protocol {

namespace {

constexpr std::size_t nonce_length = 16;

bool is_nonce(std::string_view text) {
    return text.size() == nonce_length && std::all_of(text.begin(), text.end(), [](char c) {
               return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
           });
}

}  // namespace

std::string text_of(const Id &id) {
    return id.nonce + "-" + std::to_string(id.sequence);
}

std::optional<Id> id_from(std::string_view text) {
    if (text.size() < nonce_length + 2 || text[nonce_length] != '-') return std::nullopt;
    Id id;
    id.nonce = text.substr(0, nonce_length);
    const std::string_view digits = text.substr(nonce_length + 1);
    const char *end = digits.data() + digits.size();
    const auto parsed = std::from_chars(digits.data(), end, id.sequence);
    if (parsed.ec != std::errc() || parsed.ptr != end || !is_nonce(id.nonce)) return std::nullopt;
    return id;
}

}  // namespace kvmtune::protocol
