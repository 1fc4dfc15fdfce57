// What the pipeline sees of domains that run.
#include "daemon/pipeline/picture.hpp"

#include <doctest/doctest.h>

#include "daemon/pipeline/pipeline.hpp"
#include "tests/fakes/fake_hypervisor.hpp"
#include "tests/fakes/host_tree.hpp"
#include "tests/fakes/listener.hpp"
#include "tests/unit/agent/fake_guest.hpp"

namespace picture_test {

namespace {

using namespace kvmtune;

constexpr const char *web_uuid = "00000000-0000-4000-8000-000000000001";

std::string domain_with(const std::string &cputune) {
    return std::string("<domain type='kvm'>\n  <name>web01</name>\n  <uuid>") + web_uuid +
           "</uuid>\n  <memory unit='MiB'>512</memory>\n  <vcpu>2</vcpu>\n" + cputune +
           "  <os><type arch='x86_64' machine='q35'>hvm</type></os>\n</domain>\n";
}

std::unique_ptr<pipeline::Workplace> workplace(const Root &root, fakes::FakeHypervisor &hypervisor) {
    auto load = [](const std::string &) -> Result<> { return failure(ErrorKind::failed, "no modules here"); };
    auto place = pipeline::Workplace::open(root, {}, hypervisor, fakes::HostTree::topology, load);
    REQUIRE(place.has_value());
    return *std::move(place);
}

plan::DomainSituation only_domain(fakes::FakeHypervisor &hypervisor) {
    fakes::HostTree tree;
    const Root root = *Root::open(tree.path());
    const auto place = workplace(root, hypervisor);
    const auto picture = pipeline::gather(*place, {});
    REQUIRE(picture.has_value());
    REQUIRE(picture->situation.domains.size() == 1);
    return picture->situation.domains[0];
}

}  // namespace

TEST_CASE("pins of what runs are seen beside those of its definition") {
    fakes::FakeHypervisor hypervisor;
    hypervisor.edit(domain_with("<cputune><vcpupin vcpu='1' cpuset='3'/><emulatorpin cpuset='2'/></cputune>\n"));
    CHECK(!only_domain(hypervisor).running_pins);
    hypervisor.power_on(web_uuid);
    hypervisor.edit(domain_with("<cputune><vcpupin vcpu='0' cpuset='1'/></cputune>\n"));
    const auto domain = only_domain(hypervisor);
    CHECK(domain.facts.vcpupins == std::map<unsigned, CpuSet>{{0, {1}}});
    CHECK(domain.running_pins == plan::ThreadPins{{{1, {3}}}, {}, CpuSet{2}});
}

TEST_CASE("what a guest's agent put again by itself after a boot is held, and given back") {
    const std::string rmem = "net.core.rmem_max";
    fakes::FakeGuest guest;
    (void)fakes::Agent(guest).tuner.put({{"sysctl/" + rmem, "425984"}});
    guest.reboot(fakes::second_boot);
    const fakes::TemporaryTree sockets;
    const fakes::Listener listener(sockets, "agent");
    fakes::HostTree tree;
    const Root root = *Root::open(tree.path());
    fakes::FakeHypervisor hypervisor;
    std::string domain = domain_with("");
    domain.insert(domain.find("</domain>"),
                  "<devices><channel type='unix'><source mode='bind' path='" + listener.path() +
                      "'/><target type='virtio' name='org.kvmtune.agent.0'/></channel></devices>");
    hypervisor.edit(domain);
    hypervisor.power_on(web_uuid);
    const auto place = workplace(root, hypervisor);
    std::optional<fakes::RunningAgent> agent;
    std::thread qemu([&] { agent.emplace(guest, listener.accept()); });
    const pipeline::Scope give_back{pipeline::Goal::give_back, {web_uuid}, false};
    const auto picture = pipeline::gather(*place, give_back);
    qemu.join();
    REQUIRE(picture.has_value());
    CHECK(guest.value(rmem) == "425984");
    const plan::Target knob{plan::TargetKind::knob, web_uuid, "sysctl/" + rmem};
    REQUIRE(picture->holds.count(knob) == 1);
    CHECK(picture->holds.at(knob).original == "212992");
    const auto account = pipeline::bring(*place, give_back, {});
    REQUIRE(account.has_value());
    CHECK_FALSE(account->failed());
    CHECK(account->left.empty());
    CHECK(guest.value(rmem) == "212992");
    CHECK_FALSE(guest.root().exists(agent::Wanted::path));
}

}  // namespace picture_test
