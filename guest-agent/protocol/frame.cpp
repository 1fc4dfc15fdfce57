#include "guest-agent/protocol/frame.hpp"

namespace kvmtune::protocol {

void Framer::feed(std::string_view bytes) {
    bytes_.erase(0, taken_);
    taken_ = 0;
    bytes_.append(bytes);
    drop_oversized_rest();
}

std::optional<std::string> Framer::take() {
    while (true) {
        const auto end = bytes_.find('\n', taken_);
        if (end == std::string::npos) break;
        const auto length = end - taken_;
        const auto start = taken_;
        taken_ = end + 1;
        if (dropping_) {
            dropping_ = false;
        } else if (length > frame_limit) {
            ++oversized_;
        } else if (length > 0) {
            return bytes_.substr(start, length);
        }
    }
    drop_oversized_rest();
    return std::nullopt;
}

void Framer::reset() {
    bytes_.clear();
    taken_ = 0;
    dropping_ = false;
}

void Framer::drop_oversized_rest() {
    if (bytes_.find('\n', taken_) != std::string::npos) return;
    const bool begins_to_drop = !dropping_ && bytes_.size() - taken_ > frame_limit;
    if (begins_to_drop) ++oversized_;
    dropping_ = dropping_ || begins_to_drop;
    if (!dropping_) return;
    bytes_.clear();
    taken_ = 0;
}

}  // namespace kvmtune::protocol
