#include "daemon/plan/situation.hpp"

#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace situation_test {

using namespace kvmtune::plan;

TEST_CASE("a domain out of scope wants nothing and is not rewritten") {
    const DomainSituation domain = domain_named("other");
    CHECK_FALSE(wants(domain, "queues"));
    CHECK_FALSE(wants_cpus(domain));
    CHECK_FALSE(rewritable(domain));
}

TEST_CASE("profile none wants only the keys that the section names") {
    DomainSituation domain = tuned_domain();
    CHECK(wants(domain, "queues"));
    domain.policy->profile = Profile::none;
    domain.policy->named = {"cpus"};
    CHECK_FALSE(wants(domain, "queues"));
    CHECK(wants_cpus(domain));
}

TEST_CASE("cpus = off and numad's placement want no CPUs of us") {
    DomainSituation domain = tuned_domain();
    CHECK(wants_cpus(domain));
    domain.facts.automatic_placement = true;
    CHECK_FALSE(wants_cpus(domain));
    domain.facts.automatic_placement = false;
    domain.policy->cpus = CpuPolicy::off;
    CHECK_FALSE(wants_cpus(domain));
}

TEST_CASE("a transient domain and one that fails the schema are not rewritten") {
    DomainSituation domain = tuned_domain();
    CHECK(rewritable(domain));
    domain.persistent = false;
    CHECK_FALSE(rewritable(domain));
    domain.persistent = true;
    domain.failed_schema = true;
    CHECK_FALSE(rewritable(domain));
}

TEST_CASE("a domain out of reach wants and names nothing") {
    DomainSituation domain = tuned_domain();
    domain.policy->named = {"cpus", "queues"};
    domain.facts.type = "xen";
    CHECK_FALSE(in_reach(domain));
    CHECK_FALSE(wants(domain, "queues"));
    CHECK_FALSE(names(domain, "queues"));
    CHECK_FALSE(wants_cpus(domain));
    CHECK_FALSE(rewritable(domain));
}

TEST_CASE("the host is in scope with a domain in scope or a word in the policy") {
    CHECK_FALSE(host_in_scope(host_with({domain_named("other")})));
    CHECK(host_in_scope(host_with({tuned_domain()})));
    Situation situation = host_with();
    situation.policy.sources["host.profile"] = "test.toml:2";
    CHECK(host_in_scope(situation));
    situation = host_with();
    situation.policy.host.sysctls["net.core.somaxconn"] = "1024";
    CHECK(host_in_scope(situation));
}

TEST_CASE("vhost_net lasts if it is there without us or is persisted") {
    Situation situation = host_with();
    CHECK(vhost_net(situation) == VhostNet::lasting);
    situation.policy.host.persist = false;
    CHECK(vhost_net(situation) == VhostNet::until_boot);
    situation.host.modules = {"vhost_net"};
    CHECK(vhost_net(situation) == VhostNet::lasting);
}

TEST_CASE("vhost_net is missing if it is nowhere or not ours to load") {
    Situation situation = host_with();
    situation.policy.host.profile = Profile::none;
    CHECK(vhost_net(situation) == VhostNet::missing);
    situation.policy.host.modules = {"vhost_net"};
    CHECK(vhost_net(situation) == VhostNet::lasting);
    situation.host.loadable.clear();
    CHECK(vhost_net(situation) == VhostNet::missing);
}

}  // namespace situation_test
