#include <doctest/doctest.h>

#include "daemon/plan/author.hpp"

namespace author_test {

using namespace kvmtune::plan;

namespace {

const Target somaxconn{TargetKind::sysctl, "", "net.core.somaxconn"};

HostFacts host() {
    HostFacts facts;
    facts.sysctl_lines = {{"usr/lib/sysctl.d/50-x.conf", 1, "net.core.somaxconn", "1024"},
                          {"etc/sysctl.d/90-y.conf", 7, "net.core.somaxconn", "2048"},
                          {"etc/sysctl.d/91-z.conf", 3, "net.ipv4.tcp_rmem", "4096 1 2"}};
    facts.tuned_lines = {{"usr/lib/tuned/a/tuned.conf", 5, "net.core.somaxconn", "4096"}};
    return facts;
}

}  // namespace

TEST_CASE("a value that the last line for a sysctl has is of that line") {
    CHECK(likely_author(somaxconn, "2048", host()) == "etc/sysctl.d/90-y.conf:7");
    CHECK(likely_author({TargetKind::sysctl, "", "net.ipv4.tcp_rmem"}, "4096  1 2", host()) ==
          "etc/sysctl.d/91-z.conf:3");
}

TEST_CASE("TuneD's value is TuneD's") {
    CHECK(likely_author(somaxconn, "4096", host()) == "TuneD (usr/lib/tuned/a/tuned.conf:5)");
}

TEST_CASE("another value has no known author, nor has a line that another one overrides") {
    CHECK(likely_author(somaxconn, "1024", host()).empty());
    CHECK(likely_author(somaxconn, "7", host()).empty());
    CHECK(likely_author(somaxconn, std::nullopt, host()).empty());
    CHECK(likely_author({TargetKind::link, "", "net.core.somaxconn"}, "2048", host()).empty());
}

TEST_CASE("bridge netfilter that is on is of those who need it, and no other value is") {
    auto facts = host();
    const Target filter{TargetKind::sysctl, "", "net.bridge.bridge-nf-call-iptables"};
    CHECK(likely_author(filter, "1", facts).empty());
    facts.bridge_filter_users = {"Docker", "Kubernetes"};
    CHECK(likely_author(filter, "1", facts) == "Docker, Kubernetes");
    CHECK(likely_author(filter, "0", facts).empty());
    CHECK(likely_author(somaxconn, "1", facts).empty());
}

TEST_CASE("links are of those who manage them, threads of those who move them") {
    auto facts = host();
    const Target mtu{TargetKind::link, "", "vnet0/mtu"};
    const Target vcpu{TargetKind::affinity, "uuid", "vcpu/0"};
    CHECK(likely_author(mtu, "1500", facts).empty());
    CHECK(likely_author(vcpu, "0-3", facts).empty());
    Link link;
    link.name = "vnet0";
    link.manager = "NetworkManager";
    facts.links = {link};
    facts.thread_movers = {"numad"};
    CHECK(likely_author(mtu, "1500", facts) == "NetworkManager");
    CHECK(likely_author({TargetKind::link, "", "vnet1/mtu"}, "1500", facts).empty());
    CHECK(likely_author(vcpu, "0-3", facts) == "numad");
}

}  // namespace author_test
