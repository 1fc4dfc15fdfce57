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
    for (const auto &[target, left] : contention.given_up()) targets.insert(target);
    return targets;
}

}  // namespace

TEST_CASE("what is put back twice is given up") {
    Contention contention;
    contention.note(made("4"), noon);
    contention.note(made("4"), noon + 1min);
    CHECK(contention.given_up().empty());
    contention.note(made("4"), noon + 2min);
    CHECK(left_in(contention) == std::set<Target>{worker});
}

TEST_CASE("putting back now and then is no fight") {
    Contention contention;
    for (const auto hour : {0h, 2h, 4h, 6h}) contention.note(made("4"), noon + hour);
    CHECK(contention.given_up().empty());
}

TEST_CASE("another value, or another thread behind the name, starts anew") {
    Contention contention;
    for (int time = 0; time < 2; ++time) contention.note(made("4"), noon);
    contention.note(made("5"), noon);
    contention.note(made("5"), noon);
    contention.note(made("5", "thread 8"), noon);
    contention.note(made("5", "thread 8"), noon);
    CHECK(contention.given_up().empty());
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
    CHECK(contention.given_up().empty());
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
    CHECK(contention.given_up().empty());
    CHECK(contention.put_back(made("4")).size() == 1);
    contention.note(made("4"), noon);
    CHECK(contention.given_up().empty());
    contention.note(made("4"), noon);
    CHECK(left_in(contention) == std::set<Target>{worker});
}

TEST_CASE("what is given up is a value for a thing, not the target for good") {
    Contention contention;
    for (int time = 0; time < 3; ++time) contention.note(made("4", "thread 7"), noon);
    CHECK(contention.given_up().at(worker) == pipeline::GivenUp{"thread 7", "4"});
}

TEST_CASE("whoever defines a domain anew is yielded to at once, where its section says so") {
    Contention contention;
    auto element = made("4");
    element.front().change.target = {plan::TargetKind::element, worker.owner, "interface/x/driver/queues"};
    contention.note(element, noon);
    contention.note(made("4"), noon);
    CHECK(contention.given_up().empty());
    CHECK(contention.given_up({"another"}).empty());
    CHECK(contention.given_up({worker.owner}).size() == 1);
    CHECK(contention.given_up({worker.owner}).count(element.front().change.target) == 1);
    contention.forgive();
    CHECK(contention.given_up({worker.owner}).empty());
    contention.note(element, noon);
    CHECK(contention.given_up({worker.owner}).size() == 1);
}

}  // namespace contention_test
