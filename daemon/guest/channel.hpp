// The daemon's end of a guest's channel. All that a guest sends is hostile until the codec has checked it, every wait
// has a deadline, and a guest that sends and sends without answering loses its channel.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "base/file.hpp"
#include "base/result.hpp"
#include "daemon/plan/facts.hpp"
#include "guest-agent/protocol/frame.hpp"
#include "guest-agent/protocol/message.hpp"

namespace kvmtune::guest {

class Channel {
  public:
    /// Bytes and frames that a guest may send before it answers what it was asked.
    static constexpr std::uint64_t most_bytes = 1u << 20;
    static constexpr std::uint64_t most_frames = 256;

    /// What came and was of no use.
    struct Dropped {
        std::uint64_t stale = 0;      ///< replies to requests of earlier calls or sessions
        std::uint64_t garbled = 0;    ///< frames that are no messages of ours
        std::uint64_t oversized = 0;  ///< frames beyond the limit

        bool operator==(const Dropped &) const = default;
    };

    /// Connects to the UNIX socket on which QEMU listens for the channel (its path is in the live definition).
    [[nodiscard]] static Result<Channel> connect(const std::string &path, std::chrono::milliseconds timeout);
    /// The channel over a connected stream socket.
    explicit Channel(Fd socket);

    // Each asks and waits for its answer as long as it is told: timed_out after that, unsupported for another version
    // of the messages, invalid for an answer that breaks the rules, the agent's own error where it refuses. After
    // timed_out the channel can be used again; after the end of the connection and after a flood it cannot.
    [[nodiscard]] Result<protocol::Hello> hello(std::chrono::milliseconds timeout);
    [[nodiscard]] Result<plan::GuestFacts> observe(std::chrono::milliseconds timeout);
    [[nodiscard]] Result<> ping(std::chrono::milliseconds timeout);
    /// An outcome for each knob that was asked for, and for no other.
    [[nodiscard]] Result<protocol::Outcomes> put(const std::map<std::string, std::string> &knobs,
                                                 std::chrono::milliseconds timeout);
    [[nodiscard]] Result<protocol::Outcomes> revert(const std::set<std::string> &knobs,
                                                    std::chrono::milliseconds timeout);
    /// Gives back all that the agent holds.
    [[nodiscard]] Result<protocol::Outcomes> revert_all(std::chrono::milliseconds timeout);

    /// The last hello that came unasked since the last call of this: the agent or its guest started anew. Reads what
    /// is there without waiting.
    [[nodiscard]] Result<std::optional<protocol::Hello>> greeting();

    [[nodiscard]] Dropped dropped() const;
    /// To poll for input between calls; -1 once the channel is of no more use.
    [[nodiscard]] int fd() const { return socket_.get(); }

  private:
    using Deadline = std::chrono::steady_clock::time_point;

    [[nodiscard]] Result<protocol::Answer> ask(protocol::Request request, std::chrono::milliseconds timeout);
    template <class T>
    [[nodiscard]] Result<T> ask_for(protocol::Request request, std::chrono::milliseconds timeout);
    [[nodiscard]] Result<> send(std::string_view bytes, Deadline deadline);
    [[nodiscard]] Result<protocol::Answer> answer_to(const protocol::Id &id, const std::string &frame,
                                                     Deadline deadline);
    [[nodiscard]] Result<std::optional<protocol::Reply>> next_reply();
    [[nodiscard]] Result<> wait(short events, Deadline deadline);
    [[nodiscard]] Result<bool> receive();
    [[nodiscard]] tl::unexpected<Error> give_up(const std::string &why);

    Fd socket_;
    std::string nonce_;
    std::uint64_t sequence_ = 0;
    protocol::Framer framer_;
    std::optional<protocol::Hello> greeting_;
    std::uint64_t stale_ = 0;
    std::uint64_t garbled_ = 0;
    std::uint64_t bytes_unanswered_ = 0;
    std::uint64_t frames_unanswered_ = 0;
};

}  // namespace kvmtune::guest
