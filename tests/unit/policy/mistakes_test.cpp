#include <doctest/doctest.h>

#include "daemon/policy/policy.hpp"

namespace mistakes_test {

using namespace kvmtune;
using namespace kvmtune::policy;

namespace {

using Texts = std::vector<std::string>;

Texts mistakes_in(const std::vector<PolicyText> &files) {
    Texts texts;
    const auto policy = read_policy(files);
    if (policy) return texts;
    for (const Mistake &mistake : policy.error()) texts.push_back(text_of(mistake));
    return texts;
}

Texts mistakes_in(const std::string &text) {
    return mistakes_in(std::vector<PolicyText>{{"k", text}});
}

}  // namespace

TEST_CASE("all mistakes come at once, in order, at their values") {
    CHECK(mistakes_in(R"(hots = 1
[host]
profile = "netwrok"
persits = true
persist = "yes"
modules = ["tcp_bbr", 7, "../evil", ""]
sysctl."net..x" = 1
sysctl."net.core.somaxconn" = 1.5

[host.cpus]
	housekeeping =	"0-x"
houskeeping = "auto"

[[domain]]
queues = 0
vhost_cpus = "lots"
cpus = "on"
match = ["", 3, "uuid:42",
  "title:"]
allow = ["guest_abi", "live"]
strict = 1

[[domain]]
migratable = []
sysctl."kernel.panic" = 1
sysctl."net.core.rmem_maxx" = 1
sysctl."net.core.wmem_max" = true
)") == Texts{
           "k:1:8: hots: unknown key (did you mean \"host\"?)",
           "k:3:11: host.profile: must be \"network\" or \"none\", not \"netwrok\" (did you mean \"network\"?)",
           "k:4:11: host.persits: unknown key (did you mean \"persist\"?)",
           "k:5:11: host.persist: must be true or false, not a string",
           "k:6:23: host.modules: must be a module's name, not an integer",
           "k:6:26: host.modules: \"../evil\" is not a module's name",
           "k:6:37: host.modules: \"\" is not a module's name",
           "k:7:19: host.sysctl: \"net..x\" is not a sysctl's name",
           "k:8:31: host.sysctl: \"net.core.somaxconn\" must be an integer or a string, not a float",
           "k:11:17: host.cpus.housekeeping: \"0-x\" is not a CPU list like \"0-3,8\"",
           "k:12:15: host.cpus.houskeeping: unknown key (did you mean \"housekeeping\"?)",
           "k:15:10: domain.queues: must be \"auto\" or 1 to 256, not 0",
           "k:16:14: domain.vhost_cpus: must be \"auto\" or 1 to 256, not \"lots\"",
           "k:17:8: domain.cpus: must be \"dedicated\", \"shared\" or \"off\", not \"on\"",
           "k:18:10: domain.match: an empty pattern matches nothing",
           "k:18:14: domain.match: must be a string, not an integer",
           "k:18:17: domain.match: \"42\" is not a UUID",
           "k:19:3: domain.match: \"title:\" names nothing",
           "k:20:10: domain.allow: must be \"guest-abi\" or \"start-dependency\", not \"guest_abi\""
           " (did you mean \"guest-abi\"?)",
           "k:20:23: domain.allow: must be \"guest-abi\" or \"start-dependency\", not \"live\"",
           "k:21:10: domain.strict: must be true or false, not an integer",
           "k:23:1: domain: match is missing",
           "k:24:14: domain.migratable: must be true or false, not an array",
           "k:25:25: domain.sysctl: \"kernel.panic\" is not one that the guest's agent sets",
           "k:26:31: domain.sysctl: \"net.core.rmem_maxx\" is not one that the guest's agent sets"
           " (did you mean \"net.core.rmem_max\"?)",
           "k:27:30: domain.sysctl: \"net.core.wmem_max\" must be an integer or a string, not a boolean",
       });
}

TEST_CASE("what isolated CPUs are for is one of two words") {
    CHECK(
        mistakes_in("[host.cpus]\nisolated = 'guest'\n") ==
        Texts{"k:2:12: host.cpus.isolated: must be \"avoid\" or \"guests\", not \"guest\" (did you mean \"guests\"?)"});
    CHECK(mistakes_in("[host.cpus]\nisolated = '4-7'\n") ==
          Texts{"k:2:12: host.cpus.isolated: must be \"avoid\" or \"guests\", not \"4-7\""});
}

