#include "guest-agent/tuner.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "guest-agent/link_file.hpp"
#include "tests/unit/agent/fake_guest.hpp"

namespace tuner_test {

using namespace kvmtune;
using namespace kvmtune::fakes;
using protocol::Outcome;
using protocol::Outcomes;
using State = protocol::Outcome::State;

namespace {

const std::string mtu = std::string("nic/") + nic_mac + "/mtu";
const std::string channels = std::string("nic/") + nic_mac + "/channels";
const std::string rx_ring = std::string("nic/") + nic_mac + "/rings/rx";
const std::string rmem = "sysctl/net.core.rmem_max";
const std::string wmem = "sysctl/net.core.wmem_max";
const std::string tcp_rmem = "sysctl/net.ipv4.tcp_rmem";

Outcome done(const std::string &value) {
    return {State::done, value, ""};
}
Outcome yielded(const std::string &value) {
    return {State::yielded, value, "set by somebody in the guest"};
}

/// While it lives, no file grows beyond this size.
class FullDisk {
  public:
    explicit FullDisk(std::size_t size) {
        std::signal(SIGXFSZ, SIG_IGN);
        getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit small{size, before_.rlim_max};
        setrlimit(RLIMIT_FSIZE, &small);
    }
    ~FullDisk() { setrlimit(RLIMIT_FSIZE, &before_); }
    FullDisk(const FullDisk &) = delete;
    FullDisk &operator=(const FullDisk &) = delete;

