// A guest behind a real socket that takes the connection and never says a word.
#include "daemon/apply/guest_effects.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cstring>

#include "tests/fakes/fake_hypervisor.hpp"
#include "tests/fakes/temporary_tree.hpp"

namespace guest_effects_test {

using namespace kvmtune;
using namespace std::chrono_literals;

namespace {

const std::string uuid = "00000000-0000-4000-8000-000000000001";

/// The port of a guest whose agent does not listen.
class SilentPort {
  public:
    SilentPort() : path_(tree_.root().path() + "/port"), listener_(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0)) {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::strncpy(address.sun_path, path_.c_str(), sizeof address.sun_path - 1);
        const void *untyped = &address;
        REQUIRE(::bind(listener_.get(), static_cast<const sockaddr *>(untyped), sizeof address) == 0);
        REQUIRE(::listen(listener_.get(), 8) == 0);
    }

    [[nodiscard]] const std::string &path() const { return path_; }
    /// How often somebody has connected since it was asked last.
    [[nodiscard]] unsigned connections() const {
        unsigned count = 0;
        while (Fd(::accept(listener_.get(), nullptr, nullptr))) ++count;
        return count;
    }

  private:
    fakes::TemporaryTree tree_;
    std::string path_;
    Fd listener_;
};

void add_guest(fakes::FakeHypervisor &hypervisor, const SilentPort &port) {
    hypervisor.add_transient("<domain type='kvm'><name>web01</name><uuid>" + uuid +
                             "</uuid><devices><channel type='unix'><source mode='bind' path='" + port.path() +
                             "'/><target type='virtio' name='org.kvmtune.agent.0'/></channel></devices></domain>");
}

constexpr apply::GuestEffects::Patience short_patience{50ms, 50ms, 50ms};

}  // namespace

TEST_CASE("a guest that lets the time pass is asked once in a run, and named") {
    const SilentPort port;
    fakes::FakeHypervisor hypervisor;
    add_guest(hypervisor, port);
    apply::GuestEffects effects(hypervisor, short_patience);
    CHECK(effects.silent().empty());
    for (int time = 0; time < 3; ++time) CHECK_FALSE(effects.facts(uuid).has_value());
    CHECK_FALSE(effects.look({plan::TargetKind::knob, uuid, "sysctl/net.core.somaxconn"}).has_value());
    CHECK(port.connections() == 1);
    REQUIRE(effects.silent().count(uuid) == 1);
    CHECK(effects.silent().at(uuid) == effects.facts(uuid).error().what);
}

TEST_CASE("one that is passed over is not asked, and is no other than before") {
    const SilentPort port;
    fakes::FakeHypervisor hypervisor;
    add_guest(hypervisor, port);
    apply::GuestEffects effects(hypervisor, short_patience);
    effects.pass_over({{uuid, "the guest's agent: no answer in time"}});
    CHECK(effects.facts(uuid).error() == Error{ErrorKind::not_found, "the guest's agent: no answer in time"});
    CHECK(port.connections() == 0);
    CHECK(effects.silent().empty());
}

TEST_CASE("one without a port costs no time, and is not among the silent") {
    fakes::FakeHypervisor hypervisor;
    hypervisor.add_transient("<domain type='kvm'><name>web01</name><uuid>" + uuid + "</uuid></domain>");
    apply::GuestEffects effects(hypervisor, short_patience);
    CHECK_FALSE(effects.facts(uuid).has_value());
    CHECK(effects.silent().empty());
}

}  // namespace guest_effects_test
