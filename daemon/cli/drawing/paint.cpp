#include "daemon/cli/drawing/paint.hpp"

#include <charconv>
#include <cstdint>
#include <iterator>
#include <string_view>
#include <vector>

namespace kvmtune::cli::drawing {

namespace {

/// Paul Tol's "light" scheme without its grey (Colour Schemes, SRON/EPS/TN/09-002, issue 3.2): made for cells with
/// black labels, and told apart by the colour-blind.
constexpr const char *colours[] = {"#77aadd", "#ee8866", "#eedd88", "#ffaabb",
                                   "#99ddff", "#44bb99", "#bbcc33", "#aaaa00"};
constexpr std::size_t colour_count = std::size(colours);

/// FNV-1a: the same wherever and whenever the picture is drawn.
std::uint32_t hash_of(std::string_view text) {
    std::uint32_t hash = 2166136261U;
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
    return hash;
}

std::size_t favourite_of(const std::string &name) {
    const std::uint32_t hash = hash_of(name);
    return (hash ^ (hash >> 16)) % colour_count;
}

/// First those whose favourite nobody before them has.
std::vector<std::string> in_turn(const std::set<std::string> &names) {
    std::vector<std::string> first, later;
    std::set<std::size_t> taken;
    for (const std::string &name : names) (taken.insert(favourite_of(name)).second ? first : later).push_back(name);
    first.insert(first.end(), later.begin(), later.end());
    return first;
}

}  // namespace

std::map<std::string, Paint> paints_for(const std::set<std::string> &names) {
    std::map<std::string, Paint> paints;
    std::set<std::size_t> taken;
    for (const std::string &name : in_turn(names)) {
        std::size_t colour = favourite_of(name);
        while (taken.count(colour) != 0) colour = (colour + 1) % colour_count;
        taken.insert(colour);
        const auto round = static_cast<unsigned>(paints.size() / colour_count);
        paints[name] = {colours[colour], static_cast<Hatch>(round % hatches)};
        if (taken.size() == colour_count) taken.clear();
    }
    return paints;
}

std::string pale(const std::string &colour) {
    constexpr unsigned white = 255;
    constexpr const char *digits = "0123456789abcdef";
    std::string result = "#";
    for (std::size_t at = 1; at + 1 < colour.size(); at += 2) {
        unsigned value = 0;
        std::from_chars(colour.data() + at, colour.data() + at + 2, value, 16);
        value = (value + 2 * white) / 3;
        result += {digits[value / 16], digits[value % 16]};
    }
    return result;
}

}  // namespace kvmtune::cli::drawing
