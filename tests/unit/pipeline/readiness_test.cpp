#include "daemon/pipeline/readiness.hpp"

#include <doctest/doctest.h>

#include "daemon/pipeline/pipeline.hpp"
#include "tests/fakes/fake_hypervisor.hpp"
#include "tests/fakes/host_tree.hpp"
#include "tests/fakes/temporary_tree.hpp"

namespace readiness_test {

using namespace kvmtune;
using namespace kvmtune::pipeline;
using plan::Target;
using plan::TargetKind;

namespace {

constexpr const char *marker = "run/kvmtune/ready";

plan::Plan left_with(const Target &target) {
    plan::Plan left;
    left.changes.push_back({target, "1", "2", "", false, "", plan::Disruption::live, {}});
    return left;
}

plan::Plan left_waiting(const Target &target) {
    plan::Plan left;
    left.pending.push_back({target, "2", "something"});
    return left;
}

struct Marked {
    fakes::TemporaryTree tree;

    bool after(const Scope &scope, const plan::Plan &left) const {
        REQUIRE(mark_readiness(tree.root(), scope, left).has_value());
        return tree.root().exists(marker);
    }
};

const Scope tune{Goal::tune, {}, true};

}  // namespace

TEST_CASE("a host is ready when nothing of it is left to do, and no longer when something is") {
    const Marked marked;
    CHECK(marked.after(tune, {}));
    CHECK(marked.tree.mode(marker) == 0644);
    CHECK(marked.after(tune, {}));
    for (const Target &target :
         {Target{TargetKind::sysctl, "", "net.core.somaxconn"}, Target{TargetKind::module, "", "vhost_net"},
          Target{TargetKind::pool, "", "node0/2048kB"}, Target{TargetKind::file, "", "etc/sysctl.d/60-kvmtune.conf"}}) {
        CHECK_FALSE(marked.after(tune, left_with(target)));
        CHECK(marked.after(tune, {}));
        CHECK_FALSE(marked.after(tune, left_waiting(target)));
        CHECK(marked.after(tune, {}));
    }
}

TEST_CASE("a pool that is only to shrink does not keep the host from being ready") {
    const Marked marked;
    const Target pool{TargetKind::pool, "", "node0/2048kB"};
    plan::Plan left;
    left.pending.push_back({pool, "160", "16 of its pages to be free", "176"});
    CHECK(marked.after(tune, left));
    left.changes.push_back({pool, "176", "170", "", false, "", plan::Disruption::live, {}});
    CHECK(marked.after(tune, left));
    left.changes.front() = {pool, "150", "160", "", false, "", plan::Disruption::live, {}};
    CHECK_FALSE(marked.after(tune, left));
}

TEST_CASE("what guests, segments and networks still wait for does not keep the host from being ready") {
    const Marked marked;
    for (const Target &target :
         {Target{TargetKind::element, "u", "cputune/vcpupin/0"}, Target{TargetKind::affinity, "u", "vcpu/0"},
          Target{TargetKind::knob, "u", "sysctl/net.core.somaxconn"}, Target{TargetKind::link, "", "virbr0/mtu"},
          Target{TargetKind::network, "", "default/mtu"}}) {
        CHECK(marked.after(tune, left_with(target)));
        CHECK(marked.after(tune, left_waiting(target)));
    }
}

TEST_CASE("a rollback of domains leaves the marker, one of everything takes it away") {
    const Marked marked;
    REQUIRE(marked.after(tune, {}));
    CHECK(marked.after({Goal::give_back, {"u"}}, {}));
    CHECK_FALSE(marked.after({Goal::give_back, {}}, {}));
}

TEST_CASE("apply marks a host whose sysctls it could set, and no other") {
    const fakes::HostTree tree;
    const auto root = *Root::open(tree.path());
    fakes::FakeHypervisor hypervisor;
    plan::Policy policy;
    policy.host.sysctls["net.core.somaxconn"] = "20000";
    const auto bring_to = [&](const Scope &scope) {
        const auto no_modules = [](const std::string &) -> Result<> { return failure(ErrorKind::failed, "none here"); };
        const auto place = Workplace::open(root, policy, hypervisor, fakes::HostTree::topology, no_modules);
        REQUIRE(place.has_value());
        REQUIRE(bring(**place, scope, {}).has_value());
    };
    bring_to(tune);
    CHECK(tree.read("proc/sys/net/core/somaxconn") == "20000\n");
    CHECK(tree.has(marker));
    policy.host.modules.push_back("tcp_bbr");
    tree.write("lib/modules/6.1.0/modules.dep", "kernel/net/ipv4/tcp_bbr.ko:\n");
    bring_to(tune);
    CHECK_FALSE(tree.has(marker));
    policy.host.modules.clear();
    bring_to(tune);
    CHECK(tree.has(marker));
    bring_to({Goal::give_back, {}});
    CHECK_FALSE(tree.has(marker));
}

}  // namespace readiness_test
