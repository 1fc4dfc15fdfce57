// Threads of this very program in the place of vhost workers: what a constructed /proc says of them is by kernel, their
// CPUs are real.
#include "daemon/hook/alone.hpp"

#include <doctest/doctest.h>
#include <sched.h>
#include <unistd.h>

#include <future>
#include <thread>

#include "base/lock.hpp"
#include "daemon/apply/journal.hpp"
#include "daemon/domain/metadata.hpp"
#include "daemon/facts/topology.hpp"
#include "daemon/hook/neighbours.hpp"
#include "daemon/pipeline/late_starts.hpp"
#include "tests/fakes/fake_hypervisor.hpp"
#include "tests/fakes/temporary_tree.hpp"

namespace alone_test {

using namespace kvmtune;
using namespace kvmtune::hook;
using kvmtune::fakes::TemporaryTree;

namespace {

Result<Answer> answered(const Root &root, const Call &call) {
    return answer_alone(policy_alone(root), root, call);
}

const std::string uuid = "00000000-0000-4000-8000-000000000001";
constexpr pid_t qemu = 4711;

/// A thread that waits until the end of the test.
class Worker {
  public:
    Worker() : thread_([this] { wait(); }), tid_(told_.get_future().get()) {}
    Worker(const Worker &) = delete;
    Worker &operator=(const Worker &) = delete;
    ~Worker() {
        end_.set_value();
        thread_.join();
    }

    [[nodiscard]] pid_t tid() const { return tid_; }
    [[nodiscard]] CpuSet cpus() const {
        cpu_set_t set;
        REQUIRE(::sched_getaffinity(tid_, sizeof set, &set) == 0);
        CpuSet cpus;
        for (unsigned cpu = 0; cpu < CPU_SETSIZE; ++cpu)
            if (CPU_ISSET(cpu, &set)) cpus.insert(cpu);
        return cpus;
    }

  private:
    void wait() {
        told_.set_value(::gettid());
        end_.get_future().wait();
    }

    std::promise<pid_t> told_;
    std::promise<void> end_;
    std::thread thread_;
    pid_t tid_;
};

enum class Regime { kernel_thread, thread_of_qemu };

void add_process(const TemporaryTree &tree, const std::string &folder, const std::string &comm, int parent,
                 unsigned start) {
    const std::string name = folder.substr(folder.rfind('/') + 1);
    tree.add(folder + "/comm", comm + "\n");
    tree.add(folder + "/stat", name + " (" + comm + ") S " + std::to_string(parent) +
                                   " 1 1 0 -1 4194560 5 6 7 8 9 10 11 12 20 0 1 0 " + std::to_string(start) + " 0\n");
    tree.add(folder + "/status", "Name:\t" + comm + "\nCpus_allowed_list:\t0-1023\n");
}

/// A guest with a NIC of two queues, that just started.
struct Guest {
    TemporaryTree tree;
    Worker first;
    Worker second;
    unsigned cpu = first.cpus().last();

    explicit Guest(Regime regime) {
        tree.add("run/libvirt/qemu/web01.pid", std::to_string(qemu) + "\n");
        add_process(tree, "proc/2", "kthreadd", 0, 1);
        add_process(tree, "proc/4711", "qemu-system-x86", 1, 100);
        add_process(tree, "proc/4711/task/4711", "qemu-system-x86", 1, 100);
        const bool kernel = regime == Regime::kernel_thread;
        const std::string folder = kernel ? "proc/" : "proc/4711/task/";
        add_process(tree, folder + std::to_string(first.tid()), "vhost-4711", kernel ? 2 : 1, 101);
        add_process(tree, folder + std::to_string(second.tid()), "vhost-4711", kernel ? 2 : 1, 102);
    }

