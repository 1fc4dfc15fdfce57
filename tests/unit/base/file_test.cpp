#include "base/file.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <thread>

namespace file_test {

using kvmtune::ErrorKind;
using kvmtune::Fd;

namespace {

struct Pipe {
    Pipe() {
        std::array<int, 2> ends = {};
        REQUIRE(::pipe2(ends.data(), O_CLOEXEC) == 0);
        reading = Fd(ends[0]);
        writing = Fd(ends[1]);
    }
    Fd reading;
    Fd writing;
};

bool is_open(int fd) {
    return ::fcntl(fd, F_GETFD) != -1;
}

}  // namespace

TEST_CASE("a descriptor is closed with its owner") {
    int number = -1;
    {
        const Pipe pipe;
        number = pipe.reading.get();
        CHECK(is_open(number));
    }
    CHECK_FALSE(is_open(number));
}

TEST_CASE("a descriptor has one owner, however it is moved") {
    Pipe pipe;
    const auto number = pipe.reading.get();
    Fd taken(std::move(pipe.reading));
    CHECK(taken.get() == number);
    const auto replaced = pipe.writing.get();
    pipe.writing = std::move(taken);
    CHECK_FALSE(is_open(replaced));
    CHECK(is_open(number));
    CHECK(pipe.writing.release() == number);
    CHECK_FALSE(pipe.writing);
    CHECK(is_open(number));
    ::close(number);
}

TEST_CASE("a descriptor moved into itself stays open") {
    Pipe pipe;
    auto &same = pipe.reading;
    pipe.reading = std::move(same);
    CHECK(is_open(pipe.reading.get()));
}

TEST_CASE("all that was written is read, in many parts and with NUL bytes") {
    Pipe pipe;
    std::string text;
    for (unsigned i = 0; i < 300000; ++i) text += static_cast<char>(i % 251);
    std::thread writer([&] {
        CHECK(kvmtune::write_all(pipe.writing.get(), text));
        pipe.writing.reset();
    });
    const auto read = kvmtune::read_all(pipe.reading.get());
    writer.join();
    REQUIRE(read);
    CHECK((*read == text));
}

TEST_CASE("a file is read up to the limit and no further") {
    for (const auto *text : {"12345678", "123456789"}) {
        Pipe pipe;
        REQUIRE(kvmtune::write_all(pipe.writing.get(), text));
        pipe.writing.reset();
        const auto read = kvmtune::read_all(pipe.reading.get(), 8);
        if (std::string(text).size() <= 8) {
            REQUIRE(read);
            CHECK(*read == text);
        } else {
            REQUIRE_FALSE(read);
            CHECK(read.error().kind == ErrorKind::invalid);
        }
    }
}

TEST_CASE("a descriptor of the wrong direction is an error that says what was done") {
    Pipe pipe;
    const auto read = kvmtune::read_all(pipe.writing.get());
    REQUIRE_FALSE(read);
    CHECK(read.error().what == "read: Bad file descriptor");
    const auto written = kvmtune::write_all(pipe.reading.get(), "x");
    REQUIRE_FALSE(written);
    CHECK(written.error().what == "write: Bad file descriptor");
}

TEST_CASE("an error number becomes the kind that a caller acts on") {
    const auto kind = [](int number) { return kvmtune::system_failure("do", number).value().kind; };
    CHECK(kind(ENOENT) == ErrorKind::not_found);
    CHECK(kind(ENODEV) == ErrorKind::not_found);
    CHECK(kind(EACCES) == ErrorKind::denied);
    CHECK(kind(EROFS) == ErrorKind::denied);
    CHECK(kind(EBUSY) == ErrorKind::busy);
    CHECK(kind(EINVAL) == ErrorKind::invalid);
    CHECK(kind(EOPNOTSUPP) == ErrorKind::unsupported);
    CHECK(kind(ETIMEDOUT) == ErrorKind::timed_out);
    CHECK(kind(EIO) == ErrorKind::failed);
}

TEST_CASE("an error gets its context in front and keeps its kind") {
    const auto outer = kvmtune::within("net.core.somaxconn", {ErrorKind::denied, "write: no"});
    CHECK(outer.value() == kvmtune::Error{ErrorKind::denied, "net.core.somaxconn: write: no"});
}

}  // namespace file_test
