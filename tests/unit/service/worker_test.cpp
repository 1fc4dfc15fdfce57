#include "daemon/service/worker.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <future>

#include "tests/fakes/fake_hypervisor.hpp"
#include "tests/fakes/fake_watch.hpp"

namespace worker_test {

using namespace kvmtune;
using apply::Happening;
using service::Worker;

namespace {

struct Bench {
    fakes::FakeHypervisor hypervisor;
    fakes::Events events;
    std::promise<void> connected;
    std::promise<Error> disconnected;
    std::promise<std::vector<Happening>> happened;

    Worker::Ears ears() {
        return {[this] { connected.set_value(); }, [this](const Error &why) { disconnected.set_value(why); },
                [this](std::vector<Happening> happenings) { happened.set_value(std::move(happenings)); }};
    }
    service::OpenWatch open() {
        return [this]() -> Result<std::unique_ptr<apply::Watch>> {
            return std::make_unique<fakes::FakeWatch>(hypervisor, events);
        };
    }
};

/// What a job gets, or why there is nothing.
std::string given_to_job(Worker &worker) {
    std::promise<std::string> given;
    worker.post([&](Result<apply::Hypervisor *> hypervisor) {
        given.set_value(hypervisor ? (*hypervisor)->uri() : hypervisor.error().what);
    });
    return given.get_future().get();
}

}  // namespace

TEST_CASE("a job gets the hypervisor, also while nothing happens") {
    Bench bench;
    Worker worker(bench.open(), bench.ears());
    bench.connected.get_future().wait();
    CHECK(given_to_job(worker) == bench.hypervisor.uri());
}

TEST_CASE("what happens is handed on") {
    Bench bench;
    Worker worker(bench.open(), bench.ears());
    bench.events.happen({Happening::What::started, "a"});
    CHECK(bench.happened.get_future().get() == std::vector<Happening>{{Happening::What::started, "a"}});
}

TEST_CASE("where nobody can be connected to, jobs are told why at once") {
    Bench bench;
    auto ears = bench.ears();
    std::atomic<int> refusals = 0;
    ears.disconnected = [&](const Error &) { ++refusals; };
    Worker worker([]() -> Result<std::unique_ptr<apply::Watch>> { return failure(ErrorKind::failed, "no libvirtd"); },
                  std::move(ears));
    CHECK(given_to_job(worker) == "no libvirtd");
    CHECK(refusals > 0);
}

TEST_CASE("a lost connection is told, and made again") {
    Bench bench;
    auto ears = bench.ears();
    std::promise<void> again;
    std::atomic<int> connections = 0;
    ears.connected = [&] {
        if (++connections == 2) again.set_value();
    };
    Worker worker(bench.open(), std::move(ears));
    bench.events.lose_connection();
    CHECK(bench.disconnected.get_future().get().what == "the connection is lost");
    again.get_future().wait();
    CHECK(given_to_job(worker) == bench.hypervisor.uri());
}

}  // namespace worker_test
