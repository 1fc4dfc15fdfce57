#include "daemon/guest/lines.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>

#include "tests/fakes/listener.hpp"

namespace lines_test {

using namespace kvmtune;
using guest::Lines;
using std::chrono::milliseconds;

namespace {

constexpr milliseconds soon{1000};

struct Bench {
    fakes::TemporaryTree tree;
    fakes::Listener qemu{tree, "first"};
    fakes::Listener other{tree, "second"};
    Lines lines;

    guest::Channel *to(const fakes::Listener &listener) {
        const auto line = lines.to("uuid", listener.path(), soon);
        return line ? *line : nullptr;
    }
};

}  // namespace

TEST_CASE("a line stays open from one use to the next") {
    Bench bench;
    auto *const line = bench.to(bench.qemu);
    REQUIRE(line != nullptr);
    const Fd guest = bench.qemu.accept();
    const int descriptor = line->fd();
    CHECK(bench.to(bench.qemu) == line);
    CHECK(bench.lines.open() == std::map<std::string, int>{{"uuid", descriptor}});
}

TEST_CASE("what came unasked is taken off it") {
    Bench bench;
    REQUIRE(bench.to(bench.qemu) != nullptr);
    const Fd guest = bench.qemu.accept();
    REQUIRE(write_all(guest.get(), "nobody asked\n"));
    auto *const line = bench.to(bench.qemu);
    REQUIRE(line != nullptr);
    CHECK(line->dropped().garbled == 1);
}

TEST_CASE("a guest that starts anew has another socket, and so another line") {
    Bench bench;
    REQUIRE(bench.to(bench.qemu) != nullptr);
    const Fd before = bench.qemu.accept();
    REQUIRE(bench.to(bench.other) != nullptr);
    const Fd after = bench.other.accept();
    char byte = 0;
    CHECK(::recv(before.get(), &byte, 1, 0) == 0);  // the old one is closed
    CHECK(bench.lines.open().size() == 1);
}

TEST_CASE("a line that QEMU has closed is let go of, also with something unread in it, and made anew when used") {
    Bench bench;
    REQUIRE(bench.to(bench.qemu) != nullptr);
    {
        const Fd guest = bench.qemu.accept();
        REQUIRE(write_all(guest.get(), "unread\n"));
    }
    CHECK(bench.lines.open().empty());
    REQUIRE(bench.to(bench.qemu) != nullptr);
    const Fd guest = bench.qemu.accept();
    CHECK(bench.lines.open().size() == 1);
}

TEST_CASE("lines that nobody waits on are closed, for others") {
    Bench bench;
    REQUIRE(bench.to(bench.qemu) != nullptr);
    const Fd guest = bench.qemu.accept();
    bench.lines.keep_only({"uuid"});
    CHECK(bench.lines.open().size() == 1);
    bench.lines.keep_only({"another"});
    char byte = 0;
    CHECK(::recv(guest.get(), &byte, 1, 0) == 0);
    CHECK(bench.lines.open().empty());
}

TEST_CASE("where nobody listens there is no line") {
    Bench bench;
    CHECK(bench.lines.to("uuid", bench.tree.root().full("nothing"), soon).error().kind == ErrorKind::not_found);
    CHECK(bench.lines.open().empty());
}

}  // namespace lines_test
