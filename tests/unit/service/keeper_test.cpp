// The keeper on a real loop and in a real thread, with a hypervisor in memory and a host of files.
#include "daemon/service/keeper.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <optional>

#include "tests/fakes/fake_hypervisor.hpp"
#include "tests/fakes/fake_watch.hpp"
#include "tests/fakes/host_tree.hpp"
#include "tests/fakes/listener.hpp"
#include "tests/unit/agent/fake_guest.hpp"

namespace keeper_test {

using namespace kvmtune;
using apply::Happening;
using service::Keeper;
using service::Loop;
using service::Mailbox;

namespace {

constexpr const char *uuid = "00000000-0000-4000-8000-000000000001";
constexpr const char *web01 = R"(<domain type='kvm'>
  <name>web01</name>
  <uuid>00000000-0000-4000-8000-000000000001</uuid>
  <memory unit='MiB'>512</memory>
  <vcpu>4</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices/>
</domain>
)";
std::string with_channel(const std::string &path) {
    std::string document = web01;
    return document.replace(document.find("<devices/>"), 10,
                            "<devices><channel type='unix'><source mode='bind' path='" + path +
                                "'/><target type='virtio' name='org.kvmtune.agent.0'/></channel></devices>");
}
constexpr const char *policy = R"([host]
profile = "none"
sysctl."net.core.somaxconn" = 32768
[[domain]]
match = ["web*"]
hugepages = false
)";

/// A daemon without a bus. It turns until something is so, and fails the test if that takes too long.
struct Bench {
    fakes::HostTree tree;
    Root root = *Root::open(tree.path());
    fakes::FakeHypervisor hypervisor;
    fakes::Events events;
    std::unique_ptr<Loop> loop = *Loop::make();
    std::unique_ptr<Mailbox> mailbox = *Mailbox::on(*loop);
    std::vector<std::string> drifts;
    std::vector<std::string> ready;  ///< guests
    std::unique_ptr<Keeper> keeper;

    explicit Bench(const std::string &text = policy) {
        tree.write("etc/kvmtune/kvmtune.toml", text);
        service::Settings settings;
        settings.topology = fakes::HostTree::topology;
        settings.load_module = [](const std::string &) -> Result<> { return failure(ErrorKind::failed, "no modules"); };
        settings.pace.soon = settings.pace.after_failure = std::chrono::milliseconds(1);
        service::News news;
        news.tuned = [](const std::string &) {};
        news.drift = [this](const plan::Target &target, const plan::Value &, const plan::Value &) {
            drifts.push_back(text_of(target));
        };
        news.guest_ready = [this](const std::string &domain) { ready.push_back(domain); };
        news.finding = [](const plan::Finding &) {};
        news.policy = [](const auto &) {};
        news.state = [] {};
        keeper = std::make_unique<Keeper>(*loop, *mailbox, root, *service::Resting::read(root), std::move(settings),
                                          std::move(news));
    }

    void begin() {
        keeper->begin([this]() -> Result<std::unique_ptr<apply::Watch>> {
            return std::make_unique<fakes::FakeWatch>(hypervisor, events);
        });
    }
    /// web01 runs, and nobody has answered yet at this end of its channel.
    void begin_with_silent_guest(const fakes::Listener &channel) {
        hypervisor.edit(with_channel(channel.path()));
        hypervisor.power_on(uuid);
        begin();
        turn_until([this] { return keeper->state().looked; });
    }
    template <class Condition>
    void turn_until(Condition condition) {
        const auto limit = std::chrono::steady_clock::now() + std::chrono::seconds(60);
        while (!condition()) {
            REQUIRE(std::chrono::steady_clock::now() < limit);
            REQUIRE(loop->turn(std::chrono::milliseconds(100)));
        }
    }
    /// Until a round has come to an end that has nothing left to do.
    void settle() {
        turn_until([this] { return keeper->state().looked && keeper->state().as_desired; });
    }
    Json asked(answers::Request request) {
        std::optional<Result<Json>> answer;
        keeper->ask(
            std::move(request), [&](Result<Json> given) { answer = std::move(given); }, [](const auto &) {});
        turn_until([&] { return answer.has_value(); });
        REQUIRE(answer->has_value());
        return **answer;
    }
    std::string somaxconn() const {
        const auto text = tree.read("proc/sys/net/core/somaxconn");
        return text.substr(0, text.find('\n'));
    }
    std::string definition() { return hypervisor.domain(uuid)->definition; }
};

}  // namespace

