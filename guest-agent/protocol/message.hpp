// What the daemon and a guest's agent say to each other. The daemon asks, the agent replies, one request at a time.
// The one message that nobody asked for is the agent's hello when it opens the port or finds a host there again.
//
// A knob is named as targets are: "sysctl/net.core.rmem_max", "nic/52:54:00:12:34:56/channels", "nic/.../mtu",
// "nic/.../rings/rx", "nic/.../name". There is no message that names a file, a path or a program.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace kvmtune::protocol {

/// The version of these messages; another one is not understood.
constexpr unsigned version = 1;

/// The virtio-serial port that they go over.
constexpr const char *port_name = "org.kvmtune.agent.0";

/// Hard maxima of both ends, beside the frame's own.
constexpr std::size_t most_knobs = 256;      ///< in one message
constexpr std::size_t most_nics = 128;       ///< in one view
constexpr std::size_t most_sysctls = 128;    ///< in one view
constexpr std::size_t longest_name = 128;    ///< of a knob, in bytes
constexpr std::size_t longest_value = 256;   ///< of a knob, in bytes
constexpr std::size_t longest_reason = 512;  ///< in bytes
constexpr std::size_t longest_note = 128;    ///< of a NIC, in bytes
constexpr std::size_t deepest = 8;           ///< nesting of a frame's JSON
constexpr std::size_t most_entries = 2048;   ///< commas in a frame, which bounds members and items before they are read

/// Which request a reply answers. The nonce tells sessions of the daemon apart: what an earlier one asked may still
/// be answered later.
struct Id {
    std::string nonce;  ///< 16 lower-case hexadecimal digits
    std::uint64_t sequence = 0;

    bool operator==(const Id &) const = default;
};

/// "00c0ffee00c0ffee-12".
[[nodiscard]] std::string text_of(const Id &id);
[[nodiscard]] std::optional<Id> id_from(std::string_view text);

// Requests.

struct AskHello {
    bool operator==(const AskHello &) const = default;
};
struct Observe {
    bool operator==(const Observe &) const = default;
};
struct Put {
    std::map<std::string, std::string> knobs;

    bool operator==(const Put &) const = default;
};
struct Revert {
    std::optional<std::set<std::string>> knobs;  ///< nullopt: all that the agent holds

    bool operator==(const Revert &) const = default;
};
struct Ping {
    bool operator==(const Ping &) const = default;
};

using Request = std::variant<AskHello, Observe, Put, Revert, Ping>;

struct Call {
    Id id;
    Request request;

    bool operator==(const Call &) const = default;
};

// Replies.

/// Who the agent is. Without being asked when it opens the port.
struct Hello {
    unsigned version = protocol::version;  ///< of another one, no more than this is read
    std::string agent_version;
    std::string boot_id;             ///< of the guest: another one means that it was started anew
    std::vector<std::string> knobs;  ///< what it takes: "nic/channels", "nic/mtu", "sysctl/net.core.rmem_max", ...

    bool operator==(const Hello &) const = default;
};

struct Nic {
    std::string mac;
    std::string name;
    std::optional<unsigned> channels;  ///< combined, now
    std::optional<unsigned> channels_max;
    unsigned mtu = 0;
    std::optional<unsigned> mtu_max = {};      ///< what the device takes
    std::optional<unsigned> rx_ring = {};      ///< entries, now
    std::optional<unsigned> rx_ring_max = {};  ///< with rx_ring, or neither
    std::optional<unsigned> tx_ring = {};
    std::optional<unsigned> tx_ring_max = {};
    std::string rings_fixed = {};  ///< why its rings cannot be resized; empty: they can, as far as can be told
    /// The name that it keeps wherever it sits; empty: none. nullopt: this guest cannot keep one.
    std::optional<std::string> kept_name = {};

    bool operator==(const Nic &) const = default;
};

/// What the agent sees of its guest.
struct View {
    std::string boot_id;
    std::string agent_version;
    unsigned cpus = 0;                           ///< online
    std::uint64_t memory = 0;                    ///< bytes
    std::string kernel;                          ///< its release; empty: not told
    std::optional<bool> ahci;                    ///< whether its kernel has the driver
    std::optional<bool> virtio_1;                ///< whether its drivers know virtio 1.0
    std::set<std::string> sysctl_names;          ///< its allow list
    std::map<std::string, std::string> sysctls;  ///< values of those that exist
    std::vector<Nic> nics;
    /// Knobs that have what a host gave them, this one or one before it, with what they had before that. At most
    /// most_knobs; older agents tell none.
    std::map<std::string, std::string> held;

    bool operator==(const View &) const = default;
};

/// What became of one knob.
struct Outcome {
    enum class State {
        done,     ///< it holds the value asked for, as the kernel granted it; or its original again
        failed,   ///< refused by the agent or by the kernel: see why
        yielded,  ///< somebody in the guest gave it a value of their own: left alone
    };
    State state = State::done;
    std::string value;  ///< what it holds now, if it could be read
    std::string why;

    bool operator==(const Outcome &) const = default;
};

using Outcomes = std::map<std::string, Outcome>;

struct Pong {
    bool operator==(const Pong &) const = default;
};

using Answer = std::variant<Hello, View, Outcomes, Pong, Error>;

struct Reply {
    std::optional<Id> id;  ///< none: a hello that nobody asked for
    Answer answer;

    bool operator==(const Reply &) const = default;
};

}  // namespace kvmtune::protocol