    [[nodiscard]] Call started(const std::string &cpus, unsigned queues = 2) const {
        const std::string document = R"(<domain type='kvm' id='1'>
  <name>web01</name>
  <uuid>)" + uuid + R"(</uuid>
  <metadata>
    <kvmtune:tuned xmlns:kvmtune='urn:kvmtune:domain:1' version='1'>
      <kvmtune:vhost mac='52:54:00:00:00:01' queue='1' cpus=')" +
                                     cpus + R"('/>
    </kvmtune:tuned>
  </metadata>
  <memory>1024</memory>
  <vcpu>2</vcpu>
  <os><type arch='x86_64'>hvm</type></os>
  <devices>
    <interface type='network'>
      <mac address='52:54:00:00:00:01'/>
      <source network='default'/>
      <model type='virtio'/>
      <driver name='vhost' queues=')" +
                                     std::to_string(queues) + R"('/>
    </interface>
  </devices>
</domain>
)";
        return {"qemu", "web01", "started", "begin", "-", document};
    }
};

}  // namespace

TEST_CASE("workers go where the definition says, with a hold, whatever kind of thread they are") {
    for (const auto regime : {Regime::kernel_thread, Regime::thread_of_qemu}) {
        const Guest guest(regime);
        const auto before = guest.first.cpus();
        const auto answer = answered(guest.tree.root(), guest.started(std::to_string(guest.cpu)));
        REQUIRE_MESSAGE(answer.has_value(), (answer ? "" : answer.error().what));
        CHECK(*answer == Answer{});
        CHECK(guest.second.cpus() == CpuSet{guest.cpu});
        CHECK(guest.first.cpus() == before);
        const auto journal = apply::Journal::open(guest.tree.root(), "var/lib/kvmtune/journal");
        REQUIRE(journal.has_value());
        const auto hold = journal->holds().find({plan::TargetKind::affinity, uuid, "vhost/52:54:00:00:00:01/1"});
        REQUIRE(journal->holds().size() == 1);
        REQUIRE(hold != journal->holds().end());
        CHECK(hold->second.asked == std::to_string(guest.cpu));
        CHECK(hold->second.original == plan::Value());
        CHECK(hold->second.epoch == std::to_string(guest.second.tid()) + "@102");
    }
}

TEST_CASE("holds of others in the journal stay as they are") {
    const Guest guest(Regime::thread_of_qemu);
    const plan::Target sysctl{plan::TargetKind::sysctl, "", "net.core.somaxconn"};
    {
        auto journal = apply::Journal::open(guest.tree.root(), "var/lib/kvmtune/journal");
        REQUIRE(journal.has_value());
        REQUIRE(journal->hold(sysctl, "", "4096", "65535").has_value());
    }
    REQUIRE(answered(guest.tree.root(), guest.started(std::to_string(guest.cpu))).has_value());
    const auto journal = apply::Journal::open(guest.tree.root(), "var/lib/kvmtune/journal");
    REQUIRE(journal.has_value());
    CHECK(journal->holds().count(sysctl) == 1);
    CHECK(journal->holds().size() == 2);
}

TEST_CASE("while another kvmtune is at work, a note is left and nothing else is done") {
    const Guest guest(Regime::thread_of_qemu);
    const auto before = guest.second.cpus();
    const auto lock = take_lock(guest.tree.root(), "run/kvmtune/lock", std::chrono::milliseconds(0));
    REQUIRE(lock.has_value());
    CHECK(answered(guest.tree.root(), guest.started(std::to_string(guest.cpu))) == Answer{});
    CHECK(guest.tree.root().exists("run/kvmtune/notes/" + uuid));
    CHECK(guest.second.cpus() == before);
    CHECK(!guest.tree.root().exists("var/lib/kvmtune/journal"));
}

