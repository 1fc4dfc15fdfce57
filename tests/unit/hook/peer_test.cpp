// Peers that are cut off, too large, silent, slow or gone. Each is a function that has one end of a socket to itself.
#include "daemon/hook/peer.hpp"

#include <doctest/doctest.h>

#include "tests/unit/hook/daemon_end.hpp"

namespace peer_test {

using namespace kvmtune;
using namespace kvmtune::hook;
using namespace kvmtune::fakes;

namespace {

const Call call{"qemu", "web01", "started", "begin", "-", "<domain/>"};

ErrorKind failure_with(const Behaviour &behaviour, std::chrono::milliseconds patience = at_last) {
    const Peer peer(behaviour);
    const auto answer = ask(peer.socket, call, in(patience));
    REQUIRE(!answer.has_value());
    return answer.error().kind;
}

/// What the other end hears of these bytes, of which the connection ends.
Result<Call> heard(const std::string &bytes) {
    const Peer peer([&](const Fd &fd) { (void)send(fd, bytes, in(at_last)); });
    return hear(peer.socket, in(at_last));
}

}  // namespace

TEST_CASE("a call arrives as it was sent, and its answer comes back") {
    Result<Call> arrived = failure(ErrorKind::failed, "nothing");
    {
        const Peer peer([&](const Fd &fd) {
            arrived = hear(fd, in(at_last));
            (void)send(fd, text_of(Answer{Verdict::refuse, "no", {}}), in(at_last));
        });
        CHECK(ask(peer.socket, call, in(at_last)) == Answer{Verdict::refuse, "no", {}});
    }
    CHECK(arrived == call);
}

TEST_CASE("the largest document goes through, both ways") {
    Call large = call;
    large.document = std::string(document_limit, '\n');
    const Peer peer([&](const Fd &fd) {
        const auto arrived = hear(fd, in(at_last));
        if (arrived) (void)send(fd, text_of(Answer{Verdict::go, "", arrived->document}), in(at_last));
    });
    const auto answer = ask(peer.socket, large, in(at_last));
    REQUIRE(answer.has_value());
    CHECK((answer->document == large.document));
}

TEST_CASE("an answer in pieces is an answer") {
    const Peer peer([](const Fd &fd) {
        (void)hear(fd, in(at_last));
        for (const char byte : text_of(Answer{})) (void)send(fd, std::string(1, byte), in(at_last));
    });
    CHECK(ask(peer.socket, call, in(at_last)) == Answer{});
}

TEST_CASE("who asks for patience gets it, in the same breath as the answer or long before it") {
    CHECK(ask(Peer(answers(std::string(wait_line) + text_of(Answer{}))).socket, call, in(at_last)) == Answer{});
    const Peer slow([](const Fd &fd) {
        (void)hear(fd, in(at_last));
        (void)send(fd, wait_line, in(at_last));
        std::this_thread::sleep_for(2 * soon);
        (void)send(fd, text_of(Answer{Verdict::refuse, "no", {}}), in(at_last));
    });
    CHECK(ask(slow.socket, call, in(soon)) == Answer{Verdict::refuse, "no", {}});
}

TEST_CASE("... once, and is no answer") {
    CHECK(failure_with(answers(std::string(wait_line) + std::string(wait_line))) == ErrorKind::invalid);
    CHECK(failure_with(answers(std::string(wait_line))) == ErrorKind::invalid);
}

TEST_CASE("an answer that is cut off, nonsense or too large is none") {
    CHECK(failure_with([](const Fd &) {}) != ErrorKind::timed_out);
    CHECK(failure_with(answers("")) == ErrorKind::invalid);
    CHECK(failure_with(answers("{\"verdict\":\"go\"}")) == ErrorKind::invalid);
    CHECK(failure_with(answers("yes\n")) == ErrorKind::invalid);
    CHECK(failure_with(answers("\xff\n")) == ErrorKind::invalid);
    CHECK(failure_with(answers(std::string(answer_limit + 1, ' '))) == ErrorKind::invalid);
}

TEST_CASE("a peer that is silent, or takes no more, ends with the deadline") {
    CHECK(failure_with(stay, soon) == ErrorKind::timed_out);
    Call large = call;
    large.document = std::string(document_limit, 'x');
    const Peer peer(stay);
    const auto answer = ask(peer.socket, large, in(soon));
    REQUIRE(!answer.has_value());
    CHECK(answer.error().kind == ErrorKind::timed_out);
}

TEST_CASE("a peer that always sends a little more does not move the deadline") {
    CHECK(failure_with(
              [](const Fd &fd) {
                  while (send(fd, " ", in(at_last))) std::this_thread::yield();
              },
              soon) == ErrorKind::timed_out);
}

TEST_CASE("the other end takes whole calls only, in time") {
    CHECK(heard(text_of(call)) == call);
    CHECK(heard("").error().kind == ErrorKind::invalid);
    CHECK(heard("{\"driver\":\"qe").error().kind == ErrorKind::invalid);
    CHECK(heard(std::string(call_limit + 1, 'x')).error().kind == ErrorKind::invalid);
    const Peer silent(stay);
    CHECK(hear(silent.socket, in(soon)).error().kind == ErrorKind::timed_out);
}

TEST_CASE("who is not there is told from who is slow") {
    const TemporaryTree tree;
    const std::string path = tree.root().full(socket_path);
    CHECK(connect_to(path).error().kind == ErrorKind::not_found);
    {
        const Daemon daemon(tree, stay);
        const auto socket = connect_to(path);
        REQUIRE(socket.has_value());
        CHECK(ask(*socket, call, in(soon)).error().kind == ErrorKind::timed_out);
    }
    CHECK(connect_to(path).error().kind == ErrorKind::not_found);  // its socket is still there
    CHECK(connect_to(std::string(200, 'x')).error().kind == ErrorKind::invalid);
}

}  // namespace peer_test
