// Members of a JSON object that somebody sent, taken out with their type, size and shape checked.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/json.hpp"
#include "base/result.hpp"

namespace kvmtune::protocol {

/// Whether it is a name of ours (a knob, a sysctl): letters, digits and "._:/-", not longer than longest_name.
[[nodiscard]] bool is_name(std::string_view text);
/// Whether it is printable ASCII, without control characters, and not longer than limit.
[[nodiscard]] bool is_plain(std::string_view text, std::size_t limit);
/// Whether it has the shape of a UUID in lower case.
[[nodiscard]] bool is_uuid(std::string_view text);

/// A frame's JSON object. It nests and holds no more than the hard maxima allow.
[[nodiscard]] Result<Json> object_from(std::string_view frame);

/// A member's plain text of at most limit bytes.
[[nodiscard]] Result<std::string> text_in(const Json &object, const char *name, std::size_t limit);
/// A member's whole number from least to most.
[[nodiscard]] Result<std::uint64_t> number_in(const Json &object, const char *name, std::uint64_t least,
                                              std::uint64_t most);
/// The same of a member that need not be there.
[[nodiscard]] Result<std::optional<std::uint64_t>> maybe_number_in(const Json &object, const char *name,
                                                                   std::uint64_t least, std::uint64_t most);
/// A member that is true or false, and need not be there.
[[nodiscard]] Result<std::optional<bool>> maybe_truth_in(const Json &object, const char *name);
/// A member that is an object of at most limit members.
[[nodiscard]] Result<Json::Object> object_in(const Json &object, const char *name, std::size_t limit);
/// A member that is an array of at most limit items.
[[nodiscard]] Result<Json::Array> array_in(const Json &object, const char *name, std::size_t limit);

/// Names in an array member, each one is_name().
[[nodiscard]] Result<std::vector<std::string>> names_in(const Json &object, const char *name, std::size_t limit);
/// Values by name in an object member: is_name() and plain text of at most longest_value.
[[nodiscard]] Result<std::map<std::string, std::string>> values_in(const Json &object, const char *name,
                                                                   std::size_t limit);

}  // namespace kvmtune::protocol
