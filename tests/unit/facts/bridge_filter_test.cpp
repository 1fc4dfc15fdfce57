#include "daemon/facts/bridge_filter.hpp"

#include <doctest/doctest.h>

#include "tests/fakes/temporary_tree.hpp"

namespace bridge_filter_test {

using namespace kvmtune;
using namespace kvmtune::facts;
using kvmtune::fakes::TemporaryTree;
using Users = std::set<std::string>;

TEST_CASE("an ordinary host has nobody who filters bridged frames") {
    const TemporaryTree tree;
    CHECK(bridge_filter_users(tree.root()).empty());
    tree.add_folder("sys/class/net/virbr0");
    tree.add_folder("sys/class/net/docker");
    tree.add("proc/1/comm", "systemd\n");
    tree.add("proc/42/comm", "kubelet-helper\n");
    tree.add("proc/self/comm", "kubelet\n");
    CHECK(bridge_filter_users(tree.root()).empty());
}

TEST_CASE("Docker is known by its socket, its bridge and its daemon") {
    for (const std::string trace : {"run/docker.sock", "sys/class/net/docker0"}) {
        const TemporaryTree tree;
        tree.add(trace, "");
        CHECK(bridge_filter_users(tree.root()) == Users{"Docker"});
    }
    const TemporaryTree tree;
    tree.add("proc/77/comm", "dockerd\n");
    CHECK(bridge_filter_users(tree.root()) == Users{"Docker"});
}

TEST_CASE("Kubernetes is known by its configuration, its links and its processes") {
    for (const std::string trace :
         {"var/lib/kubelet/config.yaml", "sys/class/net/cni0", "sys/class/net/flannel.1", "sys/class/net/cali12345"}) {
        const TemporaryTree tree;
        tree.add(trace, "");
        CHECK(bridge_filter_users(tree.root()) == Users{"Kubernetes"});
    }
    for (const std::string process : {"kubelet", "kube-proxy", "k3s-server"}) {
        const TemporaryTree tree;
        tree.add("proc/123/comm", process + "\n");
        CHECK(bridge_filter_users(tree.root()) == Users{"Kubernetes"});
    }
}

TEST_CASE("at boot they are known by their services that are enabled") {
    const std::map<std::string, std::string> users = {{"multi-user.target.wants/docker.service", "Docker"},
                                                      {"sockets.target.wants/docker.socket", "Docker"},
                                                      {"multi-user.target.wants/kubelet.service", "Kubernetes"},
                                                      {"multi-user.target.wants/incus.service", "Incus"}};
    for (const auto &[link, user] : users) {
        const TemporaryTree tree;
        const std::filesystem::path full = tree.root().full("etc/systemd/system/" + link);
        std::filesystem::create_directories(full.parent_path());
        std::filesystem::create_symlink("/lib/systemd/system/" + full.filename().string(), full);
        CHECK(bridge_filter_users(tree.root()) == Users{user});
    }
    const TemporaryTree tree;
    tree.add("lib/systemd/system/docker.service", "[Service]\n");
    CHECK(bridge_filter_users(tree.root()).empty());
}

TEST_CASE("rules on ports of a bridge are known by the module that they use") {
    const TemporaryTree tree;
    tree.add("proc/modules", "br_netfilter 36864 1 xt_physdev, Live 0x0\nxt_physdev 16384 0 - Live 0x0\n");
    CHECK(bridge_filter_users(tree.root()).empty());
    tree.add("proc/modules", "xt_physdev 16384 2 - Live 0x0\nbr_netfilter 36864 1 xt_physdev, Live 0x0\n");
    CHECK(bridge_filter_users(tree.root()) == Users{"iptables rules with -m physdev"});
}

TEST_CASE("all who do are named") {
    const TemporaryTree tree;
    for (const std::string link : {"docker0", "lxdbr0", "incusbr0", "brq0a1b2c3d-44"})
        tree.add_folder("sys/class/net/" + link);
    CHECK(bridge_filter_users(tree.root()) == Users{"Docker", "Incus", "LXD", "OpenStack"});
}

}  // namespace bridge_filter_test
