#include "daemon/service/silence.hpp"

#include <doctest/doctest.h>

namespace silence_test {

using namespace kvmtune::service;
using namespace std::chrono_literals;

namespace {

const Silent one{{"a", "no answer"}};
const Silence::Time noon{};

}  // namespace

TEST_CASE("a silent guest is passed over, each time twice as long, up to a limit") {
    Silence silence(5s, 15s);
    CHECK(silence.passed_over(noon).empty());
    silence.note({}, one, noon);
    CHECK(silence.passed_over(noon + 4s) == one);
    CHECK(silence.passed_over(noon + 5s).empty());
    silence.note({}, one, noon);
    CHECK(silence.passed_over(noon + 9s) == one);
    CHECK(silence.passed_over(noon + 10s).empty());
    silence.note({}, one, noon);
    CHECK(silence.passed_over(noon + 14s) == one);
    CHECK(silence.passed_over(noon + 15s).empty());
}

TEST_CASE("a round that passes a guest over says nothing of it") {
    Silence silence(5s, 15s);
    silence.note({}, one, noon);
    silence.note(one, {{"b", "late"}}, noon + 1s);
    CHECK(silence.passed_over(noon + 4s) == Silent{{"a", "no answer"}, {"b", "late"}});
    CHECK(silence.passed_over(noon + 5500ms) == Silent{{"b", "late"}});
}

TEST_CASE("of those who never answer one is asked in a round, of those who boot all are") {
    Silence silence(1s, 1s);
    const Silent both{{"a", "no answer"}, {"b", "no answer"}};
    for (int time = 0; time < 4; ++time) {
        CHECK(silence.passed_over(noon + 2s * time).empty());
        silence.note({}, both, noon + 2s * time);
    }
    silence.note({}, both, noon + 8s);
    CHECK(silence.passed_over(noon + 10s).size() == 1);
    silence.note({{"b", "no answer"}}, {{"a", "no answer"}}, noon + 10s);
    CHECK(silence.passed_over(noon + 12s) == Silent{{"a", "no answer"}});
}

TEST_CASE("who answers, or starts anew, begins from the start") {
    Silence silence(5s, 15s);
    silence.note({}, one, noon);
    silence.note({}, {}, noon + 6s);
    silence.note({}, one, noon + 7s);
    CHECK(silence.passed_over(noon + 12s).empty());
    silence.note({}, one, noon + 12s);
    silence.forget("a");
    CHECK(silence.passed_over(noon + 12s).empty());
}

}  // namespace silence_test
