#include "guest-agent/protocol/frame.hpp"

#include <doctest/doctest.h>

namespace frame_test {

using kvmtune::protocol::frame_limit;
using kvmtune::protocol::Framer;

TEST_CASE("frames come out as they were cut, whatever the reads were") {
    Framer framer;
    for (const char byte : std::string("one\ntwo\n")) framer.feed(std::string(1, byte));
    CHECK(framer.take() == "one");
    CHECK(framer.take() == "two");
    CHECK(!framer.take());
    framer.feed("three\nfour\nfi");
    CHECK(framer.take() == "three");
    CHECK(framer.take() == "four");
    CHECK(!framer.take());
    framer.feed("ve\n");
    CHECK(framer.take() == "five");
}

TEST_CASE("empty lines mean nothing") {
    Framer framer;
    framer.feed("\n\n\none\n\n");
    CHECK(framer.take() == "one");
    CHECK(!framer.take());
    CHECK(framer.oversized() == 0);
}

TEST_CASE("the largest frame passes and one byte more does not") {
    Framer framer;
    framer.feed(std::string(frame_limit, 'a') + "\n" + std::string(frame_limit + 1, 'b') + "\nnext\n");
    CHECK(framer.take() == std::string(frame_limit, 'a'));
    CHECK(framer.take() == "next");
    CHECK(framer.oversized() == 1);
}

TEST_CASE("a frame without end is dropped up to its end, and counted once") {
    Framer framer;
    for (int i = 0; i < 100; ++i) {
        framer.feed(std::string(10000, 'x'));
        CHECK(!framer.take());
    }
    framer.feed("rest\nnext\n");
    CHECK(framer.take() == "next");
    CHECK(framer.oversized() == 1);
}

TEST_CASE("a reset forgets half a frame") {
    Framer framer;
    framer.feed("half of a fr");
    framer.reset();
    framer.feed("whole\n");
    CHECK(framer.take() == "whole");
    framer.feed(std::string(frame_limit + 1, 'x'));
    framer.reset();
    framer.feed("after\n");
    CHECK(framer.take() == "after");
}

}  // namespace frame_test
