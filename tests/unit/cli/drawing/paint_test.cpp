#include "daemon/cli/drawing/paint.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cmath>

namespace drawing_paint_test {

using namespace kvmtune::cli::drawing;

namespace {

std::set<std::string> guests(unsigned count) {
    std::set<std::string> names;
    for (unsigned i = 0; i < count; ++i) names.insert("guest" + std::to_string(i));
    return names;
}

/// WCAG 2.1, relative luminance.
double luminance_of(const std::string &colour) {
    constexpr std::array shares = {0.2126, 0.7152, 0.0722};
    double luminance = 0;
    for (std::size_t i = 0; i < 3; ++i) {
        const double part = std::stoi(colour.substr(1 + 2 * i, 2), nullptr, 16) / 255.0;
        luminance += shares[i] * (part <= 0.04045 ? part / 12.92 : std::pow((part + 0.055) / 1.055, 2.4));
    }
    return luminance;
}

double contrast_of(const std::string &light, const std::string &dark) {
    return (luminance_of(light) + 0.05) / (luminance_of(dark) + 0.05);
}

std::set<std::string> fills_of(const std::map<std::string, Paint> &paints) {
    std::set<std::string> fills;
    for (const auto &[name, paint] : paints) fills.insert(paint.fill);
    return fills;
}

}  // namespace

TEST_CASE("a guest alone has the same colour each time, whatever it is called") {
    CHECK(paints_for({"web01"}) == paints_for({"web01"}));
    CHECK(paints_for({""}).at("").hatch == Hatch::none);
    CHECK(paints_for({}).empty());
}

TEST_CASE("eight guests have eight colours and no hatch") {
    const auto paints = paints_for(guests(8));
    CHECK(fills_of(paints).size() == 8);
    for (const auto &[name, paint] : paints) CHECK(paint.hatch == Hatch::none);
}

TEST_CASE("a newcomer changes nothing for those who have the colour of their name") {
    unsigned kept = 0;
    const auto alone = paints_for({"web01"}).at("web01");
    for (const auto *other : {"a", "b", "c", "db", "zz", "web02", "web03", "router"})
        kept += paints_for({"web01", other}).at("web01") == alone ? 1U : 0U;
    CHECK(kept >= 7);
}

TEST_CASE("forty guests are told apart by colour and hatch") {
    std::set<Paint> paints;
    for (const auto &[name, paint] : paints_for(guests(40))) paints.insert(paint);
    CHECK(paints.size() == 40);
    CHECK(paints_for(guests(500)).size() == 500);
}

TEST_CASE("black letters are readable on all of them") {
    for (const auto &fill : fills_of(paints_for(guests(40)))) {
        CHECK(contrast_of(fill, "#1b1f24") >= 4.5);
        CHECK(contrast_of(pale(fill), "#1b1f24") >= 7);
    }
    CHECK(pale("#000000") == "#aaaaaa");
    CHECK(pale("#ffffff") == "#ffffff");
}

}  // namespace drawing_paint_test
