#include <doctest/doctest.h>

#include <algorithm>

#include "daemon/domain/metadata.hpp"
#include "daemon/pipeline/pipeline.hpp"
#include "tests/fakes/fake_hypervisor.hpp"
#include "tests/fakes/host_tree.hpp"

namespace bring_test {

namespace {

using namespace kvmtune;
using pipeline::Account;
using pipeline::Goal;
using pipeline::Restart;
using pipeline::Scope;

constexpr const char *web01 = R"(<domain type='kvm'>
  <name>web01</name>
  <uuid>00000000-0000-4000-8000-000000000001</uuid>
  <memory unit='MiB'>512</memory>
  <vcpu>4</vcpu>
  <os><type arch='x86_64' machine='q35'>hvm</type></os>
  <devices>
    <interface type='network'>
      <mac address='52:54:00:00:00:01'/>
      <source network='default'/>
      <model type='virtio'/>
    </interface>
    <graphics type='vnc' passwd='geheim'/>
  </devices>
</domain>
)";
constexpr const char *uuid = "00000000-0000-4000-8000-000000000001";

/// A host with one guest, and a kvmtune on it.
struct Bench {
    fakes::HostTree tree;
    Root root = *Root::open(tree.path());
    fakes::FakeHypervisor hypervisor;
    plan::Policy policy;

    Bench() { hypervisor.edit(web01); }

    std::unique_ptr<pipeline::Workplace> place() {
        auto load = [](const std::string &) -> Result<> { return failure(ErrorKind::failed, "no modules here"); };
        auto opened = pipeline::Workplace::open(root, policy, hypervisor, fakes::HostTree::topology, load);
        REQUIRE(opened.has_value());
        return *std::move(opened);
    }
    Account bring(const Scope &scope, const Restart &restart = {}) {
        auto account = pipeline::bring(*place(), scope, restart);
        REQUIRE_MESSAGE(account.has_value(), (account ? std::string() : account.error().what));
        return *std::move(account);
    }
    plan::Plan plan(const Scope &scope) {
        auto planned = pipeline::plan_for(*place(), scope);
        REQUIRE(planned.has_value());
        return std::move(planned->plan);
    }
    std::string definition() { return hypervisor.domain(uuid)->definition; }
};

constexpr const char *old01 = R"(<domain type='kvm'>
  <name>web01</name>
  <uuid>00000000-0000-4000-8000-000000000001</uuid>
  <memory unit='MiB'>512</memory>
  <vcpu>4</vcpu>
  <os><type arch='x86_64' machine='pc-i440fx-7.2'>hvm</type></os>
  <devices>
    <disk type='file' device='disk'>
      <source file='/var/lib/libvirt/images/web01.qcow2'/>
      <target dev='hda' bus='ide'/>
    </disk>
    <interface type='network'>
      <mac address='52:54:00:00:00:01'/>
      <source network='default'/>
      <model type='virtio'/>
    </interface>
  </devices>
</domain>
)";

/// The same with a guest whose policy wants Q35, whatever is in it.
struct OldBench : Bench {
    OldBench() {
        hypervisor.edit(old01);
        plan::DomainPolicy section;
        section.match = {"web01"};
        section.allow = {plan::Disruption::guest_abi};
        section.named = {"machine"};
        policy.domains.push_back(section);
    }
    void edit(const std::string &text, const std::string &other) {
        std::string xml = definition();
        const auto at = xml.find(text);
        REQUIRE(at != std::string::npos);
        hypervisor.edit(xml.replace(at, text.size(), other));
    }
};

