#include "daemon/pipeline/chipsets.hpp"

#include <doctest/doctest.h>

#include "daemon/plan/plan.hpp"

namespace chipsets_test {

using namespace kvmtune;
using namespace kvmtune::pipeline;
using plan::Change;
using plan::Target;
using plan::TargetKind;

namespace {

const std::string uuid = "00000000-0000-4000-8000-000000000001";
const std::string mac = "52:54:00:00:00:01";
const Target name = plan::kept_name_target(uuid, mac);
const Target machine = plan::machine_target(uuid);

enum class Chipset { i440fx, q35 };

domain::Document document(Chipset chipset, bool channel = false) {
    const std::string machine_name = chipset == Chipset::q35 ? "pc-q35-7.2" : "pc-i440fx-7.2";
    const std::string port = channel ? "<channel type='unix'><source mode='bind' path='/run/a.sock'/>"
                                       "<target type='virtio' name='org.kvmtune.agent.0'/></channel>"
                                     : "";
    return domain::Document::parse("<domain type='kvm'><name>web01</name><os><type machine='" + machine_name +
                                       "'>hvm</type></os><devices>" + port + "</devices></domain>",
                                   "web01")
        .value();
}

/// One domain, whose NIC's name is held.
struct World {
    Picture picture;
    Seen &seen = picture.domains[uuid];

    explicit World(Chipset defined) {
        seen.definition = document(defined);
        picture.holds[name] = {"", "", "ens3", "ens3", {}};
        auto &domain = picture.situation.domains.emplace_back();
        domain.facts.uuid = uuid;
        domain.facts.nics.emplace_back().mac = mac;
    }
    bool is_over(const plan::Desired &desired = {}) const { return names_over(picture, desired).count(name) != 0; }
};

Change giving_back(const Target &target) {
    Change change;
    change.target = target;
    change.gives_back = true;
    return change;
}

}  // namespace

TEST_CASE("names that are held end with their domain, with their NIC, and with the chipset where nobody can be asked") {
    World world(Chipset::q35);
    CHECK_FALSE(world.is_over());
    world.seen.definition = document(Chipset::i440fx);
    CHECK(world.is_over());
    world.seen.live = document(Chipset::q35);
    CHECK_FALSE(world.is_over());
    world.seen.live = document(Chipset::i440fx, true);
    CHECK_FALSE(world.is_over());
    world.seen.live = document(Chipset::i440fx);
    CHECK(world.is_over());
    plan::Desired wished;
    wished.add({name, "ens3", "a test", plan::Disruption::live, {}, true});
    CHECK_FALSE(world.is_over(wished));

    World with_own_channel(Chipset::i440fx);
    with_own_channel.picture.situation.domains[0].facts.agent_channel = true;
    CHECK_FALSE(with_own_channel.is_over());

    World without_nic(Chipset::q35);
    without_nic.picture.situation.domains[0].facts.nics.clear();
    CHECK(without_nic.is_over());
    World gone(Chipset::q35);
    gone.picture.domains.clear();
    CHECK(gone.is_over());
    gone.picture.unread.emplace(uuid, "web01");
    CHECK_FALSE(gone.is_over());
}

TEST_CASE("of a domain that stays Q35 names stay") {
    World world(Chipset::q35);
    world.seen.live = document(Chipset::i440fx, true);
    plan::Plan plan;
    plan.changes = {giving_back(name)};
    plan.pending = {{name, "", plan::the_agent}};
    keep_names_of_q35(plan, world.picture);
    CHECK(plan.empty());
    CHECK(plan.void_holds.empty());
}

TEST_CASE("of one that still runs as Q35 they wait") {
    World world(Chipset::q35);
    world.seen.live = document(Chipset::q35, true);
    plan::Plan plan;
    plan.changes = {giving_back(name), giving_back(machine)};
    keep_names_of_q35(plan, world.picture);
    REQUIRE(plan.changes.size() == 1);
    CHECK(plan.changes[0].target == machine);
    REQUIRE(plan.pending.size() == 1);
    CHECK(plan.pending[0].target == name);
    CHECK(plan.pending[0].waits_for == "the next full stop and start of its domain");

    World again(Chipset::i440fx);
    again.seen.live = document(Chipset::i440fx, true);
    plan.changes = {giving_back(name)};
    plan.pending.clear();
    keep_names_of_q35(plan, again.picture);
    CHECK(plan.changes.size() == 1);
}

TEST_CASE("of one that is off they go with its chipset") {
    World world(Chipset::q35);
    plan::Plan plan;
    plan.changes = {giving_back(machine)};
    keep_names_of_q35(plan, world.picture);
    CHECK((plan.void_holds == std::vector<Target>{name}));
}

TEST_CASE("a conversion waits for the names that it needs") {
    Change conversion;
    conversion.target = machine;
    conversion.requires_first = {name};
    plan::Plan plan;
    plan.changes = {conversion};
    put_off_conversions(plan);
    CHECK(plan.changes.size() == 1);
    plan.yielded = {name};
    put_off_conversions(plan);
    CHECK(plan.changes.empty());
    REQUIRE(plan.findings.size() == 1);
    REQUIRE(plan.pending.size() == 1);
    CHECK(plan.pending[0].waits_for == "the names of its NICs");
    CHECK(plan.findings[0].what == "put off: knob:" + uuid + ":nic/" + mac + "/name is not settled");
    plan.changes = {conversion};
    plan.yielded.clear();
    plan.pending = {{name, "ens3", plan::the_agent}};
    put_off_conversions(plan);
    CHECK(plan.changes.empty());
}

}  // namespace chipsets_test
