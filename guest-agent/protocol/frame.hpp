// Frames of the guest channel: one JSON text a line, at most 64 KiB. Bytes of an earlier session may come first on a
// virtio-serial port, so whoever opens it sends an empty line, which ends whatever was cut; empty lines mean nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kvmtune::protocol {

/// The largest frame in bytes, without its line end.
constexpr std::size_t frame_limit = 64 * 1024 - 1;

/// Bytes in, frames out. It never keeps more than one frame's limit beyond what it was last fed.
class Framer {
  public:
    /// Takes bytes as they were read.
    void feed(std::string_view bytes);
    /// The next whole frame without its line end, if there is one. Frames beyond the limit are dropped up to their
    /// line end and counted.
    [[nodiscard]] std::optional<std::string> take();
    /// Forgets all bytes: the peer is another one from here on.
    void reset();

    [[nodiscard]] std::uint64_t oversized() const { return oversized_; }

  private:
    /// Frees what belongs to a frame beyond the limit, if no line end is in sight.
    void drop_oversized_rest();

    std::string bytes_;
    std::size_t taken_ = 0;  ///< bytes at the front that are done with
    bool dropping_ = false;  ///< inside a frame beyond the limit
    std::uint64_t oversized_ = 0;
};

}  // namespace kvmtune::protocol