/// A kernel that gives so many huge pages of node 0, whatever it is asked for: the files of its pool show the others as
/// surplus as soon as somebody looks.
class Pages final : public Witness {
  public:
    explicit Pages(fakes::HostTree &tree) : tree_(tree) {
        tree.write("sys/devices/system/node/node0/meminfo",
                   "Node 0 MemTotal: 8388608 kB\nNode 0 MemFree: 8000000 kB\n");
        for (const std::string file : {"nr", "free", "surplus"}) tree.write(pool + file + "_hugepages", "0\n");
    }
    void give(unsigned room) {
        room_ = room;
        tree_.write("proc/buddyinfo", "Node 0, zone Normal 0 0 0 0 0 0 0 0 0 " + std::to_string(room) + "\n");
    }
    void saw_file(const std::string &path, const std::string &text) override {
        if (path != pool + "nr_hugepages") return;
        const auto asked = std::stoul(text);
        tree_.write(pool + "surplus_hugepages", std::to_string(asked - std::min<unsigned long>(asked, room_)) + "\n");
        tree_.write(pool + "free_hugepages", text);
    }
    void saw_folder(const std::string &, const std::vector<std::string> &) override {}
    void saw_link(const std::string &, const std::string &) override {}
    void saw_entry(const std::string &) override {}

    const std::string pool = "sys/devices/system/node/node0/hugepages/hugepages-2048kB/";

  private:
    fakes::HostTree &tree_;
    unsigned room_ = 0;
};

const Scope tune{Goal::tune, {uuid}, false};
const Scope give_back_all{Goal::give_back, {}, false};

}  // namespace

TEST_CASE("without policy and names nothing is in scope") {
    Bench bench;
    CHECK(bench.plan({}).empty());
}

TEST_CASE("a named domain is tuned, and everything is given back byte for byte") {
    Bench bench;
    const auto account = bench.bring(tune);
    CHECK_FALSE(account.failed());
    CHECK(account.left.empty());
    CHECK(bench.definition().find("<driver name='vhost' queues='4' rx_queue_size='1024'/>") != std::string::npos);
    CHECK(bench.definition().find("passwd='geheim'") != std::string::npos);
    CHECK(bench.tree.read("proc/sys/net/core/somaxconn") == "65535\n");
    CHECK(bench.tree.has("var/lib/kvmtune/journal"));

    CHECK_FALSE(bench.bring(give_back_all).failed());
    CHECK(bench.definition() == web01);
    CHECK(bench.tree.read("proc/sys/net/core/somaxconn") == "4096\n");
    CHECK_FALSE(bench.tree.has("var/lib/kvmtune/journal"));
    CHECK_FALSE(bench.tree.has("var/lib/kvmtune/domains"));
}

TEST_CASE("the definition carries the places of vhost workers, and a change of them alone restarts nobody") {
    Bench bench;
    bench.bring(tune);
    auto worn = bench.definition();
    const auto first = worn.find("<kvmtune:vhost mac='52:54:00:00:00:01' queue='0' cpus='");
    REQUIRE(first != std::string::npos);
    REQUIRE(worn.find("<kvmtune:vhost mac='52:54:00:00:00:01' queue='3' cpus='") != std::string::npos);
    const auto whole = worn;
    worn.erase(first, worn.find("/>", first) + 2 - first);
    bench.hypervisor.edit(worn);
    bench.hypervisor.power_on(uuid);
    Restart restart;
    restart.wanted = true;
    const auto account = bench.bring(tune, restart);
    CHECK_FALSE(account.failed());
    CHECK(account.restarted.empty());
    CHECK(domain::worker_cpus_in(domain::Document::parse(bench.definition(), "again").value()) ==
          domain::worker_cpus_in(domain::Document::parse(whole, "before").value()));
    bench.bring(give_back_all);
    CHECK(bench.definition() == web01);
}

TEST_CASE("a second run finds nothing to do and defines nothing") {
    Bench bench;
    bench.bring(tune);
    const auto defines = bench.hypervisor.defines();
    CHECK(bench.plan(tune).empty());
    CHECK(bench.bring(tune).report.outcomes.empty());
    CHECK(bench.hypervisor.defines() == defines);
}

