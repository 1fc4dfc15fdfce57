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

plan::Change change_of(const Target &target, const char *from = "1", const char *to = "2") {
    return {target, from, to, "", false, "", plan::Disruption::live, {}};
}

/// A run that failed at it.
Account failed_at(const plan::Change &change) {
    Account account;
    account.report.outcomes.push_back({change, apply::Status::failed, "for a reason"});
    account.left.changes.push_back(change);
    return account;
}

Account waiting_for(const plan::Pending &pending) {
    Account account;
    account.report.pending = account.left.pending = {pending};
    return account;
}

struct Marked {
    fakes::TemporaryTree tree;

    bool after(const Scope &scope, const Account &account) const {
        REQUIRE(mark_readiness(tree.root(), scope, account).has_value());
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
        CHECK_FALSE(marked.after(tune, failed_at(change_of(target))));
        CHECK(marked.after(tune, {}));
        CHECK_FALSE(marked.after(tune, waiting_for({target, "2", "something"})));
        CHECK(marked.after(tune, {}));
    }
}

TEST_CASE("a pool that is only to shrink does not keep the host from being ready") {
    const Marked marked;
    const Target pool{TargetKind::pool, "", "node0/2048kB"};
    CHECK(marked.after(tune, waiting_for({pool, "160", "16 of its pages to be free", "176"})));
    CHECK(marked.after(tune, failed_at(change_of(pool, "176", "170"))));
    CHECK_FALSE(marked.after(tune, failed_at(change_of(pool, "150", "160"))));
}

TEST_CASE("what guests, segments and networks still wait for does not keep the host from being ready") {
    const Marked marked;
    for (const Target &target :
         {Target{TargetKind::element, "u", "cputune/vcpupin/0"}, Target{TargetKind::affinity, "u", "vcpu/0"},
          Target{TargetKind::knob, "u", "sysctl/net.core.somaxconn"}, Target{TargetKind::link, "", "virbr0/mtu"},
          Target{TargetKind::network, "", "default/mtu"}}) {
        CHECK(marked.after(tune, failed_at(change_of(target))));
        CHECK(marked.after(tune, waiting_for({target, "2", "something"})));
    }
}

TEST_CASE("what came up while a run was at work leaves the marker as it is") {
    const Marked marked;
    const auto change = change_of({TargetKind::file, "", "etc/tmpfiles.d/kvmtune.conf"});
    Account account;
    account.left.changes.push_back(change);
    CHECK_FALSE(marked.after(tune, account));
    REQUIRE(marked.after(tune, {}));
    CHECK(marked.after(tune, account));
    account.report.outcomes.push_back({change_of(change.target, "0", "1"), apply::Status::done, ""});
    CHECK(marked.after(tune, account));
    account.report.outcomes.push_back({change, apply::Status::undone, "for a reason"});
    CHECK_FALSE(marked.after(tune, account));
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
