// The policy files, as text and from the disk, into plan::Policy. A policy with any mistake is no policy: all mistakes
// of all files come back at once, each where its value stands.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"

#include "base/root.hpp"
#include "daemon/plan/facts.hpp"
#include "daemon/plan/policy.hpp"

namespace kvmtune::policy {

/// A policy file's name, as messages give it, and its text.
struct PolicyText {
    std::string name;
    std::string text;

    bool operator==(const PolicyText &) const = default;
};

/// Something wrong in a policy file. Lines and columns count from 1, columns in characters (a tab is one); line 0 is
/// the file as a whole (it cannot be read, it is too large).
struct Mistake {
    std::string file;
    unsigned line = 0;
    unsigned column = 0;
    std::string what;

    bool operator==(const Mistake &) const = default;
};

/// "FILE:LINE:COLUMN: WHAT", or "FILE: WHAT" for a file as a whole.
[[nodiscard]] std::string text_of(const Mistake &mistake);

/// A policy, or every mistake, in the order of the files and in each by line and column.
using PolicyOrMistakes = tl::expected<plan::Policy, std::vector<Mistake>>;

/// No text of a policy file may be longer than this, in bytes.
inline constexpr std::size_t largest_policy = 1u << 20;

/// The files merged: of two files that name one key the later wins, and its [[domain]] sections are tried first.
/// No file at all gives the built-in defaults: a plan::Policy as it is made.
[[nodiscard]] PolicyOrMistakes read_policy(const std::vector<PolicyText> &files);

/// The policy from etc/kvmtune/kvmtune.toml and etc/kvmtune/kvmtune.d/*.toml (by name), as far as they are there; or,
/// where a file is named (a path of the caller's own, not below the root), from that file only, and it must be there.
[[nodiscard]] PolicyOrMistakes load_policy(const Root &root, const std::optional<std::string> &only = std::nullopt);

/// The keys of a [[domain]] section, but match, for one domain alone; or all mistakes.
[[nodiscard]] tl::expected<plan::DomainPolicy, std::vector<Mistake>> read_own_section(const PolicyText &text);

/// The section that a domain is tuned by: its own, which travels in its definition's metadata, or else the first of the
/// policy that matches; nullopt if there is none. Errors: the first mistake in its own.
[[nodiscard]] Result<std::optional<plan::DomainPolicy>> section_of(const plan::Policy &policy,
                                                                   const plan::DomainFacts &facts);

}  // namespace kvmtune::policy