TEST_CASE("a definition that somebody changes between plan and define is planned again") {
    Bench bench;
    bool edited = false;
    bench.hypervisor.before_read = [&](const std::string &) {
        if (std::exchange(edited, true)) return;
        std::string other = web01;
        other.replace(other.find("<vcpu>4"), 7, "<vcpu>2");
        bench.hypervisor.edit(other);
    };
    const auto account = bench.bring(tune);
    for (const auto &outcome : account.report.outcomes) CHECK_MESSAGE(outcome.why.empty(), outcome.why);
    CHECK_FALSE(account.failed());
    CHECK(bench.definition().find("<vcpu>2</vcpu>") != std::string::npos);
    CHECK_MESSAGE(bench.definition().find("queues='2'") != std::string::npos, bench.definition());
}

TEST_CASE("a guest gets huge pages if the kernel gives enough of them, and all but those if not") {
    Bench bench;
    Pages pages(bench.tree);
    bench.root.tell(pages);
    SUBCASE("enough") {
        pages.give(256);
        const auto account = bench.bring(tune);
        CHECK_FALSE(account.failed());
        CHECK(bench.definition().find("<hugepages/>") != std::string::npos);
        CHECK(bench.tree.read(pages.pool + "nr_hugepages") == "256");
    }
    SUBCASE("one too few") {
        pages.give(255);
        const auto account = bench.bring(tune);
        CHECK_FALSE(account.failed());
        CHECK(account.left.empty());
        CHECK(bench.definition().find("queues='4'") != std::string::npos);
        CHECK(bench.definition().find("<hugepages/>") == std::string::npos);
        CHECK(bench.tree.read(pages.pool + "nr_hugepages") == "0");
        CHECK(bench.tree.read("run/kvmtune/granted/node0/2048kB").starts_with("255 255 "));
        const auto said = [](const plan::Finding &finding) {
            return finding.about == "web01" &&
                   finding.what.find(
                       "256 pages of 2 MiB on node 0 (0.5 GiB) are asked for: the kernel gave no more than "
                       "255; ") != std::string::npos;
        };
        CHECK(std::count_if(account.report.findings.begin(), account.report.findings.end(), said) == 1);
        CHECK(bench.bring(tune).report.outcomes.empty());
    }
    CHECK_FALSE(bench.bring(give_back_all).failed());
    CHECK(bench.definition() == web01);
    CHECK(bench.tree.read(pages.pool + "nr_hugepages") == "0");
}

TEST_CASE("an edit of the user stays when ours goes") {
    Bench bench;
    bench.bring(tune);
    auto edited = bench.definition();
    edited.insert(edited.find("  <memory "), "  <title>mine</title>\n");
    bench.hypervisor.edit(edited);
    CHECK_FALSE(bench.bring(give_back_all).failed());
    auto wanted = std::string(web01);
    wanted.insert(wanted.find("  <memory "), "  <title>mine</title>\n");
    CHECK(bench.definition() == wanted);
}

TEST_CASE("a define that is refused undoes the domain and leaves the host's settings") {
    Bench bench;
    bench.hypervisor.validate = [](const std::string &) -> Result<> { return failure(ErrorKind::invalid, "no"); };
    const auto account = bench.bring(tune);
    CHECK(account.failed());
    CHECK(bench.definition() == web01);
    CHECK_FALSE(bench.tree.has("var/lib/kvmtune/domains"));
    CHECK(bench.tree.read("proc/sys/net/core/somaxconn") == "65535\n");
}

TEST_CASE("a hypervisor that goes away half-way is a failure among what was done, and all can be given back") {
    Bench bench;
    bench.hypervisor.before_effect = [&](const auto &) -> Result<> {
        bench.hypervisor.gone = Error{ErrorKind::failed, "libvirt does not answer"};
        return tl::unexpected<Error>(*bench.hypervisor.gone);
    };
    const auto account = bench.bring(tune);
    CHECK(account.failed());
    CHECK_FALSE(account.report.outcomes.empty());
    REQUIRE(account.failures.size() == 1);
    CHECK(account.failures.front().what == "libvirt does not answer");
    CHECK(bench.tree.read("proc/sys/net/core/somaxconn") == "65535\n");

    bench.hypervisor.gone.reset();
    bench.hypervisor.before_effect = nullptr;
    CHECK_FALSE(bench.bring(give_back_all).failed());
    CHECK(bench.definition() == web01);
    CHECK(bench.tree.read("proc/sys/net/core/somaxconn") == "4096\n");
    CHECK_FALSE(bench.tree.has("var/lib/kvmtune/domains"));
}

