// The agent's side of the conversation: a frame in, a frame out. It does no input or output of its own.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "guest-agent/knobs.hpp"
#include "guest-agent/protocol/message.hpp"
#include "guest-agent/tuner.hpp"

namespace kvmtune::agent {

class Session {
  public:
    /// The tuner and the knobs outlive it.
    Session(const Knobs &knobs, Tuner &tuner, std::string boot_id)
        : knobs_(knobs), tuner_(tuner), boot_id_(std::move(boot_id)) {}

    /// What to send when the port was opened or a host came back: an end to whatever was cut, then a hello.
    [[nodiscard]] std::string greeting() const;
    /// The reply's bytes; nullopt for a frame that is no request and cannot be answered.
    [[nodiscard]] std::optional<std::string> answer(std::string_view frame);

    /// NICs came or went: those that came get what was granted to them before.
    void links_changed() { (void)tuner_.put_on_new_nics(); }

    /// Puts that were answered.
    [[nodiscard]] std::uint64_t puts() const { return puts_; }
    /// Frames that could not be answered.
    [[nodiscard]] std::uint64_t garbled() const { return garbled_; }

  private:
    [[nodiscard]] protocol::Hello hello() const;
    [[nodiscard]] protocol::Answer view() const;
    [[nodiscard]] protocol::Answer reply_to(const protocol::Request &request);

    const Knobs &knobs_;
    Tuner &tuner_;
    std::string boot_id_;
    std::uint64_t puts_ = 0;
    std::uint64_t garbled_ = 0;
};

}  // namespace kvmtune::agent