TEST_CASE("host and matching domains are tuned when libvirt is connected") {
    Bench bench;
    bench.hypervisor.edit(web01);
    bench.begin();
    bench.settle();
    CHECK(bench.somaxconn() == "32768");
    CHECK(bench.definition().find("<emulatorpin") != std::string::npos);
}

TEST_CASE("a domain that is defined later is tuned when that is heard, and one outside the policy never") {
    Bench bench;
    bench.begin();
    bench.settle();
    bench.hypervisor.edit(web01);
    std::string other = web01;
    other.replace(other.find("web01"), 5, "db001").replace(other.find("001</uuid>"), 3, "002");
    bench.hypervisor.edit(other);
    bench.events.happen({Happening::What::defined, uuid});
    bench.turn_until([&] { return bench.definition().find("<emulatorpin") != std::string::npos; });
    bench.settle();
    CHECK(bench.hypervisor.domain("00000000-0000-4000-8000-000000000002")->definition.find("kvmtune") ==
          std::string::npos);
}

TEST_CASE("a definition that somebody writes anew is put back twice, and then left alone") {
    Bench bench;
    bench.hypervisor.edit(web01);
    bench.begin();
    bench.settle();
    const auto is_tuned = [&] { return bench.definition().find("<emulatorpin") != std::string::npos; };
    for (int time = 1; time <= 2; ++time) {
        bench.hypervisor.edit(web01);
        bench.events.happen({Happening::What::defined, uuid});
        bench.turn_until(is_tuned);
        bench.settle();
    }
    CHECK_FALSE(bench.drifts.empty());
    bench.hypervisor.edit(web01);
    bench.events.happen({Happening::What::defined, uuid});
    const auto is_said = [&] {
        const auto &findings = bench.keeper->state().findings;
        return std::any_of(findings.begin(), findings.end(), [](const plan::Finding &finding) {
            return finding.what.find("keeps changing it back") != std::string::npos;
        });
    };
    bench.turn_until(is_said);
    CHECK_FALSE(is_tuned());
    bench.keeper->reload();
    bench.turn_until(is_tuned);
}

TEST_CASE("an edited policy comes into force, a broken one does not") {
    Bench bench;
    bench.begin();
    bench.settle();
    bench.tree.write("etc/kvmtune/kvmtune.toml", "[host]\nprofile = \"none\"\nsysctl.\"net.core.somaxconn\" = 20000\n");
    bench.keeper->reload();
    bench.turn_until([&] { return bench.somaxconn() == "20000"; });
    bench.tree.write("etc/kvmtune/kvmtune.toml", "[host]\nprofil = 1\n");
    bench.keeper->reload();
    REQUIRE(bench.keeper->state().policy_mistakes.size() == 1);
    CHECK(bench.keeper->state().policy_mistakes.front().find(":2:") != std::string::npos);
    CHECK(bench.keeper->state().policy_in_force);
    CHECK(*bench.asked({}).find("command")->text() == "status");
    CHECK(bench.somaxconn() == "20000");
}

TEST_CASE("with no policy that can be read nothing is changed and nothing answered") {
    Bench bench("x = ");
    bench.begin();
    bench.turn_until([&] { return bench.keeper->state().connected; });
    CHECK_FALSE(bench.keeper->state().policy_in_force);
    std::optional<Result<Json>> answer;
    bench.keeper->ask(
        {}, [&](Result<Json> given) { answer = std::move(given); }, [](const auto &) {});
    REQUIRE(answer.has_value());
    CHECK_FALSE(answer->has_value());
    CHECK(bench.somaxconn() == "4096");
}

TEST_CASE("what is rolled back on request stays so, until it is applied") {
    Bench bench;
    bench.hypervisor.edit(web01);
    bench.begin();
    bench.settle();
    answers::Request request;
    request.question = answers::Question::rollback;
    bench.asked(request);
    CHECK(bench.definition().find("kvmtune") == std::string::npos);
    CHECK(bench.somaxconn() == "4096");
    bench.events.happen({Happening::What::defined, uuid});
    bench.asked({});
    bench.asked({});
    CHECK(bench.definition().find("kvmtune") == std::string::npos);
    request.question = answers::Question::apply;
    bench.asked(request);
    bench.turn_until([&] { return bench.somaxconn() == "32768"; });
}