TEST_CASE("a define whose answer gets lost is given back byte for byte, with what libvirt added") {
    Bench bench;
    const std::string controller = "    <controller type='virtio-serial' index='0'/>\n";
    const auto with_controller = [&](std::string xml) {
        const auto channel = xml.find("org.kvmtune.agent.0");
        if (channel == std::string::npos || xml.find(controller) != std::string::npos) return xml;
        return xml.insert(xml.find("  </devices>"), controller);
    };
    bench.hypervisor.normalise = with_controller;
    bench.hypervisor.validate = [&](const std::string &xml) -> Result<> {
        bench.hypervisor.edit(with_controller(xml));
        bench.hypervisor.gone = Error{ErrorKind::failed, "libvirt does not answer"};
        return tl::unexpected<Error>(*bench.hypervisor.gone);
    };
    CHECK(bench.bring(tune).failed());
    bench.hypervisor.gone.reset();
    bench.hypervisor.validate = nullptr;
    REQUIRE(bench.definition().find(controller) != std::string::npos);
    CHECK_FALSE(bench.bring(give_back_all).failed());
    CHECK(bench.definition() == web01);
}

TEST_CASE("a running guest's elements are pending until it is restarted") {
    Bench bench;
    bench.hypervisor.power_on(uuid);
    const auto account = bench.bring(tune);
    CHECK_FALSE(account.failed());
    CHECK_FALSE(account.left.pending.empty());
    Restart restart;
    restart.wanted = true;
    restart.agent_limit = std::chrono::seconds(0);
    const auto restarted = bench.bring(tune, restart);
    CHECK(restarted.restarted == std::vector<std::string>{"web01"});
    for (const auto &pending : restarted.left.pending) CHECK(pending.target.kind == plan::TargetKind::knob);
}

TEST_CASE("a guest that does not shut down is a failure and goes on running, unless it is forced") {
    Bench bench;
    bench.hypervisor.power_on(uuid);
    bench.hypervisor.deaf.insert(uuid);
    Restart restart;
    restart.wanted = true;
    restart.agent_limit = std::chrono::seconds(0);
    const auto account = bench.bring(tune, restart);
    CHECK(account.failed());
    CHECK(account.restarted.empty());
    CHECK(bench.hypervisor.domain(uuid)->running);
    restart.insist = apply::Insist::destroy;
    CHECK(bench.bring(tune, restart).restarted.size() == 1);
}

namespace {

/// The same guest under another name, which comes after it.
std::string second_guest() {
    std::string xml = web01;
    for (const auto &[text, other] :
         {std::pair("web01", "web02"), {"000000000001<", "000000000002<"}, {":01'", ":02'"}})
        xml.replace(xml.find(text), std::string(text).size(), other);
    return xml;
}

constexpr const char *second_uuid = "00000000-0000-4000-8000-000000000002";

}  // namespace

TEST_CASE("a guest that does not start as tuned runs as before, and no other one is stopped for the same") {
    Bench bench;
    bench.hypervisor.edit(second_guest());
    for (const char *each : {uuid, second_uuid}) bench.hypervisor.power_on(each);
    bench.hypervisor.before_effect = [&](const fakes::FakeHypervisor::Effect &effect) -> Result<> {
        const bool tuned = bench.hypervisor.domain(effect.uuid)->definition.find("<cputune>") != std::string::npos;
        if (effect.verb == "start" && tuned) return failure(ErrorKind::failed, "no memory for it");
        return {};
    };
    Restart restart;
    restart.wanted = true;
    restart.agent_limit = std::chrono::seconds(0);
    const auto account = bench.bring({Goal::tune, {uuid, second_uuid}, false}, restart);
    CHECK(account.failed());
    CHECK(account.restarted.empty());
    CHECK(bench.hypervisor.domain(uuid)->running);
    CHECK(bench.definition() == web01);
    CHECK(bench.hypervisor.domain(second_uuid)->running);
    REQUIRE(account.failures.size() == 3);
    CHECK(account.failures[0] == plan::Finding{"web01", "no memory for it"});
    CHECK(account.failures[1].what.starts_with("it did not start as tuned"));
    CHECK(account.failures[2] == plan::Finding{"web02", "not restarted, because web01 did not start"});
}

