#include <doctest/doctest.h>

#include "daemon/facts/tuned.hpp"
#include "tests/fakes/temporary_tree.hpp"

namespace tuned_test {

using namespace kvmtune;
using plan::SysctlLine;
using Lines = std::vector<SysctlLine>;

namespace {

const std::set<std::string> asked{"net.core.somaxconn", "net.core.rmem_max"};

}  // namespace

TEST_CASE("without TuneD its files set nothing") {
    const fakes::TemporaryTree tree;
    tree.add("etc/tuned/active_profile", "ours\n");
    tree.add("etc/tuned/ours/tuned.conf", "[sysctl]\nnet.core.somaxconn=1\n");
    CHECK(facts::tuned_lines(tree.root(), asked).empty());
    tree.add("run/tuned/tuned.pid", "1\n");
    CHECK(facts::tuned_lines(tree.root(), asked) == Lines{{"etc/tuned/ours/tuned.conf", 2, "net.core.somaxconn", "1"}});
}

TEST_CASE("the active profile with those it includes; the administrator's copy counts") {
    const fakes::TemporaryTree tree;
    tree.add("run/tuned/tuned.pid", "1\n");
    tree.add("etc/tuned/active_profile", "virtual-host\n");
    tree.add(
        "usr/lib/tuned/virtual-host/tuned.conf",
        "# of the distribution\n[main]\ninclude = throughput\n[sysctl]\nvm.swappiness = 1\nnet.core.rmem_max = 2\n");
    tree.add("usr/lib/tuned/throughput/tuned.conf", "[sysctl]\nnet.core.somaxconn = 2048\n");
    tree.add("etc/tuned/throughput/tuned.conf",
             "[main]\ninclude=virtual-host\n[vm]\nnet.core.rmem_max=9\n[sysctl]\n;net.core.rmem_max=8\n"
             "net.core.somaxconn = >4096  8192\n");
    CHECK(facts::tuned_lines(tree.root(), asked) ==
          Lines{{"etc/tuned/throughput/tuned.conf", 7, "net.core.somaxconn", ">4096 8192"},
                {"usr/lib/tuned/virtual-host/tuned.conf", 6, "net.core.rmem_max", "2"}});
}

TEST_CASE("a profile's name stays in its folder") {
    const fakes::TemporaryTree tree;
    tree.add("run/tuned/tuned.pid", "1\n");
    tree.add("etc/tuned/active_profile", "../secret gone\n");
    tree.add("etc/secret/tuned.conf", "[sysctl]\nnet.core.somaxconn=1\n");
    CHECK(facts::tuned_lines(tree.root(), asked).empty());
}

}  // namespace tuned_test
