#include "daemon/cli/topology_view.hpp"

#include <doctest/doctest.h>

#include <optional>

namespace topology_view_test {

using namespace kvmtune;

namespace {

struct Host {
    Json nodes{Json::Array{}}, cpus{Json::Array{}}, floating{Json::Array{}}, withheld{Json::Array{}};
    std::string offline;

    void node(unsigned index, const std::string &list) {
        Json node;
        node.add("index", index);
        node.add("memory", std::int64_t{8} << 30);
        node.add("cpus", list);
        nodes.push(std::move(node));
    }
    /// Cores of two threads; two cores behind a cache, four on a node. Each use has the CPU's number, or that one.
    void cpu(unsigned index, const std::vector<std::pair<std::string, std::string>> &uses, bool housekeeping = false,
             std::optional<unsigned> number = {}) {
        Json cpu;
        cpu.add("index", index);
        cpu.add("core", index / 2);
        cpu.add("node", index / 8);
        cpu.add("package", 0);
        cpu.add("cache", index / 4);
        cpu.add("kind", 0);
        cpu.add("housekeeping", housekeeping);
        Json list{Json::Array{}};
        for (const auto &[domain, role] : uses) {
            Json use;
            use.add("domain", domain);
            use.add("role", role);
            use.add("number", number.value_or(index));
            use.add("ours", domain != "foreign");
            list.push(std::move(use));
        }
        cpu.add("uses", std::move(list));
        cpus.push(std::move(cpu));
    }
    std::string text() {
        Json answer;
        answer.add("nodes", nodes);
        answer.add("cpus", cpus);
        answer.add("floating", floating);
        answer.add("withheld", withheld);
        if (!offline.empty()) answer.add("offline", offline);
        return text_of_topology(answer, cli::Palette::plain());
    }
};

}  // namespace

TEST_CASE("each CPU is a cell, in a row what shares a cache, with a line for each guest") {
    Host host;
    host.node(0, "0-7");
    host.cpu(0, {{"web", "emulator"}}, true);
    host.cpu(1, {}, true);
    host.cpu(2, {{"web", "vcpu"}});
    host.cpu(3, {{"web", "vcpu"}});
    host.cpu(4, {{"web", "vhost"}});
    host.cpu(5, {{"web", "vhost"}, {"db", "vhost"}});
    host.cpu(6, {{"foreign", "vcpu"}});
    host.cpu(7, {});
    host.floating.push("loose");
    const auto text = host.text();
    CHECK(text.starts_with("node 0  8.0 GiB  package 0  CPUs 0-7\n  L3 0  ## cc\n  L3 1  C+ b.\n"));
    CHECK(text.find("\na  db  vhost 5 (1 queue)\n") != std::string::npos);
    CHECK(text.find("\nb  foreign  vCPUs 6  not ours\n") != std::string::npos);
    CHECK(text.find("\nc  web  vCPUs 2-3  emulator 0  vhost 4-5 (2 queues)\n") != std::string::npos);
    CHECK(text.ends_with("\nfloating: loose\n"));
}

TEST_CASE("what no guest gets is marked and named, under those who sit there all the same; what is offline is named") {
    Host host;
    host.node(0, "0-3");
    host.cpu(0, {}, true);
    host.cpu(1, {});
    host.cpu(2, {});
    host.cpu(3, {{"foreign", "vcpu"}});
    Json owner;
    owner.add("owner", "cpuset partition dpdk.slice");
    owner.add("cpus", "2-3");
    host.withheld.push(std::move(owner));
    host.offline = "4-7";
    const auto text = host.text();
    CHECK(text.find("\noffline: CPUs 4-7\n") != std::string::npos);
    CHECK(text.find("  L3 0  #. xa\n") != std::string::npos);
    CHECK(text.find("\nx  not for guests: CPUs 2-3, cpuset partition dpdk.slice\n") != std::string::npos);
}

TEST_CASE("two guests on one CPU are seen, and a node without CPUs is there") {
    Host host;
    host.node(0, "0-1");
    host.node(1, "");
    host.cpu(0, {{"a", "vcpu"}, {"b", "vcpu"}});
    host.cpu(1, {{"a", "vcpu"}, {"b", "vhost"}});
    const auto text = host.text();
    CHECK(text.find("L3 0  !!\n") != std::string::npos);
    CHECK(text.find("node 1  8.0 GiB  no CPUs\n") != std::string::npos);
}

TEST_CASE("guests that share their CPUs are not in each other's way") {
    Host host;
    host.node(0, "0-3");
    host.cpu(0, {}, true);
    for (const unsigned cpu : {1U, 2U}) host.cpu(cpu, {{"a", "vcpu"}, {"b", "vcpu"}}, false, 0);
    host.cpu(3, {{"b", "vhost"}});
    CHECK(host.text().find("L3 0  #* *B\n") != std::string::npos);
}

TEST_CASE("more guests than letters have two, and rows are not too long for a ticket") {
    Host host;
    host.node(0, "0-127");
    for (unsigned cpu = 0; cpu < 128; ++cpu) {
        host.cpu(cpu, {{"guest" + std::to_string(1000 + cpu / 4), "vcpu"}});
    }
    const auto text = host.text();
    CHECK(text.find("aaaa aaaa\n") != std::string::npos);
    CHECK(text.find("abab abab\n") != std::string::npos);
    CHECK(text.find("\nbf  guest1031  vCPUs 124-127") != std::string::npos);
    std::size_t longest = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        longest = std::max(longest, end - at);
        at = end + 1;
    }
    CHECK(longest <= 132);
}

}  // namespace topology_view_test