TEST_CASE("a definition that a newer kvmtune wrote is left alone, and the others are tuned and given back") {
    Bench bench;
    std::string newer = second_guest();
    newer.insert(newer.find("  <os>"),
                 "  <metadata><kvmtune:tuned xmlns:kvmtune='urn:kvmtune:domain:1' version='99'/></metadata>\n");
    bench.hypervisor.edit(newer);
    const auto tuned = bench.bring(tune);
    CHECK_FALSE(tuned.failed());
    CHECK(bench.definition().find("queues='4'") != std::string::npos);
    const auto back = bench.bring(give_back_all);
    CHECK(bench.definition() == web01);
    CHECK(bench.hypervisor.domain(second_uuid)->definition == newer);
    REQUIRE(back.failures.size() == 1);
    CHECK(back.failures[0].about == "web02");
}

TEST_CASE("pages of a domain that cannot be read stay, for its next start needs them") {
    Bench bench;
    Pages pages(bench.tree);
    bench.root.tell(pages);
    pages.give(256);
    CHECK_FALSE(bench.bring(tune).failed());
    REQUIRE(bench.tree.read(pages.pool + "nr_hugepages") == "256");
    const std::string boot_file = bench.tree.read("etc/tmpfiles.d/kvmtune.conf");
    std::string tuned = bench.definition();
    const auto end = tuned.find("</metadata>");
    REQUIRE(end != std::string::npos);
    const std::string mistake = "<own:policy xmlns:own='urn:kvmtune:policy:1'>queuess = 4</own:policy>";
    bench.hypervisor.edit(std::string(tuned).insert(end, mistake));
    (void)bench.bring({});
    (void)bench.bring(tune);
    CHECK(bench.tree.read(pages.pool + "nr_hugepages") == "256");
    CHECK(bench.tree.read("etc/tmpfiles.d/kvmtune.conf") == boot_file);
    bench.hypervisor.edit(tuned);
    CHECK_FALSE(bench.bring(give_back_all).failed());
    CHECK(bench.tree.read(pages.pool + "nr_hugepages") == "0");
    CHECK_FALSE(bench.tree.has("etc/tmpfiles.d/kvmtune.conf"));
}

TEST_CASE("a NIC that was taken away took what it had of ours") {
    Bench bench;
    bench.bring(tune);
    std::string edited = bench.definition();
    const auto start = edited.find("    <interface ");
    edited.erase(start, edited.find("</interface>\n") + 13 - start);
    bench.hypervisor.edit(edited);
    CHECK_FALSE(bench.bring(give_back_all).failed());
    CHECK_FALSE(bench.tree.has("var/lib/kvmtune/domains"));
    CHECK(bench.definition().find("kvmtune") == std::string::npos);
    CHECK(bench.plan({}).empty());
}

TEST_CASE("a domain with a saved image stays pending") {
    Bench bench;
    bench.hypervisor.power_on(uuid);
    bench.hypervisor.save(uuid);
    const auto account = bench.bring(tune);
    REQUIRE_FALSE(account.left.pending.empty());
    CHECK(account.left.pending.front().waits_for.find("saved image") != std::string::npos);
}

