// What holds for all that is wished for, over random situations.
#include <doctest/doctest.h>

#include <charconv>

#include "tests/unit/rules/situations.hpp"

using namespace kvmtune;
using namespace kvmtune::plan;

namespace {

NicFacts random_nic(Dice &dice, unsigned number) {
    NicFacts nic = virtio_nic("52:54:00:00:00:0" + std::to_string(number));
    if (dice.once_in(6)) nic.model = "e1000";
    if (dice.once_in(6)) nic.type = "user";
    if (dice.once_in(6)) nic.driver = dice.once_in(2) ? "qemu" : "vhost";
    if (dice.once_in(6)) nic.queues = 1 + dice.below(6);
    if (dice.once_in(12)) nic.mac = "";
    return nic;
}

DomainPolicy random_policy(Dice &dice) {
    DomainPolicy policy;
    policy.source = "test.toml:1";
    if (dice.once_in(5)) policy.profile = Profile::none;
    if (dice.once_in(6)) policy.cpus = CpuPolicy::off;
    if (dice.once_in(4)) policy.vhost_cpus = dice.below(5);
    if (dice.once_in(4)) policy.queues = 1 + dice.below(6);
    for (const std::string key : {"cpus", "queues", "vhost_cpus"})
        if (dice.once_in(5)) policy.named.insert(key);
    if (dice.once_in(4)) policy.guest_sysctls["net.core.somaxconn"] = "1024";
    if (dice.once_in(4)) policy.allow.insert(Disruption::start_dependency);
    return policy;
}

void pin_as_user(Dice &dice, DomainFacts &facts) {
    if (dice.once_in(6)) facts.vcpupins[dice.below(facts.vcpus)] = dice.some_cpus(2, 16);
    if (dice.once_in(8)) facts.emulatorpin = dice.some_cpus(4, 16);
    if (dice.once_in(10)) facts.vcpu_cpuset = dice.some_cpus(10, 16);
    if (dice.once_in(10)) facts.iothreadpins[1] = dice.some_cpus(2, 16);
    if (dice.once_in(10)) facts.memory_nodes = CpuSet{dice.below(3)};
}

DomainSituation random_domain(Dice &dice, unsigned number) {
    DomainSituation domain = domain_named("web" + std::to_string(number));
    domain.facts.vcpus = 1 + dice.below(5);
    domain.facts.memory = (1 + dice.below(32)) * gib / 2;
    domain.facts.nics.clear();
    for (unsigned nic = dice.below(3); nic > 0; --nic) domain.facts.nics.push_back(random_nic(dice, nic));
    if (dice.once_in(8)) domain.facts.type = "qemu";
    pin_as_user(dice, domain.facts);
    if (!dice.once_in(3)) domain.policy = random_policy(dice);
    domain.running = dice.once_in(2);
    domain.persistent = !domain.running || !dice.once_in(6);
    domain.failed_schema = dice.once_in(12);
    if (domain.running && dice.once_in(2)) {
        domain.guest = guest_with({{"net.core.rmem_max", "212992"}, {"net.core.somaxconn", "128"}});
        domain.guest->nics = {{"52:54:00:00:00:01", "eth0", 1, 1 + dice.below(6), 1500}};
    }
    return domain;
}

Situation random_situation(unsigned seed) {
    Dice dice(seed);
    Situation situation = host_with();
    if (dice.once_in(8)) situation.host.loadable.clear();
    if (dice.once_in(4)) situation.policy.host.persist = false;
    if (dice.once_in(6)) situation.policy.host.profile = Profile::none;
    if (dice.once_in(6)) situation.policy.host.housekeeping = dice.some_cpus(3, 16);
    for (unsigned domain = 1 + dice.below(5); domain > 0; --domain)
        situation.domains.push_back(random_domain(dice, domain));
    return situation;
}

template <class Check>
void for_random_situations(Check check) {
    for (unsigned seed = 0; seed < 200; ++seed) {
        CAPTURE(seed);
        check(random_situation(seed));
    }
}

CpuSet cpus_in(const Wish &wish) {
    return CpuSet::parse(wish.value).value();
}

unsigned number_after(const std::string &name, const std::string &prefix) {
    return static_cast<unsigned>(std::stoul(name.substr(prefix.size())));
}

bool starts_with(const std::string &text, const std::string &prefix) {
    return text.rfind(prefix, 0) == 0;
}

/// What a domain has once the wishes for its definition and its running threads are granted.
Seat seat_after(const Desired &desired, const std::string &uuid) {
    Seat seat;
    for (const auto &[target, wish] : desired.wishes) {
        if (target.owner != uuid) continue;
        const bool affinity = target.kind == TargetKind::affinity;
        if (starts_with(target.name, "cputune/vcpupin/"))
            seat.vcpus[number_after(target.name, "cputune/vcpupin/")] = cpus_in(wish);
        if (affinity && starts_with(target.name, "vcpu/"))
            seat.vcpus[number_after(target.name, "vcpu/")] = cpus_in(wish);
        if (target.name == "cputune/emulatorpin" || (affinity && target.name == "emulator"))
            seat.emulator = cpus_in(wish);
        if (affinity && starts_with(target.name, "vhost/")) {
            const std::size_t slash = target.name.rfind('/');
            seat.workers[{target.name.substr(6, slash - 6), number_after(target.name.substr(slash), "/")}] =
                cpus_in(wish);
        }
    }
    return seat;
}

/// The facts stay, for rules see the world as it would be without us.
Situation after(Situation situation, const Desired &desired) {
    for (DomainSituation &domain : situation.domains) domain.present = seat_after(desired, domain.facts.uuid);
    return situation;
}

const DomainSituation *domain_of(const Situation &situation, const std::string &uuid) {
    for (const DomainSituation &domain : situation.domains)
        if (domain.facts.uuid == uuid) return &domain;
    return nullptr;
}

}  // namespace

