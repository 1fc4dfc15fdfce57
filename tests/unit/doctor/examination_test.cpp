#include <doctest/doctest.h>

#include <algorithm>

#include "daemon/doctor/examination.hpp"

namespace examination_test {

using namespace kvmtune;
using namespace kvmtune::doctor;

namespace {

Signs healthy() {
    Signs signs;
    signs.kvm = signs.vhost_net = signs.ready = true;
    signs.enabled = {"kvmtune-host.service", "kvmtuned.service"};
    signs.hook_there = signs.hook_executable = signs.confined = true;
    signs.hook_program = "/usr/sbin/kvmtune-hook";
    signs.running = 2;
    signs.started = 100;
    signs.called = 101;
    return signs;
}

std::vector<Check> wrong_in(const Signs &signs, const Tries &tries = {}) {
    auto checks = examine(signs, tries);
    checks.erase(
        std::remove_if(checks.begin(), checks.end(), [](const Check &check) { return check.verdict == Verdict::good; }),
        checks.end());
    return checks;
}

/// The one thing that is wrong: "VERDICT ABOUT: FOUND".
std::string one_wrong(const Signs &signs, const Tries &tries = {}) {
    const auto wrong = wrong_in(signs, tries);
    if (wrong.size() != 1) return std::to_string(wrong.size()) + " things";
    CHECK_FALSE(wrong.front().advice.empty());
    return std::string(word_for(wrong.front().verdict)) + " " + wrong.front().about + ": " + wrong.front().found;
}

}  // namespace

TEST_CASE("a healthy installation has nothing to be said about") {
    CHECK(wrong_in(healthy()).empty());
    CHECK(examine(healthy(), {}).size() == 10);
}

TEST_CASE("what a host lacks is bad, what it may do without is notable") {
    auto signs = healthy();
    signs.kvm = false;
    CHECK(one_wrong(signs) == "bad kvm: there is no /dev/kvm: guests are emulated");
    signs = healthy();
    signs.vhost_net = false;
    CHECK(one_wrong(signs) == "bad vhost: there is no /dev/vhost-net");
    signs = healthy();
    signs.enabled.erase("kvmtuned.service");
    CHECK(one_wrong(signs) == "notable kvmtuned.service: it does not start with the boot");
    signs = healthy();
    signs.ready = false;
    CHECK(one_wrong(signs) == "notable host: its part was not done since the boot");
}

TEST_CASE("what was tried tells its own reason") {
    const auto refused = failure(ErrorKind::failed, "so it is");
    CHECK(one_wrong(healthy(), {refused, {}, {}}) == "bad policy: so it is");
    CHECK(one_wrong(healthy(), {{}, refused, {}}) == "bad libvirt: so it is");
    CHECK(one_wrong(healthy(), {{}, {}, refused}) == "notable kvmtuned: so it is");
}

TEST_CASE("a hook is there, is a program, may be run, and was called") {
    auto signs = healthy();
    signs.hook_there = false;
    CHECK(one_wrong(signs) == "bad hook: there is no /etc/libvirt/hooks/qemu.d/kvmtune");
    signs = healthy();
    signs.hook_program = "";
    CHECK(one_wrong(signs) == "bad hook: /etc/libvirt/hooks/qemu.d/kvmtune points to nothing");
    signs = healthy();
    signs.hook_executable = false;
    CHECK(one_wrong(signs) == "bad hook: /usr/sbin/kvmtune-hook is not executable");
    signs = healthy();
    signs.hook_program = "/usr/local/sbin/kvmtune-hook";
    CHECK(one_wrong(signs) == "bad hook: AppArmor lets libvirt's daemon run nothing in /usr/local/sbin");
    signs.confined = false;
    CHECK(wrong_in(signs).empty());
    signs = healthy();
    signs.called.reset();
    CHECK(one_wrong(signs) == "bad hook: it was never called, though 2 guests run");
    signs.called = 40;
    CHECK(one_wrong(signs) ==
          "bad hook: last called 40 s after the boot, and a guest was started 100 s after the boot");
}

TEST_CASE("before the first start of a guest nobody calls a hook") {
    auto signs = healthy();
    signs.started.reset();
    signs.called.reset();
    signs.running = 0;
    CHECK(wrong_in(signs).empty());
}

}  // namespace examination_test
