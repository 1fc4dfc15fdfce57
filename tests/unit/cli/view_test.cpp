#include "daemon/cli/view.hpp"

#include <doctest/doctest.h>

namespace view_test {

using namespace kvmtune;

namespace {

constexpr const char *uuid = "6ba7b810-9dad-11d1-80b4-00c04fd430c8";

std::string shown(cli::Command command, const std::string &answer) {
    cli::Options options;
    options.command = command;
    options.subject = "web01";
    return text_of(parse_json(answer).value(), options, cli::Palette::plain());
}

}  // namespace

TEST_CASE("a plan is shown by unit, with a file by its lines, the class where it is not live, and the reason") {
    const auto text = shown(cli::Command::plan, R"({"as_desired":false,"changes":[
        {"target":"file:etc/x.conf","layer":"file","from":null,"to":"a\nb\n","disruption":"live","because":"b"},
        {"target":"element:6ba7b810-9dad-11d1-80b4-00c04fd430c8:cputune/emulatorpin","layer":"definition",
         "domain":"web01","from":"0-3","to":"8-9","disruption":"next-boot","because":"near"}],
        "pending":[{"target":"knob:6ba7b810-9dad-11d1-80b4-00c04fd430c8:sysctl/a.b","layer":"guest","domain":"web01",
         "value":"1","waits_for":"the guest's agent"}],"diff":""})");
    CHECK(text.starts_with("host\n  file       etc/x.conf"));
    CHECK(text.find("- -> 2 lines  (b)\n") != std::string::npos);
    CHECK(text.find("web01\n  definition cputune/emulatorpin") != std::string::npos);
    CHECK(text.find("0-3 -> 8-9  [next-boot]  (near)\n") != std::string::npos);
    CHECK(text.find("web01 (pending)\n  guest      sysctl/a.b") != std::string::npos);
    CHECK(text.find("\nPlan: 2 changes, 1 pending.\n") != std::string::npos);
}

TEST_CASE("an account says what was made, what was not and why") {
    const auto text = shown(cli::Command::apply, R"({"failed":true,"changes":[
        {"target":"sysctl:a.b","layer":"sysctl","from":"1","to":"2","disruption":"live","because":"","status":"done"},
        {"target":"sysctl:a.c","layer":"sysctl","from":"1","to":"2","disruption":"live","because":"",
         "status":"failed","why":"Permission denied"}],
        "restarted":["web01"],"failures":[{"about":"db","what":"it did not stop"}],"left":[],"pending":[]})");
    CHECK(text.find("failed: Permission denied\n") != std::string::npos);
    CHECK(text.find("web01\n  restarted\n") != std::string::npos);
    CHECK(text.find("db\n  failed: it did not stop\n") != std::string::npos);
    CHECK(text.ends_with("\n1 change made, 2 not, 0 pending.\n"));
}

TEST_CASE("an explanation tells what is wanted, what is there and whose it is") {
    const auto text = shown(cli::Command::explain, R"({"targets":[
        {"target":"knob:6ba7b810-9dad-11d1-80b4-00c04fd430c8:nic/52:54:00:00:00:01/channels","layer":"guest",
         "domain":"web01","wanted":"4","because":"as many as queues","policy":"k.toml:7","disruption":"link",
         "observed":false,"found":null,"held":false,"before":null,"given":[],"owner":"the guest","state":"pending",
         "remarks":[]}],"findings":[]})");
    CHECK(text.starts_with("web01 guest nic/52:54:00:00:00:01/channels\n  wanted    4  [link]\n"));
    CHECK(text.find("  found     cannot be seen now\n") != std::string::npos);
    CHECK(shown(cli::Command::explain, R"({"targets":[]})") == "web01: nothing is wished for and nothing is held\n");
}

TEST_CASE("findings have names for UUIDs, also those inside of an overview") {
    const std::string finding =
        std::string(R"({"about":"element:)") + uuid + R"(:cputune/vcpupin/0","what":"left alone","domain":"web01"})";
    const std::string line = "kvmtune: element:web01:cputune/vcpupin/0: left alone\n";
    CHECK(cli::findings_in(parse_json(R"({"findings":[)" + finding + "]}").value()) == line);
    CHECK(cli::findings_in(parse_json(R"({"plan":{"findings":[)" + finding + "]}}").value()) == line);
    CHECK(cli::findings_in(
              parse_json(R"({"findings":[{"about":"web01","what":"left alone","domain":"web01"}]})").value()) ==
          "kvmtune: web01: left alone\n");
}

}  // namespace view_test
