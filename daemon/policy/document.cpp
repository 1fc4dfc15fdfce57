// The one file that includes toml11 (Debian's 3.7.1) and the one that catches what it throws.
//
// What toml11 does that its manual does not say:
//  * A syntax error's location() is often that of the line's start: the parser goes back before it throws. The exact
//    place stands in what() (picture.hpp).
//  * Columns count bytes from the last line feed. The carriage return of CRLF is part of the line before the feed.
//  * location() counts line feeds from the start of the text and copies the line, each time: with one call a value a
//    text of 400 KB takes 15 seconds. The value's region gives the offset at once, but is in namespace detail.
//  * Keys have no place of their own. A [table] and each [[table]] stand at their header; an array of tables at its
//    first; a table that only a dotted key or a longer header implies, at that key or header.
//  * Tables lose the order of the text: members are sorted by place here.
//  * An integer beyond 64 bits becomes the largest or the smallest one without a word, so these two are no integers
//    here. A binary one (0b...) overflows from 63 digits on.
//  * Time grows with the square of a line's length, and so does that of an array on one line.
//  * Arrays and inline tables recurse as deep as the text says; so does the destruction of a dotted key.
//  * A literal string that is not UTF-8 is read beyond its end (parse_literal_string() resets an iterator of one buffer
//    to that of another), and in comments a bad byte is "expected newline": the text is validated before.
#include "daemon/policy/document.hpp"

#include <algorithm>
#include <exception>
#include <limits>
#include <optional>
#include <sstream>
#include <string_view>
#include <tuple>

#include <toml.hpp>

#include "daemon/policy/nesting.hpp"
#include "daemon/policy/picture.hpp"
#include "daemon/policy/utf8.hpp"

namespace kvmtune::policy {

namespace {

using Toml = toml::basic_value<toml::discard_comments>;

constexpr std::size_t deepest_nesting = 32;
constexpr std::size_t longest_line = 16u << 10;
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

class Reader {
  public:
    explicit Reader(const Places &places) : places_(places) {}

    [[nodiscard]] Node node(const Toml &value) const;

  private:
    [[nodiscard]] Position place(const Toml &value) const;
    [[nodiscard]] Array items(const Toml &value) const;
    [[nodiscard]] Table members(const Toml &value) const;

    const Places &places_;
};

Position Reader::place(const Toml &value) const {
    const auto *region = dynamic_cast<const toml::detail::region *>(toml::detail::get_region(value));
    return region == nullptr ? Position{} : places_.at(static_cast<std::size_t>(region->first() - region->begin()));
}

Array Reader::items(const Toml &value) const {
    Array nodes;
    for (const Toml &item : value.as_array()) nodes.push_back(node(item));
    return nodes;
}

Table Reader::members(const Toml &value) const {
    Table nodes;
    for (const auto &[key, member] : value.as_table()) nodes.emplace_back(key, node(member));
    std::sort(nodes.begin(), nodes.end(), [](const auto &left, const auto &right) {
        return std::tie(left.second.at, left.first) < std::tie(right.second.at, right.first);
    });
    return nodes;
}

Node integer(std::int64_t value, Position at) {
    using Limits = std::numeric_limits<std::int64_t>;
    if (value == Limits::max() || value == Limits::min()) return {at, OtherKind{"an integer beyond 64 bits"}};
    return {at, value};
}

Node Reader::node(const Toml &value) const {
    const Position at = place(value);
    switch (value.type()) {
        case toml::value_t::boolean:
            return {at, value.as_boolean()};
        case toml::value_t::integer:
            return integer(value.as_integer(), at);
        case toml::value_t::string:
            return {at, value.as_string().str};
        case toml::value_t::array:
            return {at, items(value)};
        case toml::value_t::table:
            return {at, members(value)};
        case toml::value_t::floating:
            return {at, OtherKind{"a float"}};
        default:
            return {at, OtherKind{"a date or time"}};
    }
}

Mistake here(const PolicyText &file, Position at, const std::string &what) {
    return {file.name, at.line, at.column, what};
}

Mistake mistake_from(const PolicyText &file, const Places &places, const toml::exception &thrown) {
    const SyntaxError error = syntax_error_in(thrown.what());
    const auto &fallback = thrown.location();
    const Position at =
        error.line != 0 ? places.at(error.line, error.byte_column) : places.at(fallback.line(), fallback.column());
    return here(file, at, "not TOML: " + error.what);
}

/// Where 0b and more binary digits than toml11 can take begin.
std::optional<std::size_t> overlong_binary(std::string_view text) {
    constexpr std::size_t most_digits = 62;
    for (auto at = text.find("0b"); at != std::string_view::npos; at = text.find("0b", at + 1)) {
        const std::string_view token = text.substr(at + 2);
        if (token.substr(0, token.find_first_not_of("01_")).size() > most_digits) return at;
    }
    return {};
}

/// Why a text is not for toml11, if it is not.
std::optional<Mistake> unfit(const PolicyText &file, std::string_view text, const Places &places) {
    const auto whole = [&](const std::string &what) { return Mistake{file.name, 0, 0, what}; };
    if (text.size() > largest_policy) return whole("it is larger than " + std::to_string(largest_policy) + " bytes");
    if (places.longest_line() > longest_line)
        return whole("it has a line of more than " + std::to_string(longest_line) + " bytes");
    if (nesting_of(text) > deepest_nesting) return whole("it nests deeper than " + std::to_string(deepest_nesting));
    if (const auto bad = first_bad_byte(text)) return here(file, places.at(*bad), "not TOML: not UTF-8");
    if (const auto binary = overlong_binary(text))
        return here(file, places.at(*binary), "a binary integer beyond 62 bits");
    return {};
}

}  // namespace

std::string Node::kind() const {
    struct Name {
        std::string operator()(const OtherKind &other) const { return other.kind; }
        std::string operator()(bool) const { return "a boolean"; }
        std::string operator()(std::int64_t) const { return "an integer"; }
        std::string operator()(const std::string &) const { return "a string"; }
        std::string operator()(const Array &) const { return "an array"; }
        std::string operator()(const Table &) const { return "a table"; }
    };
    return std::visit(Name{}, value);
}

tl::expected<Node, Mistake> parse_document(const PolicyText &file) {
    std::string_view text = file.text;
    if (text.starts_with(byte_order_mark)) text.remove_prefix(byte_order_mark.size());
    const Places places(text);
    if (auto mistake = unfit(file, text, places)) return tl::unexpected(*std::move(mistake));
    try {
        std::istringstream stream{std::string(text)};
        return Reader(places).node(toml::parse<toml::discard_comments>(stream, file.name));
    } catch (const toml::exception &thrown) {
        return tl::unexpected(mistake_from(file, places, thrown));
    } catch (const std::exception &thrown) {
        return tl::unexpected(Mistake{file.name, 0, 0, std::string("not TOML: ") + thrown.what()});
    }
}

}  // namespace kvmtune::policy