TEST_CASE("what is designed but not there yet is said so, not ignored") {
    CHECK(mistakes_in("[host]\nprofile = 'latency'\n[[domain]]\nmatch = ['x']\nprofile = 'latency'\n"
                      "cpus = 'share'\n") ==
          Texts{"k:2:11: host.profile: \"latency\" is not supported by this version",
                "k:5:11: domain.profile: \"latency\" is not supported by this version",
                "k:6:8: domain.cpus: must be \"dedicated\", \"shared\" or \"off\", not \"share\" (did you mean "
                "\"shared\"?)"});
}

TEST_CASE("ten mistakes of meaning give ten messages in order") {
    CHECK(mistakes_in(R"([host.hugepages]
pool = "reserved"
page_size = "4KiB"
keep_free = "101%"

[network.default]
mtu = 9_000_000
bridge_netfilter = true

[[domain]]
match = ["web-*"]
rx_queue_size = 300
hugepages = "yes"
numatune = "interleave"
cpu = "host-model"
disks = "none"
)") == Texts{
           "k:2:8: host.hugepages.pool: must be \"reserve\", \"on-demand\" or \"off\", not \"reserved\""
           " (did you mean \"reserve\"?)",
           "k:3:13: host.hugepages.page_size: must be \"2MiB\", \"1GiB\" or \"best\", not \"4KiB\"",
           "k:4:13: host.hugepages.keep_free: must be a share like \"10%\" (0 to 99) or a size like \"4GiB\","
           " not \"101%\"",
           "k:7:7: network.default.mtu: must be \"auto\" or 1280 to 65521, not 9000000",
           "k:8:20: network.default.bridge_netfilter: must be \"auto\", \"off\" or \"keep\", not a boolean",
           "k:12:17: domain.rx_queue_size: must be \"auto\" or 256, 512 or 1024, not 300",
           "k:13:13: domain.hugepages: must be true or false, not a string",
           "k:14:12: domain.numatune: must be \"restrictive\", \"strict\", \"preferred\" or \"off\","
           " not \"interleave\"",
           "k:15:7: domain.cpu: must be \"host-passthrough\" or \"keep\", not \"host-model\"",
           "k:16:9: domain.disks: must be \"auto\", \"all\" or \"off\", not \"none\"",
       });
}

TEST_CASE("sizes and numbers of huge pages must be possible") {
    const auto at = [](const std::string &key_and_value) {
        const auto found = mistakes_in("[host.hugepages]\n" + key_and_value + "\n");
        return found.size() == 1 ? found.front() : std::to_string(found.size()) + " mistakes";
    };
    const std::string keep =
        " host.hugepages.keep_free: must be a share like \"10%\" (0 to 99) or a size like \"4GiB\", not ";
    CHECK(at("keep_free = 10") == "k:2:13:" + keep + "an integer");
    CHECK(at("keep_free = '10'") == "k:2:13:" + keep + "\"10\"");
    CHECK(at("keep_free = '%'") == "k:2:13:" + keep + "\"%\"");
    CHECK(at("keep_free = '4GB'") == "k:2:13:" + keep + "\"4GB\"");
    CHECK(at("keep_free = '99999999999TiB'") == "k:2:13:" + keep + "\"99999999999TiB\"");
    CHECK(at("keep_free = '99999999999999999999999GiB'") == "k:2:13:" + keep + "\"99999999999999999999999GiB\"");
    CHECK(at("pool = 0") ==
          "k:2:8: host.hugepages.pool: must be 1 to 1073741824 pages per node, not 0 (\"off\" is no pool)");
    CHECK(at("pool = -1") == "k:2:8: host.hugepages.pool: must be 1 to 1073741824 pages per node, not -1");
    CHECK(at("pool = true") ==
          "k:2:8: host.hugepages.pool: must be \"reserve\", \"on-demand\", \"off\" or a number of pages per node,"
          " not a boolean");
}

TEST_CASE("an MTU is what IPv6 and a tap device take, and a network has a name") {
    CHECK(mistakes_in("[network.a]\nmtu = 1280\n[network.b]\nmtu = 65521\n").empty());
    CHECK(mistakes_in("[network.a]\nmtu = 1279\n[network.b]\nmtu = 65522\nspeed = 1\n[network.\"\"]\n") ==
          Texts{"k:2:7: network.a.mtu: must be \"auto\" or 1280 to 65521, not 1279",
                "k:4:7: network.b.mtu: must be \"auto\" or 1280 to 65521, not 65522",
                "k:5:9: network.b.speed: unknown key", "k:6:1: network: \"\" is not a network's name"});
    CHECK(mistakes_in("network = 9000\n") ==
          Texts{"k:1:11: network: must be written as [network.NAME], not as an integer"});
    CHECK(mistakes_in("[network]\ndefault = 9000\n") ==
          Texts{"k:2:11: network.default: must be a table, not an integer"});
}

