// A TOML text as plain values that know where they stand, so that toml11 stays in one file (document.cpp).
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"

#include "daemon/policy/places.hpp"
#include "daemon/policy/policy.hpp"

namespace kvmtune::policy {

/// A value of a kind that no key of ours takes: "a float", "a date or time".
struct OtherKind {
    std::string kind;
};

struct Node;
using Array = std::vector<Node>;
using Table = std::vector<std::pair<std::string, Node>>;

/// A value and where it starts; a table stands at its [header] or at its key.
struct Node {
    Position at;
    std::variant<OtherKind, bool, std::int64_t, std::string, Array, Table> value;

    [[nodiscard]] const bool *truth() const { return std::get_if<bool>(&value); }
    [[nodiscard]] const std::int64_t *integer() const { return std::get_if<std::int64_t>(&value); }
    [[nodiscard]] const std::string *text() const { return std::get_if<std::string>(&value); }
    [[nodiscard]] const Array *array() const { return std::get_if<Array>(&value); }
    [[nodiscard]] const Table *table() const { return std::get_if<Table>(&value); }
    /// "a string", "an integer", ...
    [[nodiscard]] std::string kind() const;
};

/// The table that a file is, its members in the order of the text; or the first thing in it that is not TOML. Refused
/// too, as they take toml11 too long or overrun its stack: lines of more than 16 KiB, nesting deeper than 32.
[[nodiscard]] tl::expected<Node, Mistake> parse_document(const PolicyText &file);

}  // namespace kvmtune::policy