TEST_CASE("giving one domain back keeps what another one needs") {
    Bench bench;
    auto other = std::string(web01);
    other.replace(other.find("web01"), 5, "web02");
    other.replace(other.find("000000000001"), 12, "000000000002");
    other.replace(other.find("00:00:01"), 8, "00:00:02");
    bench.hypervisor.edit(other);
    bench.bring({Goal::tune, {uuid, "00000000-0000-4000-8000-000000000002"}, false});
    bench.bring({Goal::give_back, {uuid}, false});
    CHECK(bench.definition() == web01);
    CHECK(bench.tree.read("proc/sys/net/core/somaxconn") == "65535\n");
    bench.bring({Goal::give_back, {"00000000-0000-4000-8000-000000000002"}, false});
    CHECK(bench.tree.read("proc/sys/net/core/somaxconn") == "4096\n");
}

TEST_CASE("a sysctl that somebody else set is left alone by apply and by rollback") {
    Bench bench;
    bench.bring(tune);
    bench.tree.write("proc/sys/net/core/somaxconn", "1234\n");
    const auto plan = bench.plan(tune);
    CHECK(plan.changes.empty());
    REQUIRE(plan.yielded.size() == 1);
    bench.bring(give_back_all);
    CHECK(bench.tree.read("proc/sys/net/core/somaxconn") == "1234\n");
    CHECK_FALSE(bench.tree.has("var/lib/kvmtune/journal"));
}

TEST_CASE("a guest with i440FX is converted with all else, and its whole definition comes back") {
    OldBench bench;
    const auto account = bench.bring(tune);
    CHECK_FALSE(account.failed());
    CHECK(account.left.empty());
    CHECK(bench.definition().find("machine='q35'") != std::string::npos);
    CHECK(bench.definition().find("bus='ide'") == std::string::npos);
    CHECK(bench.definition().find("queues='4'") != std::string::npos);
    CHECK(bench.plan(tune).empty());
    CHECK_FALSE(bench.bring(give_back_all).failed());
    CHECK(bench.definition() == old01);
    CHECK_FALSE(bench.tree.has("var/lib/kvmtune/domains"));
    CHECK_FALSE(bench.tree.has("var/lib/kvmtune/edited"));
}

TEST_CASE("the old chipset comes back by itself too, and what else is ours stays on it") {
    OldBench bench;
    CHECK_FALSE(bench.bring(tune).failed());
    bench.policy.domains[0].q35 = false;
    const auto account = bench.bring(tune);
    CHECK_FALSE(account.failed());
    CHECK(account.left.empty());
    CHECK(bench.definition().find("machine='pc-i440fx-7.2'") != std::string::npos);
    CHECK(bench.definition().find("bus='ide'") != std::string::npos);
    CHECK(bench.definition().find("queues='4'") != std::string::npos);
    CHECK_FALSE(bench.bring(give_back_all).failed());
    CHECK(bench.definition() == old01);
}

TEST_CASE("one that was tuned before, and is converted then, comes back to what it was at first") {
    OldBench bench;
    bench.policy.domains[0].allow = {};
    CHECK_FALSE(bench.bring(tune).failed());
    CHECK(bench.definition().find("pc-i440fx") != std::string::npos);
    bench.policy.domains[0].allow = {plan::Disruption::guest_abi};
    CHECK_FALSE(bench.bring(tune).failed());
    CHECK(bench.definition().find("machine='q35'") != std::string::npos);
    CHECK_FALSE(bench.bring(give_back_all).failed());
    CHECK(bench.definition() == old01);
}

