#include "daemon/service/contention.hpp"

#include <doctest/doctest.h>

namespace contention_test {

using namespace kvmtune;
using namespace std::chrono_literals;
using plan::Target;
using plan::TargetKind;
using service::Contention;

namespace {

const Target worker{TargetKind::affinity, "uuid", "vhost/52:54:00:00:00:01/0"};
const Contention::Time noon{};

std::vector<apply::Outcome> made(const plan::Value &to, const std::string &epoch = "thread 7") {
    apply::Outcome outcome;
    outcome.change.target = worker;
    outcome.change.to = to;
    outcome.change.epoch = epoch;
    return {outcome};
}

std::set<Target> left_in(const Contention &contention) {
    std::set<Target> targets;
    for (const auto &[target, left] : contention.given_up(noon + 3min)) targets.insert(target);
    return targets;
}

}  // namespace

TEST_CASE("what is put back twice is given up") {
    Contention contention;
    contention.note(made("4"), noon);
    contention.note(made("4"), noon + 1min);
    CHECK(contention.given_up(noon + 3min).empty());
    contention.note(made("4"), noon + 2min);
    CHECK(left_in(contention) == std::set<Target>{worker});
}

TEST_CASE("putting back now and then is no fight") {
    Contention contention;
    for (const auto hour : {0h, 2h, 4h, 6h}) contention.note(made("4"), noon + hour);
    CHECK(contention.given_up(noon + 3min).empty());
}

TEST_CASE("another value, or another thread behind the name, starts anew") {
    Contention contention;
    for (int time = 0; time < 2; ++time) contention.note(made("4"), noon);
    contention.note(made("5"), noon);
    contention.note(made("5"), noon);
    contention.note(made("5", "thread 8"), noon);
    contention.note(made("5", "thread 8"), noon);
    CHECK(contention.given_up(noon + 3min).empty());
}

TEST_CASE("what is given back, or could not be done, does not count") {
    Contention contention;
    for (int time = 0; time < 5; ++time) {
        auto back = made(std::nullopt);
        back.front().change.gives_back = true;
        contention.note(back, noon);
        auto failed = made("4");
        failed.front().status = apply::Status::failed;
        contention.note(failed, noon);
    }
    CHECK(contention.given_up(noon + 3min).empty());
}

TEST_CASE("only what had our value before is put back") {
    Contention contention;
    CHECK(contention.put_back(made("4")).empty());
    contention.note(made("4"), noon);
    CHECK(contention.put_back(made("4")).size() == 1);
    CHECK(contention.put_back(made("5")).empty());
}

TEST_CASE("what was given up is put back twice again when somebody in charge has decided") {
    Contention contention;
    for (int time = 0; time < 3; ++time) contention.note(made("4"), noon);
    contention.forgive();
    CHECK(contention.given_up(noon + 3min).empty());
    CHECK(contention.put_back(made("4")).size() == 1);
    contention.note(made("4"), noon);
    CHECK(contention.given_up(noon + 3min).empty());
    contention.note(made("4"), noon);
    CHECK(left_in(contention) == std::set<Target>{worker});
}

TEST_CASE("what is given up is a value for a thing, not the target for good") {
    Contention contention;
    for (int time = 0; time < 3; ++time) contention.note(made("4", "thread 7"), noon);
    CHECK(contention.given_up(noon + 3min).at(worker) == pipeline::GivenUp{"thread 7", "4"});
}

TEST_CASE("whoever defines a domain anew is yielded to at once, where its section says so") {
    Contention contention;
    auto element = made("4");
    element.front().change.target = {plan::TargetKind::element, worker.owner, "interface/x/driver/queues"};
    contention.note(element, noon);
    contention.note(made("4"), noon);
    CHECK(contention.given_up(noon + 3min).empty());
    CHECK(contention.given_up(noon + 3min, {"another"}).empty());
    CHECK(contention.given_up(noon + 3min, {worker.owner}).size() == 1);
    CHECK(contention.given_up(noon + 3min, {worker.owner}).count(element.front().change.target) == 1);
    contention.forgive();
    CHECK(contention.given_up(noon + 3min, {worker.owner}).empty());
    contention.note(element, noon);
    CHECK(contention.given_up(noon + 3min, {worker.owner}).size() == 1);
}

namespace {

std::vector<apply::Outcome> refused(apply::Status status, std::optional<ErrorKind> error = ErrorKind::failed) {
    auto outcomes = made("4");
    outcomes.front().status = status;
    outcomes.front().error = error;
    return outcomes;
}

}  // namespace

TEST_CASE("what fails, or is undone with others, is tried three times an hour") {
    for (const auto status : {apply::Status::failed, apply::Status::undone}) {
        Contention contention;
        for (const auto time : {0min, 1min}) contention.note(refused(status), noon + time);
        CHECK(contention.given_up(noon + 2min).empty());
        contention.note(refused(status), noon + 2min);
        CHECK(contention.given_up(noon + 2min).at(worker) == pipeline::GivenUp{"thread 7", "4", true});
        CHECK(contention.given_up(noon + 61min).empty());
        contention.note(refused(status), noon + 61min);
        CHECK(contention.given_up(noon + 61min).size() == 1);
        Contention decided = contention;  // by somebody in charge
        decided.forgive();
        CHECK(decided.given_up(noon + 61min).empty());
        contention.note(made("4"), noon + 62min);
        CHECK(contention.given_up(noon + 62min).empty());
    }
}

TEST_CASE("a guest that does not answer in time, a skipped change and a host's own setting are tried at any time") {
    Contention contention;
    auto sysctl = refused(apply::Status::failed);
    sysctl.front().change.target = {TargetKind::sysctl, "", "net.core.somaxconn"};
    for (int time = 0; time < 5; ++time) {
        contention.note(refused(apply::Status::failed, ErrorKind::timed_out), noon);
        contention.note(refused(apply::Status::skipped, ErrorKind::changed), noon);
        contention.note(sysctl, noon);
    }
    CHECK(contention.given_up(noon).empty());
}

}  // namespace contention_test
