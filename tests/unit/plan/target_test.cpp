#include "daemon/plan/target.hpp"

#include <doctest/doctest.h>

#include "daemon/plan/plan.hpp"

namespace target_test {

using namespace kvmtune::plan;

namespace {

const std::string uuid = "6f1d9a3e-1111-4222-8333-944455556666";

struct Named {
    Target target;
    std::string text;
};

const std::vector<Named> &named() {
    static const std::vector<Named> all = {
        {{TargetKind::module, "", "vhost_net"}, "module:vhost_net"},
        {{TargetKind::sysctl, "", "net.core.rmem_max"}, "sysctl:net.core.rmem_max"},
        {{TargetKind::file, "", "etc/sysctl.d/60-kvmtune.conf"}, "file:etc/sysctl.d/60-kvmtune.conf"},
        {{TargetKind::file, "", "etc/a:b"}, "file:etc/a:b"},
        {{TargetKind::element, uuid, "cputune/emulatorpin"}, "element:" + uuid + ":cputune/emulatorpin"},
        {{TargetKind::element, uuid, "interface/52:54:00:12:34:56/driver/queues"},
         "element:" + uuid + ":interface/52:54:00:12:34:56/driver/queues"},
        {{TargetKind::affinity, uuid, "vhost/52:54:00:12:34:56/0"}, "affinity:" + uuid + ":vhost/52:54:00:12:34:56/0"},
        {{TargetKind::knob, uuid, "sysctl/net.core.rmem_max"}, "knob:" + uuid + ":sysctl/net.core.rmem_max"},
    };
    return all;
}

bool same(const Target &target, const Value &left, const Value &right) {
    return same_value(target, left, right);
}

}  // namespace

TEST_CASE("a target's text names kind, owner and name") {
    for (const auto &[target, text] : named()) CHECK(text_of(target) == text);
}

TEST_CASE("a target is read back from its text") {
    for (const auto &[target, text] : named()) {
        CAPTURE(text);
        const auto read = target_from(text);
        REQUIRE(read);
        CHECK((*read == target));
    }
}

TEST_CASE("what names no target is refused and shown") {
    for (const auto *text :
         {"", ":", "sysctl", "sysctl:", "sysctls:x", "Sysctl:x", "element:", "element:x", "element:x:", "element::x",
          "knob:"
          "owner",
          "module", ":x"}) {
        CAPTURE(text);
        const auto read = target_from(text);
        REQUIRE_FALSE(read);
        CHECK(read.error() ==
              kvmtune::Error{kvmtune::ErrorKind::invalid, "\"" + std::string(text) + "\" names no target"});
    }
}

TEST_CASE("absent is the same only as absent") {
    const Target sysctl = {TargetKind::sysctl, "", "a.b"};
    CHECK(same(sysctl, std::nullopt, std::nullopt));
    CHECK_FALSE(same(sysctl, std::nullopt, ""));
    CHECK_FALSE(same(sysctl, "", std::nullopt));
}

TEST_CASE("blanks between fields of a sysctl do not count, in a file they do") {
    const Target sysctl = {TargetKind::sysctl, "", "net.ipv4.tcp_rmem"};
    const Target knob = {TargetKind::knob, uuid, "sysctl/net.ipv4.tcp_rmem"};
    const Target file = {TargetKind::file, "", "etc/x"};
    CHECK(same(sysctl, "4096\t131072\t6291456\n", "4096 131072 6291456"));
    CHECK(same(knob, "1 2", "1\t2"));
    CHECK_FALSE(same(sysctl, "12", "1 2"));
    CHECK_FALSE(same(file, "a\n", "a"));
    CHECK(same(file, "a\n", "a\n"));
}

TEST_CASE("CPU lists are compared as sets, of threads and of pins") {
    const Target affinity = {TargetKind::affinity, uuid, "vcpu/0"};
    const Target pin = {TargetKind::element, uuid, "cputune/vcpupin/0"};
    const Target queues = {TargetKind::element, uuid, "interface/52:54:00:12:34:56/driver/queues"};
    CHECK(same(affinity, "0,1", "0-1"));
    CHECK(same(pin, "0-3,^2", "0-1,3"));
    CHECK_FALSE(same(affinity, "0-1", "0-2"));
    CHECK_FALSE(same(queues, "0,1", "0-1"));
    CHECK_FALSE(same(affinity, "nonsense", "0"));
    CHECK(same(affinity, "nonsense", "nonsense"));
}

}  // namespace target_test