TEST_CASE("a round that was due before a rollback does not undo it") {
    Bench bench;
    bench.hypervisor.edit(web01);
    bench.begin();
    bench.settle();
    answers::Request request;
    request.question = answers::Question::rollback;
    std::optional<Result<Json>> answer;
    bench.keeper->want_round("it is due");
    bench.keeper->ask(
        request, [&](Result<Json> given) { answer = std::move(given); }, [](const auto &) {});
    bench.turn_until([&] { return answer.has_value(); });
    bench.asked({});
    bench.asked({});
    CHECK(bench.somaxconn() == "4096");
}

TEST_CASE("a guest whose agent starts later is set up when it greets") {
    const fakes::TemporaryTree qemu;
    const fakes::Listener socket(qemu, "channel");
    Bench bench;
    bench.begin_with_silent_guest(socket);
    CHECK(bench.keeper->state().pending > 0);
    CHECK(bench.ready.empty());
    fakes::FakeGuest guest;
    const fakes::RunningAgent agent(guest, socket.accept());
    bench.turn_until([&] { return !bench.ready.empty(); });
    CHECK(bench.ready == std::vector<std::string>{"web01"});
    CHECK(guest.value("net.core.rmem_max") != "212992");
}

TEST_CASE("what a silent guest kept of a rollback is given back when it greets, though everything rests") {
    const fakes::TemporaryTree qemu;
    const fakes::Listener socket(qemu, "channel");
    Bench bench;
    bench.begin_with_silent_guest(socket);
    fakes::FakeGuest guest;
    {
        const fakes::RunningAgent agent(guest, socket.accept());
        bench.turn_until([&] { return !bench.ready.empty(); });
    }
    answers::Request request;
    request.question = answers::Question::rollback;
    bench.asked(request);
    bench.turn_until([&] { return bench.keeper->state().pending > 0; });
    CHECK(guest.value("net.core.rmem_max") != "212992");
    const fakes::RunningAgent agent(guest, socket.accept());
    bench.turn_until([&] { return bench.keeper->state().pending == 0; });
    CHECK(guest.value("net.core.rmem_max") == "212992");
    CHECK(service::Resting::read(bench.root)->all());
    CHECK(bench.somaxconn() == "4096");
}

TEST_CASE("a guest that did not start as tuned stays untuned until somebody asks again") {
    Bench bench;
    bench.hypervisor.edit(web01);
    bench.hypervisor.power_on(uuid);
    bench.begin();
    bench.turn_until([&] { return bench.keeper->state().looked; });
    bench.hypervisor.before_effect = [&](const fakes::FakeHypervisor::Effect &effect) -> Result<> {
        const bool tuned = effect.verb == "start" && bench.definition().find("kvmtune") != std::string::npos;
        return tuned ? Result<>(failure(ErrorKind::failed, "no memory for it")) : Result<>();
    };
    answers::Request request;
    request.question = answers::Question::apply;
    request.domains = {"web01"};
    request.restart.wanted = true;
    request.restart.agent_limit = std::chrono::seconds(0);
    bench.asked(request);
    bench.settle();
    CHECK(bench.hypervisor.domain(uuid)->running);
    CHECK(bench.definition() == web01);
    CHECK(service::Resting::read(bench.root)->domains() == std::set<std::string>{uuid});
    bench.hypervisor.before_effect = {};
    bench.asked(request);
    bench.settle();
    CHECK(bench.definition().find("<emulatorpin") != std::string::npos);
    CHECK(service::Resting::read(bench.root)->domains().empty());
}

TEST_CASE("the end leaves all as it is, or gives it back where the policy says so") {
    for (const bool gives_back : {false, true}) {
        Bench bench(std::string("[host]\non_stop = ") + (gives_back ? "\"rollback\"" : "\"keep\"") +
                    std::string(policy).substr(std::string("[host]").size()));
        bench.hypervisor.edit(web01);
        bench.begin();
        bench.settle();
        bool over = false;
        bench.keeper->wind_up([&] { over = true; });
        bench.turn_until([&] { return over; });
        CHECK((bench.somaxconn() == "4096") == gives_back);
        CHECK((bench.definition().find("kvmtune") == std::string::npos) == gives_back);
        CHECK_FALSE(service::Resting::read(bench.root)->all());  // it is tuned again at the next start
    }
}

TEST_CASE("a lost connection is made again, and all is looked at") {
    Bench bench;
    bench.begin();
    bench.settle();
    bench.hypervisor.edit(web01);
    bench.events.lose_connection();
    bench.turn_until([&] { return bench.definition().find("<emulatorpin") != std::string::npos; });
}

}  // namespace keeper_test
