#include "daemon/policy/policy.hpp"

#include <doctest/doctest.h>

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
)");
    CHECK(policy.host.profile == plan::Profile::none);
    CHECK_FALSE(policy.host.persist);
    CHECK(policy.host.modules == Texts{"tcp_bbr", "vhost_net"});
    CHECK(policy.host.sysctls == Sysctls{{"net.core.netdev_max_backlog", "5000"}});
    CHECK(policy.host.housekeeping == CpuSet{0, 8});
    CHECK(policy.sources == Sysctls{{"host.profile", "k.toml:2"},
                                    {"host.persist", "k.toml:3"},
                                    {"host.modules", "k.toml:4"},
                                    {"host.sysctl.net.core.netdev_max_backlog", "k.toml:5"},
                                    {"host.cpus.housekeeping", "k.toml:8"}});
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

TEST_CASE("every key of a domain section is read, and which it names") {
    const auto policy = policy_of(R"(
[[domain]]
match = ["web-*", "uuid:6BA7B810-9DAD-11D1-80B4-00C04FD430C8", "uuid:6ba7b8109dad11d180b400c04fd430c9",
         "title:Gold *", "metadata:gold"]
profile = "none"
cpus = "off"
vhost_cpus = 2
queues = 256
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
    CHECK(web.allow == std::set{plan::Disruption::guest_abi, plan::Disruption::start_dependency});
    CHECK(web.strict);
    CHECK(web.migratable);
    CHECK(web.guest_sysctls ==
          Sysctls{{"net.core.rmem_max", "16777216"}, {"net.ipv4.tcp_rmem", "4096 87380 16777216"}});
    CHECK(web.source == "k.toml:2");
    CHECK(web.named == std::set<std::string>{"match", "profile", "cpus", "vhost_cpus", "queues", "allow", "strict",
                                             "migratable", "sysctl", "sysctl.net.core.rmem_max",
                                             "sysctl.net.ipv4.tcp_rmem"});

    plan::DomainPolicy rest;
    rest.match = {"*"};
    rest.named = {"match", "queues"};
    rest.source = "k.toml:14";
    CHECK(policy.domains[1] == rest);
}

TEST_CASE("of two files the later wins, key by key") {
    const auto policy = policy_of({{"a",
                                    "[host]\nprofile = 'none'\npersist = false\nmodules = ['x', 'y']\n"
                                    "[host.sysctl]\nnet.core.somaxconn = 1\nnet.core.rmem_max = 2\n"},
                                   {"b",
                                    "[host]\npersist = true\nmodules = ['z']\n\n"
                                    "[host.sysctl]\n'net.core.somaxconn' = 3\n"}});
    CHECK(policy.host.profile == plan::Profile::none);
    CHECK(policy.host.persist);
    CHECK(policy.host.modules == Texts{"z"});
    CHECK(policy.host.sysctls == Sysctls{{"net.core.somaxconn", "3"}, {"net.core.rmem_max", "2"}});
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
        "[host]\npersist = false\n\n[[domain]]\nmatch = ['x']\nsysctl.net.core.rmem_max = 1\n";
    std::string dos_text;
    for (const char c : unix_text) dos_text += c == '\n' ? "\r\n" : std::string(1, c);
    CHECK(policy_of(unix_text) == policy_of(dos_text));
}
