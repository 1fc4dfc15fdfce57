// JSON values, and the one file (json.cpp) that includes the JSON library.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/result.hpp"

namespace kvmtune {

/// A JSON value. Objects keep the order in which members were added.
class Json {
  public:
    using Array = std::vector<Json>;
    using Member = std::pair<std::string, Json>;
    using Object = std::vector<Member>;

    Json() = default;
    Json(std::nullptr_t) {}
    Json(bool value) : value_(value) {}
    Json(std::int64_t value) : value_(value) {}
    Json(int value) : value_(std::int64_t{value}) {}
    Json(unsigned value) : value_(std::int64_t{value}) {}
    Json(double value) : value_(value) {}
    Json(std::string value) : value_(std::move(value)) {}
    Json(const char *value) : value_(std::string(value)) {}
    Json(Array value) : value_(std::move(value)) {}
    Json(Object value) : value_(std::move(value)) {}

    [[nodiscard]] bool is_null() const { return std::holds_alternative<std::monostate>(value_); }
    [[nodiscard]] const bool *boolean() const { return std::get_if<bool>(&value_); }
    [[nodiscard]] const std::int64_t *integer() const { return std::get_if<std::int64_t>(&value_); }
    [[nodiscard]] const double *number() const { return std::get_if<double>(&value_); }
    [[nodiscard]] const std::string *text() const { return std::get_if<std::string>(&value_); }
    [[nodiscard]] const Array *array() const { return std::get_if<Array>(&value_); }
    [[nodiscard]] const Object *object() const { return std::get_if<Object>(&value_); }

    /// The member of this name of an object; nullptr if there is none or this is no object.
    [[nodiscard]] const Json *find(std::string_view name) const;
    /// Adds a member to an object (a null value becomes one).
    void add(std::string name, Json value);
    /// Adds an item to an array (a null value becomes one).
    void push(Json value);

    /// One line without blanks; text that is not UTF-8 gets U+FFFD in place of each bad byte.
    [[nodiscard]] std::string line() const;
    /// Many lines, indented by two.
    [[nodiscard]] std::string pretty() const;

    bool operator==(const Json &) const = default;

  private:
    std::variant<std::monostate, bool, std::int64_t, double, std::string, Array, Object> value_;
};

/// A JSON text as a value. Refused: what is not UTF-8, what nests deeper than depth, trailing text, a member name
/// that comes twice, integers beyond 64 bits signed.
[[nodiscard]] Result<Json> parse_json(std::string_view text, std::size_t depth = 32);

}  // namespace kvmtune
