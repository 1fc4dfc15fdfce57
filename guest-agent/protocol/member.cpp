#include "guest-agent/protocol/member.hpp"

#include <algorithm>

#include "guest-agent/protocol/codec.hpp"
#include "guest-agent/protocol/frame.hpp"
#include "guest-agent/protocol/message.hpp"

namespace kvmtune::protocol {

namespace {

bool is_printable(char c) {
    return c >= ' ' && c <= '~';
}

bool is_alphanumeric(char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

tl::unexpected<Error> wrong(const char *name, const std::string &what) {
    return failure(ErrorKind::invalid, std::string("member \"") + name + "\": " + what);
}

Result<const Json *> member(const Json &object, const char *name) {
    const Json *found = object.find(name);
    if (found == nullptr) return wrong(name, "missing");
    return found;
}

}  // namespace

bool is_name(std::string_view text) {
    constexpr std::string_view others = "._:/-";
    return !text.empty() && text.size() <= longest_name && std::all_of(text.begin(), text.end(), [&](char c) {
        return is_alphanumeric(c) || others.find(c) != std::string_view::npos;
    });
}

bool is_plain(std::string_view text, std::size_t limit) {
    return text.size() <= limit && std::all_of(text.begin(), text.end(), is_printable);
}

bool is_uuid(std::string_view text) {
    constexpr std::string_view shape = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx";
    if (text.size() != shape.size()) return false;
    for (std::size_t i = 0; i < shape.size(); ++i) {
        const bool digit = (text[i] >= '0' && text[i] <= '9') || (text[i] >= 'a' && text[i] <= 'f');
        if (shape[i] == 'x' ? !digit : text[i] != '-') return false;
    }
    return true;
}

std::string tame(std::string_view text, std::size_t limit) {
    std::string tamed(text.substr(0, limit));
    std::replace_if(
        tamed.begin(), tamed.end(), [](char c) { return !is_printable(c); }, '?');
    return tamed;
}

Result<Json> object_from(std::string_view frame) {
    if (frame.size() > frame_limit) return failure(ErrorKind::invalid, "frame: too large");
    const auto commas = static_cast<std::size_t>(std::count(frame.begin(), frame.end(), ','));
    if (commas > most_entries) return failure(ErrorKind::invalid, "frame: too many entries");
    Json object = TRY(parse_json(frame, deepest));
    if (object.object() == nullptr) return failure(ErrorKind::invalid, "frame: not a JSON object");
    return object;
}

Result<std::string> text_in(const Json &object, const char *name, std::size_t limit) {
    const std::string *text = TRY(member(object, name))->text();
    if (text == nullptr) return wrong(name, "not a text");
    if (!is_plain(*text, limit)) return wrong(name, "too long, or not plain text");
    return *text;
}

Result<std::uint64_t> number_in(const Json &object, const char *name, std::uint64_t least, std::uint64_t most) {
    const std::int64_t *number = TRY(member(object, name))->integer();
    if (number == nullptr || *number < 0) return wrong(name, "not a whole number");
    const auto value = static_cast<std::uint64_t>(*number);
    if (value < least || value > most) return wrong(name, "out of range");
    return value;
}

Result<std::optional<std::uint64_t>> maybe_number_in(const Json &object, const char *name, std::uint64_t least,
                                                     std::uint64_t most) {
    if (object.find(name) == nullptr) return std::optional<std::uint64_t>();
    const std::uint64_t value = TRY(number_in(object, name, least, most));
    return std::optional<std::uint64_t>(value);
}

Result<std::optional<bool>> maybe_truth_in(const Json &object, const char *name) {
    if (object.find(name) == nullptr) return std::optional<bool>();
    const bool *value = TRY(member(object, name))->boolean();
    if (value == nullptr) return wrong(name, "neither true nor false");
    return std::optional<bool>(*value);
}

Result<Json::Object> object_in(const Json &object, const char *name, std::size_t limit) {
    const Json::Object *members = TRY(member(object, name))->object();
    if (members == nullptr) return wrong(name, "not an object");
    if (members->size() > limit) return wrong(name, "too many members");
    return *members;
}

Result<Json::Array> array_in(const Json &object, const char *name, std::size_t limit) {
    const Json::Array *items = TRY(member(object, name))->array();
    if (items == nullptr) return wrong(name, "not an array");
    if (items->size() > limit) return wrong(name, "too many items");
    return *items;
}

Result<std::vector<std::string>> names_in(const Json &object, const char *name, std::size_t limit) {
    const Json::Array items = TRY(array_in(object, name, limit));
    std::vector<std::string> names;
    for (const Json &item : items) {
        if (item.text() == nullptr || !is_name(*item.text())) return wrong(name, "an item is not a name");
        names.push_back(*item.text());
    }
    return names;
}

Result<std::map<std::string, std::string>> values_in(const Json &object, const char *name, std::size_t limit) {
    const Json::Object members = TRY(object_in(object, name, limit));
    std::map<std::string, std::string> values;
    for (const auto &[key, value] : members) {
        if (!is_name(key)) return wrong(name, "a member is not named as it should be");
        if (value.text() == nullptr || !is_plain(*value.text(), longest_value)) {
            return wrong(name, key + " is not plain text, or too long");
        }
        values.emplace(key, *value.text());
    }
    return values;
}

}  // namespace kvmtune::protocol
