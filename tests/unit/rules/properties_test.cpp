// What holds for all that is wished for, over random situations.
#include <doctest/doctest.h>

#include <charconv>

#include "tests/unit/rules/situations.hpp"
#include "tests/unit/tries.hpp"

namespace properties_test {

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

template <class T>
T one_of(Dice &dice, const std::vector<T> &choices) {
    return choices[dice.below(static_cast<unsigned>(choices.size()))];
}

DomainPolicy random_policy(Dice &dice) {
    DomainPolicy policy;
    policy.source = "test.toml:1";
    if (dice.once_in(5)) policy.profile = Profile::none;
    if (dice.once_in(6)) policy.cpus = CpuPolicy::off;
    if (dice.once_in(4)) policy.vhost_cpus = dice.below(5);
    if (dice.once_in(4)) policy.queues = 1 + dice.below(6);
    policy.disks = one_of<DiskPolicy>(dice, {DiskPolicy::probed, DiskPolicy::all, DiskPolicy::off});
    for (const std::string key : {"cpus", "queues", "vhost_cpus", "rx_queue_size", "cpu", "topology", "disks"})
        if (dice.once_in(5)) policy.named.insert(key);
    if (dice.once_in(4)) policy.guest_sysctls["net.core.somaxconn"] = "1024";
    if (dice.once_in(4)) policy.allow.insert(Disruption::start_dependency);
    if (dice.once_in(3)) policy.allow.insert(Disruption::guest_abi);
    policy.migratable = dice.once_in(6);
    return policy;
}

void pin_as_user(Dice &dice, DomainFacts &facts) {
    if (dice.once_in(6)) facts.vcpupins[dice.below(facts.vcpus)] = dice.some_cpus(2, 16);
    if (dice.once_in(8)) facts.emulatorpin = dice.some_cpus(4, 16);
    if (dice.once_in(10)) facts.vcpu_cpuset = dice.some_cpus(10, 16);
    if (dice.once_in(10)) facts.iothreadpins[1] = dice.some_cpus(2, 16);
    if (dice.once_in(10)) facts.memory_nodes = CpuSet{dice.below(3)};
}

CpuModelFacts random_cpu(Dice &dice, unsigned vcpus) {
    CpuModelFacts cpu;
    cpu.mode = one_of<std::string>(dice, {"custom", "host-model", "host-passthrough"});
    if (cpu.mode == "custom" && dice.once_in(2)) cpu.model = "EPYC";
    if (dice.once_in(3)) cpu.topology = CpuTopology{vcpus, 1, 1, 1, 1};
    if (dice.once_in(4)) cpu.features["topoext"] = one_of<std::string>(dice, {"require", "disable"});
    if (dice.once_in(4) && vcpus > 1)
        cpu.cells = {{0, CpuSet::range(0, vcpus / 2 - 1), gib}, {1, CpuSet::range(vcpus / 2, vcpus - 1), gib}};
    return cpu;
}

DiskFacts random_disk(Dice &dice, const std::string &target) {
    DiskFacts disk;
    disk.target = target;
    disk.type = one_of<std::string>(dice, {"block", "file", "network"});
    disk.device = one_of<std::string>(dice, {"", "disk", "cdrom"});
    disk.source = "/disks/" + std::to_string(dice.below(4));
    disk.format = one_of<std::string>(dice, {"", "raw", "qcow2"});
    if (dice.once_in(3)) disk.cache = one_of<std::string>(dice, {"none", "writeback", "directsync", "default"});
    if (dice.once_in(3)) disk.io = one_of<std::string>(dice, {"threads", "io_uring"});
    disk.has_backing = dice.once_in(6);
    return disk;
}

/// Kinds of domains of which something is left alone.
void make_odd(Dice &dice, DomainFacts &facts) {
    if (dice.once_in(10)) facts.arch = "aarch64";
    if (dice.once_in(10)) facts.protection = "sev";
    if (dice.once_in(10)) facts.own_cpu_argument = true;
    if (dice.once_in(10)) facts.vcpus_at_start = 1;
    if (dice.once_in(10)) facts.individual_vcpus = true;
    if (dice.once_in(10)) facts.hotplug_memory = true;
}

DomainSituation random_domain(Dice &dice, unsigned number) {
    DomainSituation domain = domain_named("web" + std::to_string(number));
    domain.facts.vcpus = 1 + dice.below(5);
    domain.facts.memory = (1 + dice.below(32)) * gib / 2;
    domain.facts.nics.clear();
    for (unsigned nic = dice.below(3); nic > 0; --nic) domain.facts.nics.push_back(random_nic(dice, nic));
    if (dice.once_in(8)) domain.facts.type = "qemu";
    if (dice.once_in(2)) domain.facts.cpu = random_cpu(dice, domain.facts.vcpus);
    for (unsigned disk = dice.below(3); disk > 0; --disk)
        domain.facts.disks.push_back(random_disk(dice, "vd" + std::to_string(disk)));
    for (unsigned iothread = dice.below(3); iothread > 0; --iothread) domain.facts.iothreads.insert(iothread);
    pin_as_user(dice, domain.facts);
    make_odd(dice, domain.facts);
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
    if (dice.once_in(2)) situation.host.cpu_vendor = "AuthenticAMD";
    for (const std::string disk : {"/disks/0", "/disks/1", "/disks/2"})
        situation.host.disks[disk] = {dice.once_in(2), dice.once_in(2), "Invalid argument"};
    if (dice.once_in(4)) situation.policy.host.persist = false;
    if (dice.once_in(6)) situation.policy.host.profile = Profile::none;
    if (dice.once_in(6)) situation.policy.host.housekeeping = dice.some_cpus(3, 16);
    for (unsigned domain = 1 + dice.below(5); domain > 0; --domain)
        situation.domains.push_back(random_domain(dice, domain));
    return situation;
}

template <class Check>
void for_random_situations(Check check) {
    for (unsigned seed = 0; seed < tries(200); ++seed) {
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

TEST_CASE("a topology multiplies to the vCPUs, and its threads are pinned to the threads of cores") {
    for_random_situations([](const Situation &situation) {
        const Desired all = desired(situation);
        const Placement placement = placement_of(situation);
        for (const auto &[target, wish] : all.wishes) {
            if (target.name != "cpu/topology") continue;
            const DomainSituation &domain = *domain_of(situation, target.owner);
            unsigned product = 1;
            for (std::size_t at = wish.value.find('='); at != std::string::npos; at = wish.value.find('=', at + 1))
                product *= number_after(wish.value.substr(at), "=");
            CHECK(product == domain.facts.vcpus);
            if (!wish.value.ends_with("threads=2")) continue;
            const auto seat = placement.seats.find(target.owner);
            REQUIRE(seat != placement.seats.end());
            for (unsigned vcpu = 0; vcpu < domain.facts.vcpus; vcpu += 2) {
                const auto cpus_of = [&](unsigned of) {
                    const auto ours = seat->second.vcpus.find(of);
                    return ours != seat->second.vcpus.end() ? ours->second : domain.facts.vcpupins.at(of);
                };
                const CpuSet core = cpus_of(vcpu) | cpus_of(vcpu + 1);
                CHECK(core.size() == 2);
                CHECK(core == situation.host.topology.siblings(core.first()));
            }
        }
    });
}

TEST_CASE("native I/O is wished for only beside a cache that it works with") {
    for_random_situations([](const Situation &situation) {
        const Desired all = desired(situation);
        for (const DomainSituation &domain : situation.domains)
            for (const DiskFacts &disk : domain.facts.disks) {
                const std::string driver = "disk/" + disk.target + "/driver/";
                const auto value = [&](const std::string &attribute, const std::optional<std::string> &written) {
                    const auto wish = all.wishes.find({TargetKind::element, domain.facts.uuid, driver + attribute});
                    return wish == all.wishes.end() ? written.value_or("default") : wish->second.value;
                };
                if (value("io", disk.io) != "native") continue;
                CHECK((value("cache", disk.cache) == "none" || value("cache", disk.cache) == "directsync"));
            }
    });
}

TEST_CASE("an iothread never gets a CPU that a vCPU is pinned to") {
    for_random_situations([](const Situation &situation) {
        const Desired all = desired(situation);
        CpuSet vcpus;
        for (const auto &[target, wish] : all.wishes)
            if (starts_with(target.name, "cputune/vcpupin/")) vcpus = vcpus | cpus_in(wish);
        for (const auto &[target, wish] : all.wishes)
            if (starts_with(target.name, "cputune/iothreadpin/")) CHECK_FALSE(vcpus.intersects(cpus_in(wish)));
    });
}

TEST_CASE("of a protected guest or one with arguments of its own neither CPU nor memory changes") {
    for_random_situations([](const Situation &situation) {
        for (const auto &[target, wish] : desired(situation).wishes) {
            const DomainSituation *const domain = domain_of(situation, target.owner);
            if (domain == nullptr || target.kind != TargetKind::element) continue;
            const bool cpu = starts_with(target.name, "cpu/");
            const bool memory = starts_with(target.name, "memoryBacking/");
            if (!domain->facts.protection.empty()) CHECK_FALSE((cpu || memory));
            if (domain->facts.own_cpu_argument) CHECK_FALSE(cpu);
            CHECK(in_reach(*domain));
        }
    });
}

}  // namespace properties_test
