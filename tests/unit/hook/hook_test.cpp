#include "daemon/hook/hook.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>

#include "tests/unit/hook/daemon_end.hpp"

namespace hook_test {

using namespace kvmtune;
using namespace kvmtune::hook;
using namespace kvmtune::fakes;

namespace {

using Arguments = std::vector<std::string>;

const std::string ours = "<domain><metadata><kvmtune:tuned xmlns:kvmtune='urn:kvmtune:domain:1'/></metadata></domain>";

Call call_of(const std::string &operation, const std::string &document = ours) {
    return {"qemu", "web01", operation, "begin", "-", document};
}

/// A pipe with this in it, or one into which nobody ever writes.
class Input {
  public:
    explicit Input(const std::string &text) : Input() {
        REQUIRE(write_all(end_.get(), text).has_value());
        end_.reset();
    }
    Input() {
        int ends[2];
        REQUIRE(::pipe(ends) == 0);
        fd = Fd(ends[0]);
        end_ = Fd(ends[1]);
    }
    Fd fd;

  private:
    Fd end_;
};

Outcome run_on(const TemporaryTree &tree, const std::string &operation, std::chrono::milliseconds patience = at_last,
               const Arguments &stand_ins = {}) {
    Invocation invocation{tree.root().path(), call_of(operation, "")};
    const Input input(ours);
    return run(invocation, input.fd.get(), stand_ins, in(patience));
}

}  // namespace

TEST_CASE("the folder that it is called in names the driver") {
    const auto qemu = invocation_from({"/etc/libvirt/hooks/qemu.d/kvmtune", "web01", "started", "begin", "-"});
    REQUIRE(qemu.has_value());
    CHECK(qemu->call == Call{"qemu", "web01", "started", "begin", "-", ""});
    CHECK(qemu->root == "/");
    CHECK(invocation_from({"network.d/kvmtune", "default", "start", "begin", "-"})->call.driver == "network");
    CHECK(!invocation_from({"/usr/sbin/kvmtune-hook", "web01", "started", "begin", "-"}).has_value());
    CHECK(!invocation_from({"kvmtune-hook", "web01", "started", "begin", "-"}).has_value());
}

TEST_CASE("a root is an argument more, and a guest may be named like one") {
    const auto elsewhere = invocation_from({"qemu.d/kvmtune", "--root", "/tree", "web01", "started", "begin", "-"});
    REQUIRE(elsewhere.has_value());
    CHECK(elsewhere->root == "/tree");
    CHECK(elsewhere->call.object == "web01");
    CHECK(invocation_from({"qemu.d/kvmtune", "--root", "started", "begin", "-"})->call.object == "--root");
    CHECK(!invocation_from({"qemu.d/kvmtune"}).has_value());
    CHECK(!invocation_from({}).has_value());
}

TEST_CASE("a refusal counts only before the guest runs") {
    const Answer refusal{Verdict::refuse, "no huge pages", {}};
    CHECK(outcome_of(call_of("prepare"), refusal) == Outcome{1, "", "no huge pages"});
    CHECK(outcome_of(call_of("start"), refusal).status == 1);
    for (const char *operation : {"started", "stopped", "release", "reconnect", "migrate", "restore", "attach"})
        CHECK(outcome_of(call_of(operation), refusal).status == 0);
}

TEST_CASE("a document is for filters only") {
    const Answer answer{Verdict::go, "", "<domain/>"};
    CHECK(outcome_of(call_of("restore"), answer) == Outcome{0, "<domain/>", ""});
    CHECK(outcome_of(call_of("started"), answer) == Outcome{});
    CHECK(outcome_of(call_of("restore"), Answer{}) == Outcome{});
}

TEST_CASE("a failure is said and is none of libvirt's") {
    const Result<Answer> late = failure(ErrorKind::timed_out, "nothing came in time");
    for (const char *operation : {"prepare", "start", "started", "reconnect", "migrate"})
        CHECK(outcome_of(call_of(operation), late) == Outcome{0, "", "not tuned now: nothing came in time"});
}

TEST_CASE("the stand-in is for what it can do, and for guests that hold something of ours") {
    CHECK(is_for_stand_in(call_of("prepare")));
    CHECK(is_for_stand_in(call_of("started")));
    CHECK(is_for_stand_in(call_of("restore")));
    CHECK(!is_for_stand_in(call_of("started", "<domain/>")));
    CHECK(!is_for_stand_in(call_of("stopped")));
    auto network = call_of("started");
    network.driver = "network";
    CHECK(!is_for_stand_in(network));
}

TEST_CASE("a daemon is asked, and heeded") {
    const TemporaryTree tree;
    const Daemon daemon(tree, answers("{\"verdict\":\"refuse\",\"why\":\"no\"}\n"));
    CHECK(run_on(tree, "prepare") == Outcome{1, "", "no"});
}

TEST_CASE("without a daemon, the stand-in that is there is asked") {
    const TemporaryTree tree;
    tree.add("stand-in", "#!/bin/sh\ncat >\"$1/heard\"\necho '{\"verdict\":\"go\",\"document\":\"<other/>\"}'\n");
    const auto program = tree.root().full("stand-in");
    REQUIRE(::chmod(program.c_str(), 0755) == 0);
    CHECK(run_on(tree, "restore", at_last, {tree.root().full("none"), program}) == Outcome{0, "<other/>", ""});
    CHECK(call_from(tree.text("heard")) == call_of("restore"));
}

TEST_CASE("a stand-in that is not there, dies or hangs is no failure") {
    const TemporaryTree tree;
    CHECK(run_on(tree, "started", at_last, {tree.root().full("none")}).status == 0);
    CHECK(run_on(tree, "started", at_last, {"/bin/false"}).status == 0);
    tree.add("hangs", "#!/bin/sh\nexec sleep 1000\n");
    const auto program = tree.root().full("hangs");
    REQUIRE(::chmod(program.c_str(), 0755) == 0);
    CHECK(run_on(tree, "started", soon, {program}) == Outcome{0, "", "not tuned now: nothing came in time"});
}

TEST_CASE("a daemon that is slow is not stood in for") {
    const TemporaryTree tree;
    tree.add("stand-in", "#!/bin/sh\ntouch \"$1/called\"\n");
    const auto program = tree.root().full("stand-in");
    REQUIRE(::chmod(program.c_str(), 0755) == 0);
    const Daemon daemon(tree, stay);
    CHECK(run_on(tree, "started", soon, {program}).status == 0);
    CHECK(!tree.root().exists("called"));
}

TEST_CASE("a document that does not come, or never ends, is no failure") {
    const TemporaryTree tree;
    const Invocation invocation{tree.root().path(), call_of("prepare", "")};
    const Input silent;
    CHECK(run(invocation, silent.fd.get(), {}, in(soon)).status == 0);
    const Fd zeros(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
    const auto outcome = run(invocation, zeros.get(), {}, in(at_last));
    CHECK(outcome == Outcome{0, "", "not tuned now: its document: it is larger than any that is read here"});
}

}  // namespace hook_test
