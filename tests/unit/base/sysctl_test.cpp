#include "base/sysctl.hpp"

#include <doctest/doctest.h>

#include "tests/fakes/temporary_tree.hpp"

namespace sysctl_test {

using kvmtune::ErrorKind;
using kvmtune::fakes::TemporaryTree;

TEST_CASE("a sysctl's name is labels joined by dots") {
    CHECK(kvmtune::is_sysctl_name("net.core.rmem_max"));
    CHECK(kvmtune::is_sysctl_name("net.bridge.bridge-nf-call-iptables"));
    CHECK(kvmtune::is_sysctl_name("net.ipv4.conf.eth0/100.forwarding"));
    for (const auto *name : {"", "net", ".net.core", "net.core.", "net..core", "net.core rmem", "net.co\nre",
                             "/net.core", "net.core/", "net.a//b", "net.*.x", "net.c\xc3\xb6re.x"}) {
        CAPTURE(name);
        CHECK_FALSE(kvmtune::is_sysctl_name(name));
    }
    CHECK(kvmtune::is_sysctl_name("a." + std::string(253, 'b')));
    CHECK_FALSE(kvmtune::is_sysctl_name("a." + std::string(254, 'b')));
}

TEST_CASE("no name leads out of /proc/sys") {
    for (const auto *name : {"a.//.b", "net.//", "//.net", "a././/./b"}) {
        CAPTURE(name);
        CHECK_FALSE(kvmtune::is_sysctl_name(name));
    }
}

TEST_CASE("a dot becomes a folder and a slash a dot") {
    CHECK(kvmtune::sysctl_path("net.core.rmem_max") == "proc/sys/net/core/rmem_max");
    CHECK(kvmtune::sysctl_path("net.ipv4.conf.eth0/100.mtu") == "proc/sys/net/ipv4/conf/eth0.100/mtu");
}

TEST_CASE("a value in canonical form has single blanks between fields and none around") {
    CHECK(kvmtune::canonical_sysctl("4096\t131072\t6291456\n") == "4096 131072 6291456");
    CHECK(kvmtune::canonical_sysctl("  1 \r\n") == "1");
    CHECK(kvmtune::canonical_sysctl("\n").empty());
    CHECK(kvmtune::canonical_sysctl("a b") == "a b");
}

TEST_CASE("a sysctl is read in canonical form and written with a line end") {
    const TemporaryTree tree;
    tree.add("proc/sys/net/ipv4/tcp_rmem", "4096\t131072\t6291456\n");
    CHECK(kvmtune::read_sysctl(tree.root(), "net.ipv4.tcp_rmem") == "4096 131072 6291456");
    REQUIRE(kvmtune::write_sysctl(tree.root(), "net.ipv4.tcp_rmem", "1 2 3"));
    CHECK(tree.text("proc/sys/net/ipv4/tcp_rmem") == "1 2 3\n");
}

TEST_CASE("a sysctl that the kernel does not have is not found, and never made") {
    const TemporaryTree tree;
    tree.add_folder("proc/sys/net/core");
    const auto written = kvmtune::write_sysctl(tree.root(), "net.core.none", "1");
    REQUIRE_FALSE(written);
    CHECK(written.error().kind == ErrorKind::not_found);
    CHECK(written.error().what.starts_with("set net.core.none to \"1\": "));
    CHECK(kvmtune::read_sysctl(tree.root(), "net.core.none").error().kind == ErrorKind::not_found);
    CHECK_FALSE(tree.root().exists("proc/sys/net/core/none"));
}

TEST_CASE("a name that is none is refused before any file is touched") {
    const TemporaryTree tree;
    CHECK(kvmtune::read_sysctl(tree.root(), "net..x").error().kind == ErrorKind::invalid);
    CHECK(kvmtune::write_sysctl(tree.root(), "x", "1").error().kind == ErrorKind::invalid);
}

}  // namespace sysctl_test
