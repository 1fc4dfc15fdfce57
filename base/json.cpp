// The SAX interface builds our own values, so that depth and repeated names are refused while reading and no second
// tree is ever made. The library writes only strings and numbers, for their escapes and shortest forms.
#include "base/json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>

namespace kvmtune {

namespace {

using Library = nlohmann::json;

class Builder : public nlohmann::json_sax<Library> {
  public:
    explicit Builder(std::size_t depth) : depth_(depth) {}

    bool null() override { return put(Json()); }
    bool boolean(bool value) override { return put(Json(value)); }
    bool number_integer(number_integer_t value) override { return put(Json(static_cast<std::int64_t>(value))); }
    bool number_unsigned(number_unsigned_t value) override {
        if (value > static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max()))
            return refuse("a number is too large");
        return put(Json(static_cast<std::int64_t>(value)));
    }
    bool number_float(number_float_t value, const string_t &digits) override {
        if (digits.find_first_of(".eE") == string_t::npos) return refuse("a number is too large");
        return put(Json(value));
    }
    bool string(string_t &value) override { return put(Json(std::move(value))); }
    bool binary(binary_t &) override { return refuse("binary data"); }
    bool start_object(std::size_t) override { return open(Json(Json::Object{})); }
    bool start_array(std::size_t) override { return open(Json(Json::Array{})); }
    bool key(string_t &name) override {
        if (open_.back().value.find(name) != nullptr) return refuse("member \"" + name + "\" comes twice");
        open_.back().next_name = std::move(name);
        return true;
    }
    bool end_object() override { return close(); }
    bool end_array() override { return close(); }
    bool parse_error(std::size_t position, const std::string &, const nlohmann::detail::exception &) override {
        return refuse("not JSON at byte " + std::to_string(position));
    }

    Json result;
    std::string mistake;

  private:
    struct Open {
        Json value;
        std::string next_name;
    };

    bool refuse(std::string what) {
        mistake = std::move(what);
        return false;
    }
    bool open(Json value) {
        if (open_.size() >= depth_) return refuse("it nests deeper than " + std::to_string(depth_));
        open_.push_back({std::move(value), {}});
        return true;
    }
    bool close() {
        auto value = std::move(open_.back().value);
        open_.pop_back();
        return put(std::move(value));
    }
    bool put(Json value) {
        if (open_.empty()) {
            result = std::move(value);
        } else if (open_.back().value.object() != nullptr) {
            open_.back().value.add(std::move(open_.back().next_name), std::move(value));
        } else {
            open_.back().value.push(std::move(value));
        }
        return true;
    }

    std::size_t depth_;
    std::vector<Open> open_;
};

std::string quoted(const std::string &text) {
    return Library(text).dump(-1, ' ', false, Library::error_handler_t::replace);
}

void write(const Json &value, std::string &out, int indent, int level);

template <class Items, class WriteItem>
void write_items(const Items &items, char open, char close, std::string &out, int indent, int level,
                 WriteItem write_item) {
    out += open;
    const auto line_break = [&](int at) {
        if (indent > 0) out.append("\n").append(static_cast<std::size_t>(indent * at), ' ');
    };
    bool first = true;
    for (const auto &item : items) {
        if (!first) out += ',';
        first = false;
        line_break(level + 1);
        write_item(item);
    }
    if (!first) line_break(level);
    out += close;
}

void write(const Json &value, std::string &out, int indent, int level) {
    if (const auto *flag = value.boolean()) {
        out += *flag ? "true" : "false";
    } else if (const auto *integer = value.integer()) {
        out += std::to_string(*integer);
    } else if (const auto *number = value.number()) {
        out += Library(*number).dump();
    } else if (const auto *text = value.text()) {
        out += quoted(*text);
    } else if (const auto *array = value.array()) {
        write_items(*array, '[', ']', out, indent, level,
                    [&](const Json &item) { write(item, out, indent, level + 1); });
    } else if (const auto *object = value.object()) {
        write_items(*object, '{', '}', out, indent, level, [&](const Json::Member &member) {
            out += quoted(member.first) + (indent > 0 ? ": " : ":");
            write(member.second, out, indent, level + 1);
        });
    } else {
        out += "null";
    }
}

}  // namespace

const Json *Json::find(std::string_view name) const {
    const auto *members = object();
    if (members == nullptr) return nullptr;
    const auto at = std::find_if(members->begin(), members->end(), [&](const Member &m) { return m.first == name; });
    return at == members->end() ? nullptr : &at->second;
}

void Json::add(std::string name, Json value) {
    if (is_null()) value_ = Object{};
    std::get<Object>(value_).emplace_back(std::move(name), std::move(value));
}

void Json::push(Json value) {
    if (is_null()) value_ = Array{};
    std::get<Array>(value_).push_back(std::move(value));
}

std::string Json::line() const {
    std::string out;
    write(*this, out, 0, 0);
    return out;
}

std::string Json::pretty() const {
    std::string out;
    write(*this, out, 2, 0);
    return out + "\n";
}

Result<Json> parse_json(std::string_view text, std::size_t depth) {
    if (text.find('\0') != std::string_view::npos) return failure(ErrorKind::invalid, "not JSON: it has a NUL byte");
    Builder builder(depth);
    if (!Library::sax_parse(text.begin(), text.end(), &builder))
        return failure(ErrorKind::invalid, builder.mistake.empty() ? "not JSON" : builder.mistake);
    return std::move(builder.result);
}

}  // namespace kvmtune
