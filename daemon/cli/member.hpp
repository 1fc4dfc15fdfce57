// Members of an answer, read by those who know that they are there; one that is not is empty.
#pragma once

#include <string>

#include "base/json.hpp"

namespace kvmtune::cli {

[[nodiscard]] inline std::string text_at(const Json &json, std::string_view name) {
    const auto *member = json.find(name);
    return member != nullptr && member->text() != nullptr ? *member->text() : std::string();
}

[[nodiscard]] inline bool is_true(const Json &json, std::string_view name) {
    const auto *member = json.find(name);
    return member != nullptr && member->boolean() != nullptr && *member->boolean();
}

[[nodiscard]] inline std::int64_t number_at(const Json &json, std::string_view name) {
    const auto *member = json.find(name);
    return member != nullptr && member->integer() != nullptr ? *member->integer() : 0;
}

[[nodiscard]] inline const Json::Array &list_at(const Json &json, std::string_view name) {
    static const Json::Array none;
    const auto *member = json.find(name);
    return member != nullptr && member->array() != nullptr ? *member->array() : none;
}

}  // namespace kvmtune::cli
