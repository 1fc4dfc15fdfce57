#include "daemon/policy/policy.hpp"

#include <doctest/doctest.h>

namespace policy_test {

using namespace kvmtune;
using namespace kvmtune::policy;

namespace {

plan::Policy policy_of(const std::vector<PolicyText> &files) {
    auto policy = read_policy(files);
    if (!policy) {
        for (const Mistake &mistake : policy.error()) MESSAGE(text_of(mistake));
        FAIL("the policy has mistakes");
    }
    return *std::move(policy);
}

plan::Policy policy_of(const std::string &text) {
    return policy_of(std::vector<PolicyText>{{"k.toml", text}});
}

using Texts = std::vector<std::string>;
using Sysctls = std::map<std::string, std::string>;

}  // namespace

TEST_CASE("no file at all, and an empty one, are the built-in defaults") {
    CHECK(policy_of(std::vector<PolicyText>{}) == plan::Policy{});
    CHECK(policy_of("") == plan::Policy{});
    CHECK(policy_of("[host]\n[host.cpus]\n[host.sysctl]\n") == plan::Policy{});
}

TEST_CASE("every key of the host is read, with where it came from") {
    const auto policy = policy_of(R"([host]
profile = "none"
persist = false
modules = ["tcp_bbr", "vhost-net", "tcp-bbr"]
sysctl."net.core.netdev_max_backlog" = 5000

[host.cpus]
housekeeping = "0-1,^1,8"
isolated = "guests"

[host.hugepages]
pool = "on-demand"
page_size = "1GiB"
keep_free = "4GiB"
)");
    CHECK(policy.host.profile == plan::Profile::none);
    CHECK_FALSE(policy.host.persist);
    CHECK(policy.host.modules == Texts{"tcp_bbr", "vhost_net"});
    CHECK(policy.host.sysctls == Sysctls{{"net.core.netdev_max_backlog", "5000"}});
    CHECK(policy.host.housekeeping == CpuSet{0, 8});
    CHECK(policy.host.isolated == plan::IsolatedCpus::guests);
    CHECK(policy.sources == Sysctls{{"host.profile", "k.toml:2"},
                                    {"host.persist", "k.toml:3"},
                                    {"host.modules", "k.toml:4"},
                                    {"host.sysctl.net.core.netdev_max_backlog", "k.toml:5"},
                                    {"host.cpus.housekeeping", "k.toml:8"},
                                    {"host.cpus.isolated", "k.toml:9"},
                                    {"host.hugepages.pool", "k.toml:12"},
                                    {"host.hugepages.page_size", "k.toml:13"},
                                    {"host.hugepages.keep_free", "k.toml:14"}});
    using Pool = plan::HugePagePolicy::Pool;
    const auto &pages = policy.host.hugepages;
    CHECK(pages.pool == Pool::on_demand);
    CHECK(pages.page_kib == std::vector<std::uint64_t>{1048576});
    CHECK(pages.keep_free_bytes == std::uint64_t{4} << 30);
}

TEST_CASE("sysctls may be a table, with quoted or dotted keys, and become canonical text") {
    const auto policy = policy_of(R"([host.sysctl]
"net.ipv4.tcp_rmem" = "4096	 87380   16777216 "
net.core.somaxconn = 4_096
"net.ipv4.conf.eth0/5.rp_filter" = 0x2
net.ipv4.tcp_congestion_control = 'bbr'
vm.swappiness = -1
)");
    CHECK(policy.host.sysctls == Sysctls{{"net.ipv4.tcp_rmem", "4096 87380 16777216"},
                                         {"net.core.somaxconn", "4096"},
                                         {"net.ipv4.conf.eth0/5.rp_filter", "2"},
                                         {"net.ipv4.tcp_congestion_control", "bbr"},
                                         {"vm.swappiness", "-1"}});
    CHECK(policy.sources.at("host.sysctl.net.core.somaxconn") == "k.toml:3");
}

TEST_CASE("housekeeping \"auto\" is the default") {
    CHECK_FALSE(policy_of("host.cpus.housekeeping = 'auto'\n").host.housekeeping);
}

TEST_CASE("a pool of huge pages is reserved, grown on demand, a number per node, or none of ours") {
    using Pool = plan::HugePagePolicy::Pool;
    const auto pages = [](const std::string &keys) { return policy_of("[host.hugepages]\n" + keys).host.hugepages; };
    CHECK(pages("pool = 'reserve'\n") == plan::HugePagePolicy{});
    CHECK(pages("pool = 'off'\n").pool == Pool::off);
    CHECK(pages("pool = 2048\n").pool == Pool::fixed);
    CHECK(pages("pool = 2048\n").pages == 2048);
    CHECK(pages("keep_free = '0%'\n").keep_free_percent == 0);
    CHECK_FALSE(pages("keep_free = '25%'\n").keep_free_bytes);
    CHECK(pages("keep_free = '512MiB'\n").keep_free_bytes == std::uint64_t{512} << 20);
}

TEST_CASE("a page size is one, several in the order of their worth, or the best that can be had") {
    using Sizes = std::vector<std::uint64_t>;
    const auto sizes = [](const std::string &value) {
        return policy_of("[host.hugepages]\npage_size = " + value + "\n").host.hugepages.page_kib;
    };
    CHECK(plan::HugePagePolicy{}.page_kib == Sizes{2048});
    CHECK(sizes("'2MiB'") == Sizes{2048});
    CHECK(sizes("'best'") == Sizes{1048576, 2048});
    CHECK(sizes("['1GiB', '2MiB']") == Sizes{1048576, 2048});
    CHECK(sizes("['2MiB', '1GiB', '2MiB']") == Sizes{2048, 1048576});
}

TEST_CASE("a later file's share of memory takes the place of an earlier one's bytes, and a word that of a number") {
    const auto pages = policy_of({{"a", "[host.hugepages]\nkeep_free = '4GiB'\npool = 64\n"},
                                  {"b", "[host.hugepages]\nkeep_free = '20%'\npool = 'reserve'\n"}})
                           .host.hugepages;
    plan::HugePagePolicy wanted;
    wanted.keep_free_percent = 20;
    CHECK(pages == wanted);
}

TEST_CASE("networks are read by name, each key from the last file that names it") {
    using Filter = plan::NetworkPolicy::Filter;
    const auto policy = policy_of({{"a",
                                    "[network.default]\nmtu = 9000\nbridge_netfilter = 'off'\n"
                                    "[network.\"my lan\"]\nbridge_netfilter = 'keep'\n"},
                                   {"b", "[network.default]\nmtu = 'auto'\n[network.big]\nmtu = 65521\n"}});
    REQUIRE(policy.networks.size() == 3);
    CHECK(policy.networks.at("default") == plan::NetworkPolicy{std::nullopt, Filter::off, "b:1"});
    CHECK(policy.networks.at("my lan") == plan::NetworkPolicy{std::nullopt, Filter::keep, "a:4"});
    CHECK(policy.networks.at("big") == plan::NetworkPolicy{65521, Filter::automatic, "b:3"});
    CHECK(policy.sources == Sysctls{{"network.default.mtu", "b:2"},
                                    {"network.default.bridge_netfilter", "a:3"},
                                    {"network.my lan.bridge_netfilter", "a:5"},
                                    {"network.big.mtu", "b:4"}});
}

TEST_CASE("every key of a domain section is read, and which it names") {
    const auto policy = policy_of(R"(
[[domain]]
match = ["web-*", "uuid:6BA7B810-9DAD-11D1-80B4-00C04FD430C8", "uuid:6ba7b8109dad11d180b400c04fd430c9",
         "title:Gold *", "metadata:gold"]
profile = "none"
cpus = "off"
vhost_cpus = 2
queues = 256
rx_queue_size = 512
hugepages = false
numatune = "preferred"
cpu = "keep"
topology = "keep"
cells = "keep"
disks = "all"
machine = "keep"
mtu = "keep"
allow = ["guest-abi", "start-dependency"]
strict = true
migratable = true
sysctl = {"net.core.rmem_max" = 16777216, net.ipv4.tcp_rmem = "4096 87380 16777216"}

[[domain]]
match = ["*"]
queues = "auto"
)");
    REQUIRE(policy.domains.size() == 2);
    const auto &web = policy.domains[0];
    CHECK(web.match == Texts{"web-*", "uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8",
                             "uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c9", "title:Gold *", "metadata:gold"});
    CHECK(web.profile == plan::Profile::none);
    CHECK(web.cpus == plan::CpuPolicy::off);
    CHECK(web.vhost_cpus == 2u);
    CHECK(web.queues == 256u);
    CHECK(web.rx_queue_size == 512u);
    CHECK_FALSE(web.hugepages);
    CHECK(web.memory == plan::MemoryPolicy::preferred);
    CHECK_FALSE(web.cpu_passthrough);
    CHECK_FALSE(web.cpu_topology);
    CHECK_FALSE(web.cells);
    CHECK_FALSE(web.q35);
    CHECK(web.disks == plan::DiskPolicy::all);
    CHECK_FALSE(web.mtu);
    CHECK(web.allow == std::set{plan::Disruption::guest_abi, plan::Disruption::start_dependency});
    CHECK(web.strict);
    CHECK(web.migratable);
    CHECK(web.guest_sysctls ==
          Sysctls{{"net.core.rmem_max", "16777216"}, {"net.ipv4.tcp_rmem", "4096 87380 16777216"}});
    CHECK(web.source == "k.toml:2");
    CHECK(web.named == std::set<std::string>{"match",
                                             "profile",
                                             "cpus",
                                             "vhost_cpus",
                                             "queues",
                                             "rx_queue_size",
                                             "hugepages",
                                             "numatune",
                                             "cpu",
                                             "topology",
                                             "cells",
                                             "disks",
                                             "machine",
                                             "mtu",
                                             "allow",
                                             "strict",
                                             "migratable",
                                             "sysctl",
                                             "sysctl.net.core.rmem_max",
                                             "sysctl.net.ipv4.tcp_rmem"});

    plan::DomainPolicy rest;
    rest.match = {"*"};
    rest.named = {"match", "queues"};
    rest.source = "k.toml:23";
    CHECK(policy.domains[1] == rest);
}

TEST_CASE("a domain's words for the default are the default, but named") {
    const auto policy = policy_of(
        "[[domain]]\nmatch = ['x']\ncpus = 'dedicated'\nrx_queue_size = 'auto'\nhugepages = true\n"
        "numatune = 'restrictive'\ncpu = 'host-passthrough'\ntopology = 'auto'\ncells = 'mirror'\ndisks = 'auto'\n"
        "machine = 'q35'\nmtu = 'network'\n");
    plan::DomainPolicy wanted;
    wanted.match = {"x"};
    wanted.source = "k.toml:1";
    wanted.named = {"match",    "cpus",  "rx_queue_size", "hugepages", "numatune", "cpu",
                    "topology", "cells", "disks",         "machine",   "mtu"};
    CHECK(policy.domains.front() == wanted);
}

TEST_CASE("of two files the later wins, key by key") {
    const auto policy = policy_of({{"a",
                                    "[host]\nprofile = 'none'\npersist = false\nmodules = ['x', 'y']\n"
                                    "[host.sysctl]\nnet.core.somaxconn = 1\nnet.core.rmem_max = 65536\n"},
                                   {"b",
                                    "[host]\npersist = true\nmodules = ['z']\n\n"
                                    "[host.sysctl]\n'net.core.somaxconn' = 3\n"}});
    CHECK(policy.host.profile == plan::Profile::none);
    CHECK(policy.host.persist);
    CHECK(policy.host.modules == Texts{"z"});
    CHECK(policy.host.sysctls == Sysctls{{"net.core.somaxconn", "3"}, {"net.core.rmem_max", "65536"}});
    CHECK(policy.sources == Sysctls{{"host.profile", "a:2"},
                                    {"host.persist", "b:2"},
                                    {"host.modules", "b:3"},
                                    {"host.sysctl.net.core.somaxconn", "b:6"},
                                    {"host.sysctl.net.core.rmem_max", "a:7"}});
}

TEST_CASE("a later file can take housekeeping back to \"auto\"") {
    const std::string keys = "host.cpus.housekeeping = ";
    CHECK_FALSE(policy_of({{"a", keys + "'0'\n"}, {"b", keys + "'auto'\n"}}).host.housekeeping);
}

TEST_CASE("domain sections of later files are tried first, in the order of each file") {
    const auto policy = policy_of({{"a", "[[domain]]\nmatch = ['a1']\n[[domain]]\nmatch = ['a2']\n"},
                                   {"b", "[[domain]]\nmatch = ['b1']\n[[domain]]\nmatch = ['b2']\n"},
                                   {"c", "[host]\n"}});
    Texts order;
    for (const auto &domain : policy.domains) order.push_back(domain.match.front() + " " + domain.source);
    CHECK(order == Texts{"b1 b:1", "b2 b:3", "a1 a:1", "a2 a:3"});
}

TEST_CASE("the same policy with CRLF line ends is the same policy") {
    const std::string unix_text =
        "[host]\npersist = false\n\n[[domain]]\nmatch = ['x']\nsysctl.net.core.rmem_max = 65536\n";
    std::string dos_text;
    for (const char c : unix_text) dos_text += c == '\n' ? "\r\n" : std::string(1, c);
    CHECK(policy_of(unix_text) == policy_of(dos_text));
}

}  // namespace policy_test