TEST_CASE("one that was edited since its conversion keeps its chipset until it is given up") {
    OldBench bench;
    CHECK_FALSE(bench.bring(tune).failed());
    bench.edit("<name>web01</name>", "<name>web01</name>\n  <title>mine</title>");
    const auto edited = bench.definition();
    auto account = bench.bring(give_back_all);
    CHECK_FALSE(account.failed());
    CHECK(bench.definition().find("machine='q35'") != std::string::npos);
    CHECK(bench.definition().find("mine") != std::string::npos);
    CHECK(bench.definition().find("queues=") == std::string::npos);
    REQUIRE_FALSE(account.left.findings.empty());
    CHECK(account.left.findings[0].what.find("the definition was edited since") != std::string::npos);

    // Also when it was tuned again after that.
    CHECK_FALSE(bench.bring(tune).failed());
    const auto tuned = bench.definition();
    CHECK(tuned.find("queues='4'") != std::string::npos);
    CHECK_FALSE(bench.bring(give_back_all).failed());
    CHECK(bench.definition().find("machine='q35'") != std::string::npos);

    Scope forced = give_back_all;
    forced.discards_edits = true;
    const auto last = bench.definition();
    CHECK_FALSE(bench.bring(forced).failed());
    CHECK(bench.definition() == old01);
    CHECK(bench.tree.read("var/lib/kvmtune/edited/web01-1.xml") == last);
    CHECK_FALSE(bench.tree.has("var/lib/kvmtune/domains"));
}

TEST_CASE("a saved image, snapshots with memory and a QEMU without it keep a guest from Q35") {
    OldBench bench;
    const auto said = [&] {
        const auto plan = bench.plan(tune);
        std::string all;
        for (const auto &finding : plan.findings) all += finding.what + "\n";
        return all;
    };
    CHECK(said().find("stays i440FX") == std::string::npos);
    bench.hypervisor.snapshots[uuid] = {"monday", "tuesday"};
    CHECK(said().find("stays i440FX: it has snapshots with its memory, which go on with i440FX: monday, tuesday") !=
          std::string::npos);
    bench.hypervisor.snapshots.clear();
    bench.hypervisor.missing_machines = {"q35"};
    CHECK(said().find("stays i440FX: this host's QEMU has no Q35 for a guest of type kvm") != std::string::npos);
    bench.hypervisor.missing_machines.clear();
    bench.hypervisor.power_on(uuid);
    bench.hypervisor.save(uuid);
    CHECK(said().find("stays i440FX: it has a saved image") != std::string::npos);
}

TEST_CASE("UEFI variables come back with the chipset, when the guest is off") {
    OldBench bench;
    bench.edit("hvm</type>", "hvm</type><nvram>/nvram/web01.fd</nvram>");
    bench.tree.write("nvram/web01.fd", "of i440FX");
    CHECK_FALSE(bench.bring(tune).failed());
    bench.hypervisor.power_on(uuid);
    bench.tree.write("nvram/web01.fd", "of Q35");
    CHECK_FALSE(bench.bring(give_back_all).failed());
    CHECK(bench.definition().find("pc-i440fx") != std::string::npos);
    CHECK(bench.tree.read("nvram/web01.fd") == "of Q35");

    // Converted again before it was off: those of the beginning are kept.
    CHECK_FALSE(bench.bring(tune).failed());
    CHECK_FALSE(bench.bring(give_back_all).failed());
    bench.hypervisor.power_off(uuid);
    CHECK_FALSE(bench.bring(give_back_all).failed());
    CHECK(bench.tree.read("nvram/web01.fd") == "of i440FX");
    CHECK(bench.tree.read("var/lib/kvmtune/edited/web01-1.nvram") == "of Q35");
    CHECK_FALSE(bench.tree.has("var/lib/kvmtune/domains"));
}

TEST_CASE("UEFI variables of a guest that was started with its old chipset since are its own") {
    OldBench bench;
    bench.edit("hvm</type>", "hvm</type><nvram>/nvram/web01.fd</nvram>");
    bench.tree.write("nvram/web01.fd", "of i440FX");
    CHECK_FALSE(bench.bring(tune).failed());
    bench.hypervisor.power_on(uuid);
    CHECK_FALSE(bench.bring(give_back_all).failed());
    bench.hypervisor.power_off(uuid);
    bench.hypervisor.power_on(uuid);
    bench.tree.write("nvram/web01.fd", "newer");
    CHECK_FALSE(bench.bring(give_back_all).failed());
    CHECK(bench.tree.read("nvram/web01.fd") == "newer");
    CHECK(bench.tree.read("var/lib/kvmtune/edited/web01-1.nvram") == "of i440FX");
}

}  // namespace bring_test