TEST_CASE("whoever was at work does what the note asks for, once it is done") {
    const Guest guest(Regime::thread_of_qemu);
    const auto call = guest.started(std::to_string(guest.cpu));
    {
        const auto lock = take_lock(guest.tree.root(), "run/kvmtune/lock", std::chrono::milliseconds(0));
        REQUIRE(lock.has_value());
        REQUIRE(answered(guest.tree.root(), call));
    }
    guest.tree.add("run/kvmtune/notes/00000000-0000-4000-8000-00000000dead", "");  // undefined meanwhile
    fakes::FakeHypervisor hypervisor;
    hypervisor.edit(call.document);
    hypervisor.power_on(uuid);
    REQUIRE(pipeline::serve_notes(guest.tree.root(), hypervisor));
    CHECK(guest.second.cpus() == CpuSet{guest.cpu});
    CHECK(guest.tree.root().list("run/kvmtune/notes")->empty());
}

TEST_CASE("workers that cannot be told apart, and CPUs that are not there, are errors that change nothing") {
    const Guest guest(Regime::thread_of_qemu);
    const auto before = guest.second.cpus();
    const auto apart = answered(guest.tree.root(), guest.started(std::to_string(guest.cpu), 3));
    CHECK(apart == Answer{});  // which is which is not known: nothing to place
    const auto nowhere = answered(guest.tree.root(), guest.started("1000"));
    REQUIRE(!nowhere.has_value());
    CHECK(nowhere.error().what.find("place thread") != std::string::npos);
    CHECK(guest.second.cpus() == before);
    CHECK(!answered(guest.tree.root(), {"qemu", "web01", "started", "begin", "-", "<domain>"}).has_value());
}

TEST_CASE("a guest from another host gets CPUs that are there and free; without a need its document stays") {
    const Guest neighbour(Regime::thread_of_qemu);
    add_process(neighbour.tree, "proc/4711/task/4720", "CPU 0/KVM", 1, 103);
    neighbour.tree.add("proc/4711/task/4720/status", "Name:\tCPU 0/KVM\nCpus_allowed_list:\t2\n");
    neighbour.tree.add("proc/sys/kernel/osrelease", "6.1.0\n");
    neighbour.tree.add("proc/sys/kernel/random/boot_id", "11111111-2222-4333-8444-555555555555\n");
    const auto topology = facts::topology_from("numa:1(memory=16GB) core:4 pu:1").value();
    CHECK(taken_by_running(neighbour.tree.root(), topology).taken ==
          std::map<std::string, CpuSet>{{"web01", CpuSet{2}}});

    const std::string before =
        "<domain type='kvm'><name>web02</name><metadata><k:tuned xmlns:k='urn:kvmtune:domain:1' version='1'>"
        "<k:hold element='cputune/vcpupin/0' asked='70' granted='70'/></k:tuned></metadata><memory>1024</memory>"
        "<vcpu>1</vcpu><cputune><vcpupin vcpu='0' cpuset='70'/></cputune><os><type arch='x86_64'>hvm</type></os>"
        "</domain>";
    Call call{"qemu", "web02", "restore", "begin", "-", before};
    const auto here = filtered(neighbour.tree.root(), topology, plan::Policy{}, call);
    REQUIRE_MESSAGE(here.has_value(), (here ? "" : here.error().what));
    REQUIRE(here->has_value());
    const auto document = domain::Document::parse(**here, "here").value();
    const auto pin = CpuSet::parse(domain::value_of(document, "cputune/vcpupin/0").value().value_or("")).value();
    CHECK((CpuSet{1, 3}).contains(pin));
    CHECK(pin.size() == 1);

    call.document = **here;
    CHECK(filtered(neighbour.tree.root(), topology, plan::Policy{}, call).value() == std::nullopt);
}

TEST_CASE("other calls, and guests without a place for a worker, are none of its business") {
    const TemporaryTree tree;
    CHECK(answered(tree.root(), {"qemu", "web01", "start", "begin", "-", "no document"}) == Answer{});
    CHECK(answered(tree.root(), {"qemu", "web01", "started", "begin", "-", "<domain/>"}) == Answer{});
    CHECK(tree.contents().empty());
}

}  // namespace alone_test
