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

}  // namespace author_test