TEST_CASE("a sysctl that we know has a value that the kernel takes") {
    const auto at = [](const std::string &name, const std::string &value) {
        const auto found = mistakes_in("[host.sysctl]\n\"" + name + "\" = " + value + "\n");
        return found.empty() ? "" : found.front().substr(found.front().find("\" ") + 2);
    };
    CHECK(at("net.core.somaxconn", "'lots'") == "must be a number from 0 to 2147483647, not \"lots\"");
    CHECK(at("net.core.somaxconn", "-1") == "must be a number from 0 to 2147483647, not \"-1\"");
    CHECK(at("net.core.rmem_max", "2147483648") == "must be a number from 2048 to 2147483647, not \"2147483648\"");
    CHECK(at("net.core.rmem_max", "'212992 1'") == "must be a number from 2048 to 2147483647, not \"212992 1\"");
    CHECK(at("net.ipv4.tcp_mtu_probing", "3") == "must be a number from 0 to 2, not \"3\"");
    CHECK(at("net.ipv4.tcp_rmem", "4096") ==
          "must be 3 numbers from 1 to 2147483647, none less than the one before, not \"4096\"");
    CHECK(at("net.ipv4.tcp_wmem", "'4096 2048 8192'") ==
          "must be 3 numbers from 1 to 2147483647, none less than the one before, not \"4096 2048 8192\"");
    CHECK(at("net.ipv4.tcp_wmem", "'4096 8192 8192'").empty());
    CHECK(at("vm.swappiness", "'anything'").empty());
}

TEST_CASE("sections of the wrong kind are mistakes") {
    CHECK(mistakes_in("host = 1\ndomain = ['x']\n") ==
          Texts{"k:1:8: host: must be a table, not an integer", "k:2:11: domain: must be a table, not a string"});
    CHECK(mistakes_in("[domain]\nmatch = ['x']\n") ==
          Texts{"k:1:1: domain: must be written as [[domain]], not as a table"});
    CHECK(mistakes_in("[host]\ncpus = true\nsysctl = []\nmodules = 'x'\n") ==
          Texts{"k:2:8: host.cpus: must be a table, not a boolean",
                "k:3:10: host.sysctl: must be a table of sysctls, not an array",
                "k:4:11: host.modules: must be a list of strings, not a string"});
}

TEST_CASE("impossible values are mistakes") {
    CHECK(mistakes_in("[[domain]]\nmatch = []\nqueues = 257\nvhost_cpus = -1\n") ==
          Texts{"k:2:9: domain.match: an empty list matches nothing",
                "k:3:10: domain.queues: must be \"auto\" or 1 to 256, not 257",
                "k:4:14: domain.vhost_cpus: must be \"auto\" or 1 to 256, not -1"});
    CHECK(mistakes_in("host.cpus.housekeeping = ''\n") == Texts{"k:1:26: host.cpus.housekeeping: names no CPU"});
    CHECK(mistakes_in("host.cpus.housekeeping = '9000'\n") ==
          Texts{"k:1:26: host.cpus.housekeeping: CPU 9000 is beyond the kernel's largest number"});
    CHECK(mistakes_in("[host.sysctl]\n'a.b' = ' '\n'a.c' = \"1\\nkernel.panic = 1\"\n'a.d' = 2030-01-01\n"
                      "'a.e' = 99999999999999999999\n") ==
          Texts{"k:2:9: host.sysctl: \"a.b\" must not be empty",
                "k:3:9: host.sysctl: \"a.c\" must be one line without control characters",
                "k:4:9: host.sysctl: \"a.d\" must be an integer or a string, not a date or time",
                "k:5:9: host.sysctl: \"a.e\" must be an integer or a string, not an integer beyond 64 bits"});
}

TEST_CASE("one sysctl in two spellings is a mistake") {
    CHECK(mistakes_in("[host.sysctl]\nnet.core.somaxconn = 1\n'net.core.somaxconn' = 2\n") ==
          Texts{"k:3:24: host.sysctl: \"net.core.somaxconn\" is named twice"});
}

TEST_CASE("mistakes come from all files, also beside one that is not TOML") {
    CHECK(mistakes_in({{"a", "[host]\npersist = 1\n"}, {"b", "[host\n"}, {"c", "x = 1\n"}}) ==
          Texts{"a:2:11: host.persist: must be true or false, not an integer",
                "b:1:1: not TOML: an invalid key appeared: is not a valid key", "c:1:5: x: unknown key"});
}

TEST_CASE("a mistake of a file as a whole has no place") {
    CHECK(text_of({"f", 0, 0, "Permission denied"}) == "f: Permission denied");
    CHECK(text_of({"f", 3, 4, "wrong"}) == "f:3:4: wrong");
}

}  // namespace mistakes_test
