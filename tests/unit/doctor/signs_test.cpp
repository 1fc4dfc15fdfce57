#include <doctest/doctest.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include <filesystem>

#include "daemon/doctor/signs.hpp"
#include "daemon/hook/mark.hpp"
#include "tests/fakes/temporary_tree.hpp"

namespace signs_test {

using namespace kvmtune;
using namespace kvmtune::doctor;

TEST_CASE("an empty tree has no signs") {
    const fakes::TemporaryTree tree;
    CHECK(signs_of(tree.root()) == Signs{});
}

TEST_CASE("devices, readiness and units are seen") {
    const fakes::TemporaryTree tree;
    tree.add("dev/kvm", "");
    tree.add("dev/vhost-net", "");
    tree.add("run/kvmtune/ready", "");
    tree.add("etc/systemd/system/multi-user.target.wants/other.service", "");
    std::filesystem::create_symlink(
        "/usr/lib/systemd/system/kvmtuned.service",
        tree.root().path() + "/etc/systemd/system/multi-user.target.wants/kvmtuned.service");
    const auto signs = signs_of(tree.root());
    CHECK((signs.kvm && signs.vhost_net && signs.ready));
    CHECK(signs.enabled == std::set<std::string>{"kvmtuned.service"});
}

TEST_CASE("a hook is followed to its program within the tree") {
    const fakes::TemporaryTree tree;
    tree.add("usr/sbin/kvmtune-hook", "#!/bin/sh\n");
    std::filesystem::create_directories(tree.root().path() + "/etc/libvirt/hooks/qemu.d");
    const auto link = tree.root().path() + "/" + hook_file;
    std::filesystem::create_symlink("/usr/sbin/nothing", link);
    CHECK(signs_of(tree.root()).hook_there);
    CHECK(signs_of(tree.root()).hook_program.empty());
    std::filesystem::remove(link);
    std::filesystem::create_symlink("../../../../usr/sbin/kvmtune-hook", link);
    CHECK(signs_of(tree.root()).hook_program.ends_with("usr/sbin/kvmtune-hook"));
    CHECK_FALSE(signs_of(tree.root()).hook_executable);
    ::chmod((tree.root().path() + "/usr/sbin/kvmtune-hook").c_str(), 0755);
    CHECK(signs_of(tree.root()).hook_executable);
    std::filesystem::remove(link);
    std::filesystem::create_symlink("kvmtune", link);  // itself
    CHECK(signs_of(tree.root()).hook_program.empty());
}

TEST_CASE("a profile counts where it is enforced") {
    const fakes::TemporaryTree tree;
    const std::string file = "sys/kernel/security/apparmor/profiles";
    tree.add(file, "virt-aa-helper (enforce)\nlibvirtd (complain)\n");
    CHECK_FALSE(signs_of(tree.root()).confined);
    for (const std::string line : {"libvirtd (enforce)", "virtqemud (enforce)", "/usr/sbin/libvirtd (enforce)"}) {
        tree.add(file, "nvidia_modprobe (enforce)\n" + line + "\n");
        CHECK(signs_of(tree.root()).confined);
    }
}

TEST_CASE("the mark of a call is of the kernel's clock") {
    const fakes::TemporaryTree tree;
    hook::leave_mark(tree.root().path());  // there is no folder for it: nothing happens
    CHECK_FALSE(hook::last_call(tree.root()));
    tree.add("run/kvmtune/lock", "");
    hook::leave_mark(tree.root().path());
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    const auto called = signs_of(tree.root()).called;
    REQUIRE(called);
    CHECK(*called == doctest::Approx(static_cast<double>(now.tv_sec)).epsilon(0.01));
    tree.add("run/kvmtune/hook-called", "soon\n");
    CHECK_FALSE(hook::last_call(tree.root()));
}

TEST_CASE("running guests and their last start") {
    const fakes::TemporaryTree tree;
    const auto add = [&](const std::string &name, const std::string &pid, const std::string &ticks) {
        tree.add("run/libvirt/qemu/" + name + ".pid", pid);
        tree.add("proc/" + pid + "/cmdline", "qemu-system-x86_64");
        for (const std::string &folder : {"proc/" + pid, "proc/" + pid + "/task/" + pid}) {
            tree.add(folder + "/comm", "qemu-system-x86\n");
            tree.add(folder + "/stat",
                     pid + " (qemu-system-x86) S 1 1 1 0 -1 4194624 1 0 0 0 0 0 0 0 20 0 7 0 " + ticks + " 0 0\n");
            tree.add(folder + "/status", "Name:\tqemu-system-x86\nPPid:\t1\nCpus_allowed_list:\t0-7\n");
        }
    };
    add("web01", "4242", std::to_string(100 * ::sysconf(_SC_CLK_TCK)));
    add("web02", "4343", std::to_string(250 * ::sysconf(_SC_CLK_TCK)));
    tree.add("run/libvirt/qemu/gone.pid", "4444");
    const auto signs = signs_of(tree.root());
    CHECK(signs.running == 2);
    CHECK(signs.started == doctest::Approx(250));
}

}  // namespace signs_test
