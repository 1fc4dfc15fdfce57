#include "daemon/hook/strictness.hpp"

#include <doctest/doctest.h>

#include "daemon/hook/alone.hpp"
#include "daemon/hook/guest_life.hpp"
#include "tests/fakes/temporary_tree.hpp"

namespace strictness_test {

using namespace kvmtune;
using namespace kvmtune::hook;
using kvmtune::fakes::TemporaryTree;

namespace {

Result<Answer> answered(const Root &root, const Call &call) {
    return answer_alone(policy_alone(root), root, call);
}

const std::string pages = "sys/devices/system/node/node1/hugepages/hugepages-2048kB/";

/// 512 MiB in huge pages of node 1, and a NIC with vhost.
Call prepared(const std::string &name = "db01") {
    return {"qemu",
            name,
            "prepare",
            "begin",
            "-",
            "<domain type='kvm'><name>" + name +
                "</name><uuid>00000000-0000-4000-8000-000000000001</uuid><memory unit='MiB'>512</memory>"
                "<memoryBacking><hugepages/></memoryBacking>"
                "<numatune><memory mode='strict' nodeset='1'/></numatune>"
                "<os><type arch='x86_64'>hvm</type></os><devices><interface type='network'>"
                "<mac address='52:54:00:00:00:01'/><source network='default'/><model type='virtio'/>"
                "<driver name='vhost'/></interface></devices></domain>"};
}

void make_ready(const TemporaryTree &tree) {
    tree.add("etc/kvmtune/kvmtune.toml",
             "[[domain]]\nmatch = [\"db*\"]\nstrict = true\n[[domain]]\nmatch = [\"web*\"]\n");
    tree.add("run/kvmtune/ready", "");
    tree.add("dev/vhost-net", "");
    tree.add("proc/meminfo", "Hugepagesize: 2048 kB\n");
    for (const std::string file : {"nr_hugepages", "free_hugepages"}) tree.add(pages + file, "256\n");
    tree.add(pages + "surplus_hugepages", "0\n");
}

std::string refused(const TemporaryTree &tree, const Call &call = prepared()) {
    const auto answer = answered(tree.root(), call);
    REQUIRE(answer);
    CHECK((answer->verdict == Verdict::refuse) == !answer->why.empty());
    return answer->why;
}

}  // namespace

TEST_CASE("cells with nodes of their own need their pages there") {
    const TemporaryTree tree;
    make_ready(tree);
    auto call = prepared("web01");
    const std::string numatune = "<numatune><memory mode='strict' nodeset='1'/>";
    call.document.replace(
        call.document.find(numatune), numatune.size(),
        "<cpu><numa><cell id='0' cpus='0' memory='262144' unit='KiB'/>"
        "<cell id='1' memory='262144' unit='KiB'/></numa></cpu><numatune>"
        "<memnode cellid='0' mode='strict' nodeset='0'/><memnode cellid='1' mode='strict' nodeset='1'/>");
    const auto answer = answered(tree.root(), call);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().what.starts_with(
        "it will hardly start: node 0 has 0 free huge pages of 2 MiB, its memory needs 128"));
}

TEST_CASE("a strict domain starts on a host that is ready") {
    const TemporaryTree tree;
    make_ready(tree);
    CHECK(refused(tree).empty());
}

TEST_CASE("a strict domain does not start without the host's part, vhost or its memory") {
    const TemporaryTree tree;
    make_ready(tree);
    tree.add(pages + "free_hugepages", "255\n");
    CHECK(
        refused(tree).ends_with("node 1 has 255 free huge pages of 2 MiB, its memory needs 256: stop a guest that has "
                                "some, or make 1 more (`kvmtune plan` says what is in the way)"));
    REQUIRE(tree.root().remove("dev/vhost-net"));
    CHECK(refused(tree).ends_with(" is strict: there is no /dev/vhost-net"));
    REQUIRE(tree.root().remove("run/kvmtune/ready"));
    CHECK(refused(tree).ends_with("the host's part was not done since the boot (systemctl status kvmtune-host)"));
    CHECK(refused(tree).starts_with("db01 does not start, as "));
}

