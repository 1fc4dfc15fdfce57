#include "daemon/plan/order.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "tests/unit/tries.hpp"

namespace order_test {

using namespace kvmtune::plan;

namespace {

Target target(const std::string &name) {
    return {TargetKind::sysctl, "", name};
}

Change change(const std::string &name, const std::vector<std::string> &required = {}) {
    Change made;
    made.target = target(name);
    made.to = "1";
    for (const auto &one : required) made.requires_first.push_back(target(one));
    return made;
}

std::string names(const std::vector<Change> &changes) {
    std::string all;
    for (const auto &one : changes) all += one.target.name;
    return all;
}

}  // namespace

TEST_CASE("changes without requirements keep their order") {
    CHECK(names(in_order({change("b"), change("a"), change("c")})) == "bac");
    CHECK(in_order({}).empty());
}

TEST_CASE("what is required comes first, and what that requires before it") {
    CHECK(names(in_order({change("a", {"b"}), change("b", {"c"}), change("c")})) == "cba");
    CHECK(names(in_order({change("a"), change("b", {"d", "c"}), change("c"), change("d", {"c"})})) == "acdb");
}

TEST_CASE("a requirement that is not among the changes is in place already") {
    CHECK(names(in_order({change("a", {"z"}), change("b")})) == "ab");
}

TEST_CASE("changes come out as they went in") {
    auto made = change("a", {"b"});
    made.from = "0";
    made.epoch = "boot";
    made.because = "why";
    made.disruption = Disruption::link;
    const auto ordered = in_order({made, change("b")});
    REQUIRE(ordered.size() == 2);
    CHECK((ordered[1] == made));
}

TEST_CASE("in a circle each change still comes once, and others are not disturbed") {
    CHECK(names(in_order({change("a", {"a"})})) == "a");
    auto ring = names(in_order({change("x", {"a"}), change("a", {"b"}), change("b", {"a"})}));
    CHECK(ring.back() == 'x');
    std::sort(ring.begin(), ring.end());
    CHECK(ring == "abx");
}

TEST_CASE("over random requirements without circles, each comes before what needs it") {
    for (unsigned seed = 0; seed < kvmtune::tries(500); ++seed) {
        CAPTURE(seed);
        std::mt19937 dice(seed);
        std::vector<Change> changes;
        const auto count = 1 + dice() % 12;
        for (unsigned i = 0; i < count; ++i) {
            std::vector<std::string> required;
            for (unsigned j = 0; j < i; ++j)
                if (dice() % 3 == 0) required.push_back(std::string(1, static_cast<char>('a' + j)));
            changes.push_back(change(std::string(1, static_cast<char>('a' + i)), required));
        }
        for (auto i = count; i > 1; --i) std::swap(changes[i - 1], changes[dice() % i]);

        const auto order = names(in_order(changes));
        REQUIRE(order.size() == changes.size());
        for (const auto &one : changes) {
            const auto place = order.find(one.target.name);
            REQUIRE(place != std::string::npos);
            for (const auto &required : one.requires_first) CHECK(order.find(required.name) < place);
        }
    }
}

}  // namespace order_test
