#include "daemon/plan/left_alone.hpp"

#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace left_alone_test {

using namespace kvmtune::plan;

namespace {

DomainFacts ordinary() {
    DomainFacts facts = tuned_domain().facts;
    facts.arch = "x86_64";
    facts.os_type = "hvm";
    facts.memory_at_start = facts.memory;
    return facts;
}

std::string backing_of(const DomainFacts &facts) {
    return reason_to_keep_backing(facts).value_or("none");
}

}  // namespace

TEST_CASE("an ordinary domain is left alone in nothing") {
    CHECK_FALSE(reason_out_of_reach(ordinary()));
    CHECK_FALSE(reason_to_keep_cpu_model(ordinary()));
    CHECK_FALSE(reason_to_keep_topology(ordinary()));
    CHECK_FALSE(reason_to_keep_backing(ordinary()));
}

TEST_CASE("other hypervisors, architectures and kinds of guests are out of reach") {
    DomainFacts facts = ordinary();
    facts.type = "xen";
    CHECK(reason_out_of_reach(facts) == "its type is xen, not kvm");
    facts = ordinary();
    facts.arch = "aarch64";
    CHECK(reason_out_of_reach(facts) == "its architecture is aarch64, not x86_64");
    facts = ordinary();
    facts.os_type = "linux";
    CHECK(reason_out_of_reach(facts) == "its kind is linux, not hvm");
    facts = ordinary();
    facts.type = "qemu";
    CHECK_FALSE(reason_out_of_reach(facts));
    facts.arch = "";
    facts.os_type = "";
    CHECK_FALSE(reason_out_of_reach(facts));
}

TEST_CASE("memory that may change, or that libvirt lets have no huge pages, keeps its backing") {
    DomainFacts facts = ordinary();
    facts.memory_at_start = facts.memory / 2;
    CHECK(backing_of(facts).find("balloon") != std::string::npos);
    facts.memory_at_start = 0;
    CHECK(backing_of(facts) == "none");
    facts.hotplug_memory = true;
    CHECK(backing_of(facts).find("plugged in") != std::string::npos);
    facts = ordinary();
    facts.protection = "tdx";
    CHECK(backing_of(facts) == "its memory is protected by tdx");
    facts = ordinary();
    facts.backing.allocation = "ondemand";
    CHECK(backing_of(facts).find("on demand") != std::string::npos);
    facts = ordinary();
    facts.backing.source = "anonymous";
    CHECK(backing_of(facts).find("anonymous") != std::string::npos);
    facts.backing.source = "memfd";
    CHECK(backing_of(facts) == "none");
}

TEST_CASE("all of a domain's vCPUs there at start are no hot-plug") {
    DomainFacts facts = ordinary();
    facts.vcpus_at_start = facts.vcpus;
    CHECK_FALSE(reason_to_keep_topology(facts));
    facts.vcpus_at_start = 1;
    CHECK(reason_to_keep_topology(facts) == "it starts with 1 of 4 vCPUs");
}

}  // namespace left_alone_test
