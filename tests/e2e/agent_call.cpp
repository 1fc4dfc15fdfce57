// agent-call: asks the agent behind a UNIX socket, as the daemon would, and prints a line a knob. For tests.
//   agent-call SOCKET hello
//   agent-call SOCKET observe
//   agent-call SOCKET put KNOB=VALUE...
//   agent-call SOCKET revert [KNOB...]
// Exit status: 0 all done, 1 no answer or something was not done, 2 usage.
#include <cstdio>
#include <string>
#include <vector>

#include "daemon/guest/channel.hpp"
#include "daemon/guest/guest_world.hpp"

namespace {

using namespace kvmtune;

/// Longer than an emulated machine needs to restart its agent.
constexpr std::chrono::seconds patience{60};

constexpr int failed = 1;
constexpr int usage = 2;

void say(const std::string &line) {
    std::printf("%s\n", line.c_str());
}

int complain(const Error &error) {
    std::fprintf(stderr, "agent-call: %s\n", error.what.c_str());
    return failed;
}

std::string word_for(protocol::Outcome::State state) {
    if (state == protocol::Outcome::State::done) return "done";
    return state == protocol::Outcome::State::failed ? "failed" : "yielded";
}

int tell(const Result<protocol::Outcomes> &outcomes) {
    if (!outcomes) return complain(outcomes.error());
    int status = 0;
    for (const auto &[knob, outcome] : *outcomes) {
        say(knob + " " + word_for(outcome.state) + " " + outcome.value +
            (outcome.why.empty() ? "" : ": " + outcome.why));
        if (outcome.state != protocol::Outcome::State::done) status = failed;
    }
    return status;
}

int hello(guest::Channel &channel) {
    const auto hello = channel.hello(patience);
    if (!hello) return complain(hello.error());
    say("agent " + hello->agent_version);
    say("boot " + hello->boot_id);
    for (const std::string &knob : hello->knobs) say(knob);
    return 0;
}

int observe(guest::Channel &channel) {
    const auto facts = channel.observe(patience);
    if (!facts) return complain(facts.error());
    say("boot " + facts->boot_id);
    for (const auto &[target, observation] : guest::observed_in(*facts, "")) {
        say(target.name + " " + observation.value.value_or(""));
    }
    for (const plan::GuestNic &nic : facts->nics) {
        if (nic.mtu_max) say("nic/" + nic.mac + "/mtu_max " + std::to_string(*nic.mtu_max));
        if (!nic.rings_fixed.empty()) say("nic/" + nic.mac + "/rings_fixed " + nic.rings_fixed);
    }
    return 0;
}

int put(guest::Channel &channel, const std::vector<std::string> &words) {
    std::map<std::string, std::string> knobs;
    for (const std::string &word : words) {
        const auto equals = word.find('=');
        if (equals == std::string::npos) return usage;
        knobs[word.substr(0, equals)] = word.substr(equals + 1);
    }
    return tell(channel.put(knobs, patience));
}

int revert(guest::Channel &channel, const std::vector<std::string> &words) {
    if (words.empty()) return tell(channel.revert_all(patience));
    return tell(channel.revert({words.begin(), words.end()}, patience));
}

int run(const std::string &socket, const std::string &verb, const std::vector<std::string> &words) {
    auto channel = guest::Channel::connect(socket, patience);
    if (!channel) return complain(channel.error());
    if (verb == "hello") return hello(*channel);
    if (verb == "observe") return observe(*channel);
    if (verb == "put") return put(*channel, words);
    if (verb == "revert") return revert(*channel, words);
    return usage;
}

}  // namespace

int main(int count, char **arguments) {
    const std::vector<std::string> words(arguments + 1, arguments + count);
    const int status = words.size() < 2 ? usage : run(words[0], words[1], {words.begin() + 2, words.end()});
    if (status == usage)
        std::fputs("usage: agent-call SOCKET hello|observe|put KNOB=VALUE...|revert [KNOB...]\n", stderr);
    return status;
}
