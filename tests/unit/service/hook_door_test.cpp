#include "daemon/service/hook_door.hpp"

#include <doctest/doctest.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <atomic>
#include <future>

#include "daemon/hook/peer.hpp"
#include "tests/fakes/temporary_tree.hpp"

namespace hook_door_test {

using namespace kvmtune;
using namespace std::chrono_literals;
using service::HookDoor;

namespace {

hook::Call call(const std::string &operation) {
    return {"qemu", "web01", operation, "begin", "-", "<domain type='kvm'><name>web01</name></domain>"};
}

struct Bench {
    fakes::TemporaryTree tree;
    std::promise<hook::Call> heard;
    std::atomic_flag heard_one;
    std::unique_ptr<HookDoor> door = HookDoor::open(tree.root(), "core:4 pu:1", [this](const hook::Call &one) {
                                         if (!heard_one.test_and_set()) heard.set_value(one);
                                     }).value();

    Fd knock() const { return hook::connect_to(tree.root().full(hook::socket_path)).value(); }
    static hook::Deadline deadline() { return std::chrono::steady_clock::now() + 30s; }
};

}  // namespace

TEST_CASE("a call is answered and heard, and only root may knock") {
    Bench bench;
    CHECK(bench.tree.mode(hook::socket_path) == 0600);
    CHECK(hook::ask(bench.knock(), call("started"), Bench::deadline()).value() == hook::Answer{});
    CHECK(bench.heard.get_future().get() == call("started"));
}

TEST_CASE("whoever says nonsense gets no answer, and the next one is served") {
    Bench bench;
    {
        const auto caller = bench.knock();
        REQUIRE(hook::send(caller, "nonsense", Bench::deadline()));
    }
    CHECK(hook::ask(bench.knock(), call("prepare"), Bench::deadline()));
}

TEST_CASE("whoever is silent holds up the next one for no more than a second") {
    Bench bench;
    const auto silent = bench.knock();
    CHECK(hook::ask(bench.knock(), call("prepare"), Bench::deadline()));
}

TEST_CASE("patience is asked for a guest whose pages may have to be made, and for no other") {
    Bench bench;
    const auto says = [&](const std::string &document) {
        auto start = call("prepare");
        start.document = document;
        const auto socket = bench.knock();
        REQUIRE(hook::send(socket, text_of(start), Bench::deadline()));
        REQUIRE(::shutdown(socket.get(), SHUT_WR) == 0);
        return hook::receive_to_end(socket.get(), hook::answer_limit, Bench::deadline()).value();
    };
    const std::string with_pages = "<domain><memoryBacking><hugepages/></memoryBacking></domain>";
    CHECK_FALSE(says(with_pages).starts_with(hook::wait_line));
    plan::Policy policy;
    policy.host.hugepages.pool = plan::HugePagePolicy::Pool::on_demand;
    bench.door->use(std::make_shared<const plan::Policy>(policy));
    CHECK(says(with_pages).starts_with(hook::wait_line));
    CHECK_FALSE(says("<domain/>").starts_with(hook::wait_line));
}

TEST_CASE("a document without anything of ours comes back as none") {
    Bench bench;
    bench.tree.add("proc/sys/kernel/osrelease", "6.1.0\n");
    bench.tree.add("proc/sys/kernel/random/boot_id", "11111111-2222-4333-8444-555555555555\n");
    const auto answer = hook::ask(bench.knock(), call("restore"), Bench::deadline()).value();
    CHECK(answer.verdict == hook::Verdict::go);
    CHECK_FALSE(answer.document.has_value());
}

TEST_CASE("where the daemon has ended nobody listens") {
    Bench bench;
    bench.door.reset();
    CHECK_FALSE(bench.tree.root().exists(hook::socket_path));
}

}  // namespace hook_door_test
