// The closed list of what the agent can read and set in its guest: some sysctls, and channels, MTU and rings of NICs of
// hardware, named by MAC. Names and values come from outside and are checked here, whatever the host has checked.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/links.hpp"
#include "base/result.hpp"
#include "base/root.hpp"
#include "guest-agent/protocol/message.hpp"

namespace kvmtune::agent {

/// What a knob holds, and what its name stands for: a NIC that was unplugged and plugged again is another one.
struct Reading {
    std::string value;
    std::string epoch;  ///< the link's index; empty for sysctls

    bool operator==(const Reading &) const = default;
};

class Knobs {
  public:
    /// The knobs of the guest with this file tree and these links; both outlive it.
    Knobs(const Root &root, Links &links) : root_(root), links_(links) {}

    /// What it takes, for the hello: "nic/channels", "nic/mtu", "nic/rings/rx", "sysctl/net.core.rmem_max", ...
    [[nodiscard]] static std::vector<std::string> kinds();
    /// Whether this value may be asked for at this knob, by name, shape and size: unsupported or invalid if not.
    [[nodiscard]] static Result<> check(const std::string &knob, const std::string &value);

    /// Whether what it holds is still there after a boot. It is nothing but ours, and was empty before.
    [[nodiscard]] static bool outlives_boot(const std::string &knob);

    [[nodiscard]] Result<Reading> read(const std::string &knob) const;
    /// Writes a value that passed check(). The kernel may grant something else: read back.
    [[nodiscard]] Result<> write(const std::string &knob, const std::string &value);

    /// All of it, for an observe; what cannot be read is left out. A MAC that two NICs share names neither.
    [[nodiscard]] Result<protocol::View> view() const;

  private:
    [[nodiscard]] Result<> write_mtu(const Link &nic, const std::string &value);
    [[nodiscard]] Result<> write_ring(const Link &nic, Ring ring, const std::string &value);
    [[nodiscard]] std::string why_fixed(const Link &nic) const;
    [[nodiscard]] protocol::Nic seen(const Link &nic) const;

    const Root &root_;
    Links &links_;
    std::map<unsigned, std::string> refused_;  ///< by link's index: why its kernel refused to resize its rings
};

/// The guest's boot id: another one means that everything in it started anew.
[[nodiscard]] Result<std::string> boot_id(const Root &root);

}  // namespace kvmtune::agent
