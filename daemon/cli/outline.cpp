#include "daemon/cli/outline.hpp"

#include <algorithm>

namespace kvmtune::cli {

namespace {

bool is_plain(const Json &json) {
    return json.object() == nullptr && json.array() == nullptr;
}

std::string plain_text(const Json &json) {
    if (json.text() != nullptr) return *json.text();
    if (json.boolean() != nullptr) return *json.boolean() ? "yes" : "no";
    return json.is_null() ? "-" : json.line();
}

/// A list of plain values, or an object with nothing but those, on one line.
std::string joined(const Json &json) {
    std::string text;
    const auto add = [&](const std::string &part) { text += (text.empty() ? "" : ", ") + part; };
    if (json.array() != nullptr)
        for (const auto &item : *json.array()) add(plain_text(item));
    if (json.object() != nullptr)
        for (const auto &[name, value] : *json.object()) add(name + " " + plain_text(value));
    return text;
}

bool fits_a_line(const Json &json) {
    if (json.array() != nullptr) return std::all_of(json.array()->begin(), json.array()->end(), is_plain);
    const auto is_plain_member = [](const auto &member) { return is_plain(member.second); };
    return json.object() != nullptr && std::all_of(json.object()->begin(), json.object()->end(), is_plain_member);
}

std::string members_of(const Json::Object &object, const std::string &indent);

std::string items_of(const Json::Array &items, const std::string &indent) {
    std::string text;
    for (const auto &item : items) {
        if (is_plain(item) || fits_a_line(item)) {
            text += indent + "- " + (is_plain(item) ? plain_text(item) : joined(item)) + "\n";
        } else if (item.object() != nullptr) {
            auto members = members_of(*item.object(), indent + "  ");
            text += members.replace(indent.size(), 1, "-");
        } else {
            text += items_of(*item.array(), indent + "  ");
        }
    }
    return text;
}

std::string members_of(const Json::Object &object, const std::string &indent) {
    std::string text;
    for (const auto &[name, value] : object) {
        text += indent + name + ":";
        if (is_plain(value)) {
            text += " " + plain_text(value) + "\n";
        } else if (value.array() != nullptr && fits_a_line(value)) {
            text += " " + joined(value) + "\n";
        } else if (value.object() != nullptr) {
            text += "\n" + members_of(*value.object(), indent + "  ");
        } else {
            text += "\n" + items_of(*value.array(), indent + "  ");
        }
    }
    return text;
}

}  // namespace

std::string outline_of(const Json &json) {
    if (json.object() != nullptr) return members_of(*json.object(), "");
    return is_plain(json) ? plain_text(json) + "\n" : items_of(*json.array(), "");
}

}  // namespace kvmtune::cli