TEST_CASE("pages that the kernel makes on top of the pools are not missing") {
    const TemporaryTree tree;
    make_ready(tree);
    tree.add(pages + "free_hugepages", "56\n");
    const std::string all = "sys/kernel/mm/hugepages/hugepages-2048kB/";
    tree.add(all + "nr_overcommit_hugepages", "250\n");
    tree.add(all + "surplus_hugepages", "51\n");
    CHECK_FALSE(answered(tree.root(), prepared("web01")));
    tree.add(all + "surplus_hugepages", "50\n");
    CHECK(answered(tree.root(), prepared("web01")));
}

TEST_CASE("of any guest that lacks huge pages it is said before QEMU fails, and it is not refused") {
    const TemporaryTree tree;
    make_ready(tree);
    CHECK(answered(tree.root(), prepared("web01")));
    tree.add(pages + "free_hugepages", "56\n");
    for (const std::string name : {"web01", "out-of-scope"}) {
        const auto answer = answered(tree.root(), prepared(name));
        REQUIRE_FALSE(answer);
        CHECK(answer.error().what ==
              "it will hardly start: node 1 has 56 free huge pages of 2 MiB, its memory needs 256: stop a guest that "
              "has some, or make 200 more (`kvmtune plan` says what is in the way)");
    }
}

TEST_CASE("where a guest only prefers nodes, free huge pages of all of them count") {
    const TemporaryTree tree;
    make_ready(tree);
    auto call = prepared("web01");
    tree.add(pages + "free_hugepages", "56\n");
    const std::string other = "sys/devices/system/node/node0/hugepages/hugepages-2048kB/";
    tree.add(other + "nr_hugepages", "200\n");
    tree.add(other + "free_hugepages", "200\n");
    tree.add(other + "surplus_hugepages", "0\n");
    CHECK_FALSE(answered(tree.root(), call));
    call.document.replace(call.document.find("mode='strict'"), 13, "mode='preferred'");
    CHECK(answered(tree.root(), call));
}

TEST_CASE("a guest whose memory may be on several nodes has the huge pages of all of them") {
    const TemporaryTree tree;
    make_ready(tree);
    const std::string other = "sys/devices/system/node/node0/hugepages/hugepages-2048kB/";
    tree.add(pages + "free_hugepages", "56\n");
    tree.add(other + "nr_hugepages", "200\n");
    tree.add(other + "free_hugepages", "199\n");
    tree.add(other + "surplus_hugepages", "0\n");
    auto call = prepared("web01");
    call.document.replace(call.document.find("nodeset='1'"), 11, "nodeset='0-1'");
    const auto answer = answered(tree.root(), call);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().what.starts_with(
        "it will hardly start: nodes 0-1 together have 255 free huge pages of 2 MiB, its memory needs 256"));
    tree.add(other + "free_hugepages", "200\n");
    CHECK(answered(tree.root(), call));
}

TEST_CASE("other domains start in any case, and nobody is refused for a policy with mistakes") {
    const TemporaryTree tree;
    make_ready(tree);
    REQUIRE(tree.root().remove("run/kvmtune/ready"));
    CHECK(refused(tree, prepared("web01")).empty());
    CHECK(refused(tree, prepared("other")).empty());
    tree.add("etc/kvmtune/kvmtune.d/bad.toml", "strict\n");
    CHECK(refused(tree).empty());
}

TEST_CASE("only the first call of a start asks for leave") {
    auto call = prepared();
    CHECK(asks_to_start(call));
    for (const std::string operation : {"start", "started", "reconnect", "migrate", "release"}) {
        call.operation = operation;
        CHECK(!asks_to_start(call));
    }
    call = prepared();
    call.driver = "network";
    CHECK(!asks_to_start(call));
}

}  // namespace strictness_test
