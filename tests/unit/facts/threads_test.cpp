// On constructed /proc trees: only one of the three kinds of vhost workers can be had from any one kernel.
#include "daemon/facts/threads.hpp"

#include <doctest/doctest.h>

#include "tests/fakes/temporary_tree.hpp"

namespace threads_test {

using namespace kvmtune;
using namespace kvmtune::facts;
using kvmtune::fakes::TemporaryTree;

namespace {

struct Process {
    std::string folder;  ///< in /proc
    std::string comm;
    int parent = 1;
    unsigned long start_time = 0;
    std::string cpus = "0-7";
};

std::string last_of(const std::string &path) {
    return path.substr(path.rfind('/') + 1);
}

void add(const TemporaryTree &tree, const Process &process) {
    const std::string folder = "proc/" + process.folder;
    const std::string parent = std::to_string(process.parent);
    tree.add(folder + "/comm", process.comm + "\n");
    tree.add(folder + "/stat", last_of(process.folder) + " (" + process.comm + ") S " + parent +
                                   " 1 1 0 -1 4194560 5 6 7 8 9 10 11 12 20 0 1 0 " +
                                   std::to_string(process.start_time) + " 0 0 18446744073709551615\n");
    tree.add(folder + "/status", "Name:\t" + process.comm + "\nPPid:\t" + parent +
                                     "\nCpus_allowed:\tff\nCpus_allowed_list:\t" + process.cpus +
                                     "\nMems_allowed_list:\t0\n");
}

void add_qemu(const TemporaryTree &tree) {
    add(tree, {"1", "systemd", 0, 1});
    add(tree, {"2", "kthreadd", 0, 1});
    add(tree, {"4711", "qemu-system-x86", 1, 9000, "0-1,8-9"});
    add(tree, {"4711/task/4711", "qemu-system-x86", 1, 9000, "0-1,8-9"});
    add(tree, {"4711/task/4720", "CPU 0/KVM", 1, 9010, "2"});
    add(tree, {"4711/task/4721", "CPU 1/KVM", 1, 9010, "3"});
    add(tree, {"4711/task/4722", "IO mon_iothread", 1, 9011});
    add(tree, {"4711/task/4723", "IO iothread1", 1, 9008, "0-1"});
    add(tree, {"4711/task/4724", "IO iothread12", 1, 9009});
    add(tree, {"4711/task/4725", "IO iothread", 1, 9009});
    add(tree, {"4711/task/4726", "IO iothread2x", 1, 9009});
}

std::vector<std::string> epochs(const std::vector<Thread> &threads) {
    std::vector<std::string> all;
    for (const Thread &thread : threads) all.push_back(thread.epoch());
    return all;
}

using Epochs = std::vector<std::string>;

}  // namespace

TEST_CASE("how much of a process's memory is on each node") {
    const TemporaryTree tree;
    tree.add("proc/4711/numa_maps",
             "55d0 default file=/usr/bin/qemu mapped=9 N0=4 N1=5 kernelpagesize_kB=4\n"
             "7f00 bind:0 anon=2 dirty=2 N1=2 kernelpagesize_kB=2048\n"
             "7ffc default stack anon=3 dirty=3 N0=3 kernelpagesize_kB=4\n7ffd default\n");
    CHECK(memory_by_node(tree.root(), 4711).value() ==
          std::map<unsigned, std::uint64_t>{{0, 7 * 4096}, {1, 5 * 4096 + (4u << 20)}});
    CHECK(memory_by_node(tree.root(), 4712).error().kind == ErrorKind::not_found);
}

TEST_CASE("main thread, vCPUs and iothreads, with start times and affinities") {
    const TemporaryTree tree;
    add_qemu(tree);
    const CpuSet node{0};
    const QemuThreads expected{{4711, 9000, {0, 1, 8, 9}, node},
                               {{0, {4720, 9010, {2}, node}}, {1, {4721, 9010, {3}, node}}},
                               {{1, {4723, 9008, {0, 1}, node}}, {12, {4724, 9009, {0, 1, 2, 3, 4, 5, 6, 7}, node}}},
                               {}};
    const auto threads = threads_of(tree.root(), 4711);
    REQUIRE(threads);
    CHECK(*threads == expected);
    CHECK(threads->main.epoch() == "4711@9000");
}

TEST_CASE("vCPUs of TCG are vCPUs; other names are none") {
    const TemporaryTree tree;
    add(tree, {"50", "qemu-system-x86"});
    add(tree, {"50/task/51", "CPU 12/TCG"});
    add(tree, {"50/task/52", "CPU x/KVM"});
    add(tree, {"50/task/53", "CPU /KVM"});
    add(tree, {"50/task/54", "ALL CPUs/TCG"});
    add(tree, {"50/task/55", "CPU 3/KVM2"});
    const auto threads = threads_of(tree.root(), 50);
    REQUIRE(threads);
    REQUIRE(threads->vcpus.size() == 1);
    CHECK(threads->vcpus.at(12).tid == 51);
}

TEST_CASE("a name with blanks and parentheses does not shift the fields of stat") {
    const TemporaryTree tree;
    add(tree, {"60", "qemu (x) S 2 3)", 1, 777});
    tree.add_folder("proc/60/task");
    CHECK(threads_of(tree.root(), 60)->main.start_time == 777);
}

TEST_CASE("constructed tree, kernel before 5.16 or 6.1: workers are kernel threads, oldest first") {
    const TemporaryTree tree;
    add_qemu(tree);
    add(tree, {"4713", "vhost-4711", 2, 9005, "8"});
    add(tree, {"4712", "vhost-4711", 2, 9005, "9"});
    add(tree, {"800", "vhost-4711", 2, 9006});  // numbers have wrapped
    add(tree, {"900", "vhost-471", 2, 8000});
    add(tree, {"901", "vhost-47110", 2, 8000});
    const auto threads = threads_of(tree.root(), 4711);
    REQUIRE(threads);
    CHECK(epochs(threads->vhost) == Epochs{"4712@9005", "4713@9005", "800@9006"});
    CHECK(threads->vhost[0].cpus == CpuSet{9});
}

TEST_CASE("constructed tree, kernel threads: a program of that name is no worker") {
    const TemporaryTree tree;
    add_qemu(tree);
    add(tree, {"5000", "vhost-4711", 1, 9500});
    add(tree, {"5001", "vhost-4711", 2, 9501});
    add(tree, {"5002", "vhost-4711 2", 2, 9502});
    CHECK(epochs(threads_of(tree.root(), 4711)->vhost) == Epochs{"5001@9501"});
}

TEST_CASE("constructed tree, kernel 6.4 and later: workers are QEMU's own threads") {
    const TemporaryTree tree;
    add_qemu(tree);
    add(tree, {"4711/task/4713", "vhost-4711", 1, 9005, "8"});
    add(tree, {"4711/task/4712", "vhost-4711", 1, 9004, "0-1,8-9"});
    add(tree, {"4711/task/99", "vhost-4711", 1, 9600});
    add(tree, {"7000", "vhost-4711", 2, 1});  // left of an earlier QEMU of that pid
    const auto threads = threads_of(tree.root(), 4711);
    REQUIRE(threads);
    CHECK(epochs(threads->vhost) == Epochs{"4712@9004", "4713@9005", "99@9600"});
    CHECK(threads->vhost[1].cpus == CpuSet{8});
    CHECK(threads->vcpus.size() == 2);
}

TEST_CASE("constructed tree: the kernel cuts names to 15 characters, or shows a kernel thread's in full") {
    const TemporaryTree tree;
    add(tree, {"1234567890", "qemu-system-x86"});
    tree.add_folder("proc/1234567890/task");
    add(tree, {"70", "vhost-123456789", 2, 1});
    add(tree, {"71", "vhost-1234567890", 2, 2});
    CHECK(epochs(threads_of(tree.root(), 1234567890)->vhost) == Epochs{"70@1", "71@2"});
}

TEST_CASE("a thread that ends while it is looked at is left out") {
    const TemporaryTree tree;
    add_qemu(tree);
    tree.add_folder("proc/4711/task/4800");
    tree.add("proc/4711/task/4801/comm", "CPU 7/KVM\n");
    tree.add("proc/4711/task/4802/comm", "vhost-4711\n");
    const auto threads = threads_of(tree.root(), 4711);
    REQUIRE(threads);
    CHECK(threads->vcpus.size() == 2);
    CHECK(threads->vhost.empty());
}

TEST_CASE("a process that is not there, or that makes no sense, is an error") {
    const TemporaryTree tree;
    add_qemu(tree);
    CHECK(threads_of(tree.root(), 9999).error().kind == ErrorKind::not_found);
    tree.add("proc/4711/stat", "4711 (qemu) S 1 1\n");
    CHECK(threads_of(tree.root(), 4711).error().what == tree.root().full("proc/4711/stat") + ": it has no start time");
    add(tree, {"4711", "qemu-system-x86", 1, 1, ""});
    CHECK(threads_of(tree.root(), 4711).error().what == tree.root().full("proc/4711/status") + ": it has no CPU list");
}

TEST_CASE("QEMU's pid comes from libvirt's pid file") {
    const TemporaryTree tree;
    add_qemu(tree);
    tree.add("run/libvirt/qemu/web 01.pid", "4711\n");
    tree.add("run/libvirt/qemu/bare.pid", "4711");
    CHECK(qemu_pid(tree.root(), "web 01") == 4711);
    CHECK(qemu_pid(tree.root(), "bare") == 4711);
}

TEST_CASE("QEMU may be called kvm or something with qemu in it") {
    for (const std::string name : {"qemu-kvm", "kvm", "qemu:web01", "my-qemu-wrapper"}) {
        const TemporaryTree tree;
        add(tree, {"10", name});
        tree.add("run/libvirt/qemu/x.pid", "10\n");
        CHECK(qemu_pid(tree.root(), "x") == 10);
    }
}

TEST_CASE("a domain that is off, a stale pid file and nonsense are told apart") {
    const TemporaryTree tree;
    add(tree, {"10", "sshd"});
    tree.add("run/libvirt/qemu/reused.pid", "10\n");
    tree.add("run/libvirt/qemu/gone.pid", "11\n");
    tree.add("run/libvirt/qemu/empty.pid", "");
    tree.add("run/libvirt/qemu/negative.pid", "-10\n");
    CHECK(qemu_pid(tree.root(), "off").error().kind == ErrorKind::not_found);
    CHECK(qemu_pid(tree.root(), "reused").error().kind == ErrorKind::not_found);
    CHECK(qemu_pid(tree.root(), "gone").error().kind == ErrorKind::not_found);
    CHECK(qemu_pid(tree.root(), "empty").error().kind == ErrorKind::invalid);
    CHECK(qemu_pid(tree.root(), "negative").error().kind == ErrorKind::invalid);
    CHECK(qemu_pid(tree.root(), "../x").error().kind == ErrorKind::invalid);
    CHECK(qemu_pid(tree.root(), "").error().kind == ErrorKind::invalid);
}

}  // namespace threads_test
