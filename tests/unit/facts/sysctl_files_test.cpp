#include "daemon/facts/sysctl_files.hpp"

#include <doctest/doctest.h>

#include <filesystem>

#include "tests/fakes/temporary_tree.hpp"

namespace sysctl_files_test {

using namespace kvmtune;
using namespace kvmtune::facts;
using kvmtune::fakes::TemporaryTree;
using Lines = std::vector<plan::SysctlLine>;

namespace {

const std::string swappiness = "vm.swappiness";

}  // namespace

TEST_CASE("files apply in the order of their names, whatever their folder") {
    const TemporaryTree tree;
    tree.add("usr/lib/sysctl.d/90-vendor.conf", "vm.swappiness = 4\n");
    tree.add("etc/sysctl.d/50-admin.conf", "vm.swappiness=2\n");
    tree.add("run/sysctl.d/70-run.conf", "vm.swappiness = 3\n");
    tree.add("usr/local/lib/sysctl.d/10-local.conf", "vm.swappiness = 1\n");
    CHECK(sysctl_lines(tree.root(), {swappiness}) == Lines{{"usr/local/lib/sysctl.d/10-local.conf", 1, swappiness, "1"},
                                                           {"etc/sysctl.d/50-admin.conf", 1, swappiness, "2"},
                                                           {"run/sysctl.d/70-run.conf", 1, swappiness, "3"},
                                                           {"usr/lib/sysctl.d/90-vendor.conf", 1, swappiness, "4"}});
}

TEST_CASE("a file hides those of its name in later folders, an empty one too") {
    const TemporaryTree tree;
    tree.add("usr/lib/sysctl.d/50-x.conf", "vm.swappiness = 1\n");
    tree.add("run/sysctl.d/50-x.conf", "vm.swappiness = 2\n");
    CHECK(sysctl_lines(tree.root(), {swappiness}) == Lines{{"run/sysctl.d/50-x.conf", 1, swappiness, "2"}});
    tree.add_folder("etc/sysctl.d");
    std::filesystem::create_symlink("/dev/null", tree.root().full("etc/sysctl.d/50-x.conf"));
    CHECK(sysctl_lines(tree.root(), {swappiness}).empty());
}

TEST_CASE("keys are written with dots or slashes, with or without a minus, between comments") {
    const TemporaryTree tree;
    tree.add("etc/sysctl.d/a.conf",
             "# vm.swappiness = 0\n ; vm.swappiness = 0\n\n"
             "  -vm/swappiness =  5 \r\n"
             "-vm.swappiness\n"
             "net/ipv4/conf/eth0.100/forwarding = 1\n"
             "net.ipv4.conf.eth0/100.forwarding = 0\n"
             "net.ipv4.tcp_rmem =4096\t 87380   6291456\n"
             "net.ipv4.conf.*.forwarding = 7\n"
             "vm.swap = 3\n");
    const std::string forwarding = "net.ipv4.conf.eth0/100.forwarding";
    CHECK(sysctl_lines(tree.root(), {swappiness, forwarding, "net.ipv4.tcp_rmem"}) ==
          Lines{{"etc/sysctl.d/a.conf", 4, swappiness, "5"},
                {"etc/sysctl.d/a.conf", 6, forwarding, "1"},
                {"etc/sysctl.d/a.conf", 7, forwarding, "0"},
                {"etc/sysctl.d/a.conf", 8, "net.ipv4.tcp_rmem", "4096 87380 6291456"}});
}

TEST_CASE("/etc/sysctl.conf counts through Debian's link only") {
    const TemporaryTree tree;
    tree.add("etc/sysctl.conf", "vm.swappiness = 9\n");
    CHECK(sysctl_lines(tree.root(), {swappiness}).empty());
    tree.add_folder("etc/sysctl.d");
    std::filesystem::create_symlink("../sysctl.conf", tree.root().full("etc/sysctl.d/99-sysctl.conf"));
    CHECK(sysctl_lines(tree.root(), {swappiness}) == Lines{{"etc/sysctl.d/99-sysctl.conf", 1, swappiness, "9"}});
}

TEST_CASE("our own file is left out and still hides, and what is no .conf file does not count") {
    const TemporaryTree tree;
    tree.add("etc/sysctl.d/60-kvmtune.conf", "vm.swappiness = 1\n");
    tree.add("usr/lib/sysctl.d/60-kvmtune.conf", "vm.swappiness = 2\n");
    tree.add("etc/sysctl.d/README", "vm.swappiness = 3\n");
    tree.add("etc/sysctl.d/.70-x.conf", "vm.swappiness = 4\n");
    tree.add_folder("etc/sysctl.d/80-folder.conf");
    CHECK(sysctl_lines(tree.root(), {swappiness}).empty());
}

}  // namespace sysctl_files_test