  private:
    rlimit before_{};
};

}  // namespace

TEST_CASE("a put changes what was asked for and a revert gives everything back") {
    FakeGuest guest;
    Agent agent(guest);
    const Outcomes put =
        agent.tuner.put({{mtu, "9000"}, {channels, "4"}, {rmem, "425984"}, {tcp_rmem, "8192\t262144  9291456"}});
    CHECK(put == Outcomes{{mtu, done("9000")},
                          {channels, done("4")},
                          {rmem, done("425984")},
                          {tcp_rmem, done("8192 262144 9291456")}});
    CHECK(guest.links.at("eth0").link.mtu == 9000);
    CHECK(guest.value("net.core.rmem_max") == "425984");
    const Outcomes back = agent.tuner.revert(std::nullopt);
    CHECK(back == Outcomes{{mtu, done("1500")},
                           {channels, done("1")},
                           {rmem, done("212992")},
                           {tcp_rmem, done("4096 131072 6291456")}});
    CHECK(guest.links.at("eth0").link.mtu == 1500);
    CHECK(guest.links.at("eth0").channels->now == 1);
    CHECK(guest.value("net.core.rmem_max") == "212992");
    CHECK(agent.record.held().empty());
    CHECK(agent.wanted.knobs().empty());
}

TEST_CASE("a knob that holds the value already is not held") {
    FakeGuest guest;
    Agent agent(guest);
    CHECK(agent.tuner.put({{rmem, "212992"}}) == Outcomes{{rmem, done("212992")}});
    CHECK(agent.record.held().empty());
}

TEST_CASE("a second put keeps the first original") {
    FakeGuest guest;
    Agent agent(guest);
    (void)agent.tuner.put({{rmem, "425984"}});
    CHECK(agent.tuner.put({{rmem, "851968"}}) == Outcomes{{rmem, done("851968")}});
    CHECK(agent.tuner.revert(std::set<std::string>{rmem}) == Outcomes{{rmem, done("212992")}});
}

TEST_CASE("what is not on the list or has the wrong shape is refused and nothing is touched") {
    FakeGuest guest;
    Agent agent(guest);
    guest.write("proc/sys/kernel/core_pattern", "core\n");
    const Outcomes outcomes =
        agent.tuner.put({{"sysctl/kernel.core_pattern", "|/bin/sh"}, {rmem, "-1"}, {mtu, "68"}, {wmem, "425984"}});
    CHECK(outcomes.at("sysctl/kernel.core_pattern") == Outcome{State::failed, "", "not on the agent's list"});
    CHECK(outcomes.at(rmem) == Outcome{State::failed, "", "not a whole number"});
    CHECK(outcomes.at(mtu) == Outcome{State::failed, "", "less than 1280"});
    CHECK(outcomes.at(wmem) == done("425984"));
    CHECK(guest.read("proc/sys/kernel/core_pattern") == "core\n");
    CHECK(agent.record.held().size() == 1);
    CHECK(agent.wanted.knobs().size() == 1);
}

TEST_CASE("what the kernel refuses is not held") {
    FakeGuest guest;
    guest.links.at("eth0").largest_mtu = 1500;
    Agent agent(guest);
    const Outcomes outcomes = agent.tuner.put({{mtu, "9000"}, {channels, "5"}});
    CHECK(outcomes == Outcomes{{mtu, {State::failed, "1500", "eth0: Invalid argument"}},
                               {channels, {State::failed, "1", "more than 4"}}});
    CHECK(agent.record.held().empty());
    CHECK(agent.wanted.knobs().empty());
}

TEST_CASE("what somebody in the guest has set is left to them") {
    FakeGuest guest;
    Agent agent(guest);
    (void)agent.tuner.put({{rmem, "425984"}, {wmem, "425984"}});
    guest.set("net.core.rmem_max", "333333");
    CHECK(agent.tuner.put({{rmem, "851968"}}) == Outcomes{{rmem, yielded("333333")}});
    CHECK(guest.value("net.core.rmem_max") == "333333");
    CHECK(agent.tuner.revert(std::nullopt) == Outcomes{{rmem, yielded("333333")}, {wmem, done("212992")}});
    CHECK(guest.value("net.core.rmem_max") == "333333");
    CHECK(agent.record.held().empty());
}

TEST_CASE("once given back, a value of the guest's own is the new original") {
    FakeGuest guest;
    Agent agent(guest);
    (void)agent.tuner.put({{rmem, "425984"}});
    guest.set("net.core.rmem_max", "333333");
    (void)agent.tuner.revert(std::nullopt);
    CHECK(agent.tuner.put({{rmem, "425984"}}) == Outcomes{{rmem, done("425984")}});
    CHECK(agent.tuner.revert(std::nullopt) == Outcomes{{rmem, done("333333")}});
}

TEST_CASE("a revert of what is not held changes nothing") {
    FakeGuest guest;
    Agent agent(guest);
    CHECK(agent.tuner.revert(std::nullopt).empty());
    CHECK(agent.tuner.revert(std::set<std::string>{rmem}) == Outcomes{{rmem, done("212992")}});
    CHECK(agent.tuner.revert(std::set<std::string>{"x"}).at("x").state == State::failed);
}

TEST_CASE("a NIC that was plugged again is another one, and a NIC that is gone holds nothing back") {
    FakeGuest guest;
    Agent agent(guest);
    (void)agent.tuner.put({{mtu, "9000"}});
    guest.links.at("eth0").link.index = 9;
    guest.links.at("eth0").link.mtu = 4000;
    CHECK(agent.tuner.put({{mtu, "9000"}}) == Outcomes{{mtu, done("9000")}});
    CHECK(agent.tuner.revert(std::nullopt) == Outcomes{{mtu, done("4000")}});
    (void)agent.tuner.put({{mtu, "9000"}});
    guest.links.entries.pop_back();
    CHECK(agent.tuner.revert(std::nullopt) == Outcomes{{mtu, done("")}});
    CHECK(agent.record.held().empty());
}

TEST_CASE("without a record there is no change, and the record stays whole") {
    FakeGuest guest;
    Agent agent(guest);
    (void)agent.tuner.put({{wmem, "425984"}});
    const std::string before = guest.read(agent::Record::path);
    Outcomes outcomes;
    {
        const FullDisk full(before.size() + 20);
        outcomes = agent.tuner.put({{rmem, "425984"}});
    }
    CHECK(outcomes.at(rmem).state == State::failed);
    CHECK(outcomes.at(rmem).why.find("File too large") != std::string::npos);
    CHECK(guest.value("net.core.rmem_max") == "212992");
    CHECK(guest.read(agent::Record::path) == before);
    CHECK(agent.tuner.put({{rmem, "425984"}}) == Outcomes{{rmem, done("425984")}});
    CHECK(Agent(guest).record.held().size() == 2);
}

TEST_CASE("after a restart of the agent, originals are known and the last put is put again") {
    FakeGuest guest;
    {
        Agent agent(guest);
        (void)agent.tuner.put({{rmem, "425984"}, {mtu, "9000"}});
    }
    guest.links.at("eth0").link.mtu = 1500;
    Agent agent(guest);
    CHECK(agent.tuner.put_again() == Outcomes{{rmem, done("425984")}, {mtu, done("9000")}});
    CHECK(guest.links.at("eth0").link.mtu == 9000);
    CHECK(agent.tuner.revert(std::nullopt) == Outcomes{{rmem, done("212992")}, {mtu, done("1500")}});
    CHECK(Agent(guest).tuner.put_again().empty());
}

TEST_CASE("after a restart of the guest, the last put is put again on new originals") {
    FakeGuest guest;
    {
        Agent agent(guest);
        (void)agent.tuner.put({{rmem, "425984"}});
    }
    guest.reboot(second_boot);
    guest.set("net.core.rmem_max", "262144");
    Agent agent(guest);
    CHECK(agent.record.held().empty());
    CHECK(agent.tuner.put_again() == Outcomes{{rmem, done("425984")}});
    CHECK(agent.tuner.revert(std::nullopt) == Outcomes{{rmem, done("262144")}});
}

TEST_CASE("what has our value is told with its original, and what somebody changed since is not") {
    FakeGuest guest;
    Agent agent(guest);
    CHECK(agent.tuner.originals().empty());
    (void)agent.tuner.put({{rmem, "425984"}, {wmem, "425984"}, {mtu, "9000"}});
    guest.set("net.core.wmem_max", "300000");
    CHECK(agent.tuner.originals() == std::map<std::string, std::string>{{rmem, "212992"}, {mtu, "1500"}});
}

TEST_CASE("a revert that the next start would undo has failed, and is done when it is asked for again") {
    FakeGuest guest;
    Agent agent(guest);
    (void)agent.tuner.put({{rmem, "425984"}, {wmem, "425984"}});
    const std::string in_the_way = guest.folder() + "/" + agent::Wanted::path + ".kvmtune-new";
    REQUIRE(mkdir(in_the_way.c_str(), 0700) == 0);
    CHECK(agent.tuner.revert(std::set<std::string>{rmem}).at(rmem).state == State::failed);
    CHECK(guest.value("net.core.rmem_max") == "212992");
    CHECK(agent::Wanted(agent.root).knobs().count(rmem) == 1);
    REQUIRE(rmdir(in_the_way.c_str()) == 0);
    CHECK(agent.tuner.revert(std::set<std::string>{rmem}) == Outcomes{{rmem, done("212992")}});
    CHECK(agent::Wanted(agent.root).knobs() == std::map<std::string, std::string>{{wmem, "425984"}});
}

TEST_CASE("the original is on record before the change") {
    FakeGuest guest;
    Agent agent(guest);
    guest.links.at("eth0").largest_mtu = 1500;
    const std::string before = guest.read(agent::Record::path);
    (void)agent.tuner.put({{mtu, "9000"}});
    const std::string steps = guest.read(agent::Record::path).substr(before.size());
    const auto hold = steps.find(R"({"hold":")" + mtu + R"(","original":"1500","epoch":"2"})");
    const auto claim = steps.find(R"({"claim":")" + mtu + R"(","value":"9000"})");
    const auto release = steps.find(R"({"release":")" + mtu + R"("})");
    REQUIRE(hold != std::string::npos);
    REQUIRE(claim != std::string::npos);
    REQUIRE(release != std::string::npos);
    CHECK(hold < claim);
    CHECK(claim < release);
}

TEST_CASE("rings that the kernel keeps are neither held nor put again") {
    FakeGuest guest;
    guest.links.at("eth0").rings = Rings{256, 1024, 256, 256};
    guest.links.at("eth0").keeps_rings = true;
    Agent agent(guest);
    const Outcomes refused = agent.tuner.put({{rx_ring, "1024"}, {rmem, "425984"}});
    CHECK(refused == Outcomes{{rx_ring, {State::failed, "256", "eth0: set ring: Cannot allocate memory"}},
                              {rmem, done("425984")}});
    CHECK(agent.record.held().count(rx_ring) == 0);
    CHECK(agent.wanted.knobs().count(rx_ring) == 0);
    guest.links.at("eth0").keeps_rings = false;
    CHECK(agent.tuner.put({{rx_ring, "1024"}}) == Outcomes{{rx_ring, done("1024")}});
    CHECK(guest.links.at("eth0").rings->rx == 1024);
    CHECK(agent.tuner.revert(std::nullopt).at(rx_ring) == done("256"));
}

TEST_CASE("an MTU is widened and narrowed, and the guest's own comes back") {
    FakeGuest guest;
    guest.links.at("eth0").link.mtu = 9000;
    guest.links.at("eth0").link.mtu_max = 9000;
    Agent agent(guest);
    CHECK(agent.tuner.put({{mtu, "1500"}}) == Outcomes{{mtu, done("1500")}});
    CHECK(agent.tuner.put({{mtu, "9000"}}) == Outcomes{{mtu, done("9000")}});
    CHECK(agent.tuner.put({{mtu, "9001"}}) ==
          Outcomes{{mtu, {State::failed, "9000", "more than the 9000 that the device takes"}}});
    CHECK(agent.tuner.put({{mtu, "4000"}}) == Outcomes{{mtu, done("4000")}});
    CHECK(agent.tuner.revert(std::nullopt) == Outcomes{{mtu, done("9000")}});
}

TEST_CASE("a NIC that comes back gets what was granted to it, on its new original") {
    FakeGuest guest;
    Agent agent(guest);
    (void)agent.tuner.put({{mtu, "9000"}, {rmem, "425984"}});
    CHECK(agent.tuner.put_on_new_nics().empty());
    const auto eth0 = guest.links.entries.back();
    guest.links.entries.pop_back();
    CHECK(agent.tuner.misses_nics());
    CHECK(agent.tuner.put_on_new_nics().empty());
    guest.links.entries.push_back(eth0);
    guest.links.at("eth0").link.index = 7;
    guest.links.at("eth0").link.mtu = 1400;
    CHECK(!agent.tuner.misses_nics());
    CHECK(agent.tuner.put_on_new_nics() == Outcomes{{mtu, done("9000")}});
    CHECK(agent.tuner.put_on_new_nics().empty());
    CHECK(agent.tuner.revert(std::set<std::string>{mtu}) == Outcomes{{mtu, done("1400")}});
    guest.links.at("eth0").link.index = 8;
    CHECK(agent.tuner.put_on_new_nics().empty());
}

TEST_CASE("news of links is no reason to fight for a NIC that stayed") {
    FakeGuest guest;
    Agent agent(guest);
    (void)agent.tuner.put({{mtu, "1500"}, {channels, "4"}});
    guest.links.at("eth0").link.mtu = 1400;
    guest.links.at("eth0").channels->now = 1;
    CHECK(agent.tuner.put_on_new_nics().empty());
    CHECK(guest.links.at("eth0").link.mtu == 1400);
    CHECK(guest.links.at("eth0").channels->now == 1);
}

TEST_CASE("what was granted to a NIC that comes late in the boot is put when it comes") {
    FakeGuest guest;
    {
        Agent agent(guest);
        (void)agent.tuner.put({{mtu, "9000"}, {rmem, "425984"}});
    }
    guest.reboot(second_boot);
    const auto eth0 = guest.links.entries.back();
    guest.links.entries.pop_back();
    Agent agent(guest);
    CHECK(agent.tuner.put_again().at(mtu).state == State::failed);
    CHECK(agent.tuner.misses_nics());
    guest.links.entries.push_back(eth0);
    CHECK(agent.tuner.put_on_new_nics() == Outcomes{{mtu, done("9000")}});
    CHECK(!agent.tuner.misses_nics());
}

TEST_CASE("a NIC's name is kept in a file, across boots, until it is given back") {
    FakeGuest guest;
    guest.write("usr/lib/systemd/systemd-udevd", "");
    const std::string name = std::string("nic/") + nic_mac + "/name";
    const std::string file = "etc/systemd/network/10-kvmtune-525400123456.link";
    {
        Agent agent(guest);
        CHECK(agent.tuner.put({{name, "ens3"}}) == Outcomes{{name, done("ens3")}});
        CHECK(guest.read(file).find("MACAddress=52:54:00:12:34:56\n") != std::string::npos);
        CHECK(guest.read(file).find("\nName=ens3\n") != std::string::npos);
    }
    guest.reboot(second_boot);
    Agent agent(guest);
    CHECK(agent.tuner.put_again().empty());
    CHECK(guest.root().exists(file));
    CHECK(agent.tuner.revert(std::set<std::string>{name}) == Outcomes{{name, done("")}});
    CHECK_FALSE(guest.root().exists(file));
    CHECK(agent.wanted.knobs().empty());
    CHECK(agent.tuner.revert(std::set<std::string>{name}) == Outcomes{{name, done("")}});
}

TEST_CASE("where the old chipset is back, the agent drops the names of the other by itself") {
    FakeGuest guest;
    guest.write("usr/lib/systemd/systemd-udevd", "");
    const auto is_machine = [&](const char *bridge) {
        guest.write("sys/bus/pci/devices/0000:00:00.0/vendor", "0x8086\n");
        guest.write("sys/bus/pci/devices/0000:00:00.0/device", std::string(bridge) + "\n");
        CHECK(agent::settle_names(guest.root()).has_value());
        return agent::kept_name(guest.root(), nic_mac).value();
    };
    CHECK(agent::keep_name(guest.root(), nic_mac, "ens3").has_value());
    CHECK(is_machine("0x1237") == "ens3");
    CHECK(is_machine("0x29c0") == "ens3");
    CHECK(is_machine("0x29c0") == "ens3");
    CHECK(is_machine("0x1237").empty());
}

TEST_CASE("a file of somebody's that is about a NIC counts") {
    FakeGuest guest;
    guest.write("usr/lib/systemd/systemd-udevd", "");
    guest.write("etc/systemd/network/20-other.link", "[Match]\nMACAddress=52:54:00:00:00:77\n[Link]\nName=other\n");
    CHECK(agent::kept_name(guest.root(), nic_mac).value().empty());
    guest.write("run/systemd/network/10-netplan.link", "[Match]\nMACAddress=52:54:00:12:34:56\n[Link]\nName=lan0\n");
    CHECK(agent::kept_name(guest.root(), nic_mac).value() == "lan0");
    guest.write("run/systemd/network/10-netplan.link",
                "[Match]\nMACAddress=52:54:00:12:34:56\n[Link]\nMTUBytes=9000\n");
    CHECK(agent::kept_name(guest.root(), nic_mac).error().kind == ErrorKind::unsupported);
    // One that came later keeps nobody from taking ours away.
    CHECK(agent::keep_name(guest.root(), nic_mac, "ens3").has_value());
    CHECK(agent::kept_name(guest.root(), nic_mac).value() == "ens3");
    Agent agent(guest);
    const std::string name = std::string("nic/") + nic_mac + "/name";
    CHECK(agent.tuner.revert(std::set<std::string>{name}) == Outcomes{{name, done("")}});
}

TEST_CASE("names that no link can have, or that the kernel gives, are refused, and all where nothing would keep them") {
    FakeGuest guest;
    const std::string name = std::string("nic/") + nic_mac + "/name";
    Agent agent(guest);
    CHECK(agent.tuner.put({{name, "ens3"}}).at(name).why == "no systemd-udevd is here to keep names");
    guest.write("usr/lib/systemd/systemd-udevd", "");
    for (const char *bad : {"", ".", "..", "12", "eth0", "a b", "ens3\nName=x", "../../x", "sixteen-letters-"}) {
        CAPTURE(bad);
        CHECK(agent.tuner.put({{name, bad}}).at(name).state == State::failed);
    }
    CHECK_FALSE(guest.root().exists("etc/systemd/network"));
}

}  // namespace tuner_test
