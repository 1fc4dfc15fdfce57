// A wish: what a rule says a target should hold, and why.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "daemon/plan/target.hpp"

namespace kvmtune::plan {

/// What a change does to those who use the machine (the README's table), mildest first.
enum class Disruption { live, link, next_boot, binding, start_dependency, guest_abi };

/// "live", "link", "next-boot", "binding", "start-dependency", "guest-abi".
[[nodiscard]] std::string text_of(Disruption disruption);
[[nodiscard]] std::optional<Disruption> disruption_from(const std::string &text);

struct Wish {
    Target target;
    std::string value;
    std::string because;  ///< rule, policy line and fact, in words
    Disruption disruption = Disruption::live;
    std::vector<Target> requires_first;  ///< must be in place before this one (module before sysctl)
    bool survives_boot = false;          ///< another wish persists it, so that its hold outlives the boot
    /// What fails and is undone together; empty: its domain, or the setting of the host by itself.
    std::string unit = {};
    bool follows = false;  ///< a vhost worker whose place is its emulator's: the kernel keeps it there by itself

    bool operator==(const Wish &) const = default;
};

/// Something that an administrator should know: a wish that was dropped, a value that is somebody else's.
struct Finding {
    std::string about;  ///< a target's text form, a domain's name, a policy line
    std::string what;

    auto operator<=>(const Finding &) const = default;
};

/// All wishes, at most one a target.
struct Desired {
    std::map<Target, Wish> wishes;
    std::vector<Finding> findings;
    std::set<Target> disputed;  ///< two rules disagreed about these: no wish, and none that comes later

    /// Adds a wish; two that differ for one target drop both into a finding that names them.
    void add(Wish wish);
};

}  // namespace kvmtune::plan