TEST_CASE("wishes that were granted are wished for again, and nothing else") {
    for_random_situations([](const Situation &situation) {
        const Desired first = desired(situation);
        const Desired second = desired(after(situation, first));
        CHECK(first.wishes == second.wishes);
        CHECK(first.findings == second.findings);
    });
}

TEST_CASE("the order of the domains does not matter") {
    for_random_situations([](Situation situation) {
        const Desired first = desired(situation);
        Dice dice(1);
        dice.shuffle(situation.domains);
        const Desired second = desired(situation);
        CHECK(first.wishes == second.wishes);
        CHECK(first.findings == second.findings);
    });
}

TEST_CASE("every finding names its subject and every wish its reason") {
    for_random_situations([](const Situation &situation) {
        const Desired all = desired(situation);
        for (const Finding &finding : all.findings) {
            const bool is_domain = starts_with(finding.about, "web");
            CHECK((is_domain || target_from(finding.about).has_value()));
            CHECK_FALSE(finding.what.empty());
        }
        for (const auto &[target, wish] : all.wishes) {
            CHECK(wish.because.find(':') != std::string::npos);
            CHECK_FALSE(wish.value.empty());
        }
    });
}

TEST_CASE("no two rules ever disagree") {
    for_random_situations([](const Situation &situation) {
        for (const Finding &finding : desired(situation).findings)
            CHECK(finding.what.find("two rules") == std::string::npos);
    });
}

TEST_CASE("nothing is wished for a domain out of scope, or for the definition of one that cannot be rewritten") {
    for_random_situations([](const Situation &situation) {
        for (const auto &[target, wish] : desired(situation).wishes) {
            if (target.owner.empty()) continue;
            const DomainSituation *const domain = domain_of(situation, target.owner);
            REQUIRE(domain != nullptr);
            CHECK(domain->policy.has_value());
            if (target.kind == TargetKind::element) CHECK(rewritable(*domain));
            if (target.kind == TargetKind::affinity) CHECK(domain->running);
        }
    });
}

TEST_CASE("what the user wrote is wished otherwise only where the section names the key") {
    for_random_situations([](const Situation &situation) {
        const Desired all = desired(situation);
        for (const DomainSituation &domain : situation.domains) {
            const auto wished = [&](const std::string &name) {
                return all.wishes.count({TargetKind::element, domain.facts.uuid, name}) != 0;
            };
            for (const auto &[vcpu, cpus] : domain.facts.vcpupins)
                if (!names(domain, "cpus")) CHECK_FALSE(wished("cputune/vcpupin/" + std::to_string(vcpu)));
            if (domain.facts.emulatorpin && !names(domain, "cpus")) CHECK_FALSE(wished("cputune/emulatorpin"));
            for (const NicFacts &nic : domain.facts.nics) {
                if (nic.queues && !names(domain, "queues"))
                    CHECK_FALSE(wished("interface/" + nic.mac + "/driver/queues"));
                if (nic.driver == "qemu") CHECK_FALSE(wished("interface/" + nic.mac + "/driver/name"));
            }
        }
    });
}

TEST_CASE("what a wish requires is wished for too") {
    for_random_situations([](const Situation &situation) {
        const Desired all = desired(situation);
        for (const auto &[target, wish] : all.wishes)
            for (const Target &required : wish.requires_first) CHECK(all.wishes.count(required) == 1);
    });
}

TEST_CASE("a CPU is pinned to one vCPU at most, and housekeeping to none") {
    for_random_situations([](const Situation &situation) {
        const CpuSet housekeeping = housekeeping_cpus(situation.host.topology, situation.policy.host.housekeeping);
        CpuSet taken;
        for (const auto &[target, wish] : desired(situation).wishes) {
            if (!starts_with(target.name, "cputune/vcpupin/")) continue;
            CHECK(cpus_in(wish).size() == 1);
            CHECK_FALSE(taken.intersects(cpus_in(wish)));
            CHECK_FALSE(housekeeping.intersects(cpus_in(wish)));
            taken = taken | cpus_in(wish);
        }
    });
}
