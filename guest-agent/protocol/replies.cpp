#include <array>
#include <utility>

#include "base/json.hpp"
#include "base/links.hpp"
#include "guest-agent/protocol/codec.hpp"
#include "guest-agent/protocol/frame.hpp"
#include "guest-agent/protocol/member.hpp"

namespace kvmtune::protocol {

namespace {

constexpr std::size_t longest_version = 64;
constexpr std::size_t longest_interface = 15;  // IFNAMSIZ, without its end
constexpr std::uint64_t most_cpus = 65536;
constexpr std::uint64_t most_memory = std::uint64_t{1} << 60;
constexpr std::uint64_t most_channels = 65535;
constexpr std::uint64_t most_mtu = 65536;
constexpr std::uint64_t most_ring = 1 << 20;

constexpr std::array<std::pair<ErrorKind, const char *>, 8> kinds{{
    {ErrorKind::not_found, "not-found"},
    {ErrorKind::denied, "denied"},
    {ErrorKind::busy, "busy"},
    {ErrorKind::invalid, "invalid"},
    {ErrorKind::unsupported, "unsupported"},
    {ErrorKind::changed, "changed"},
    {ErrorKind::timed_out, "timed-out"},
    {ErrorKind::failed, "failed"},
}};

constexpr std::array<std::pair<Outcome::State, const char *>, 3> states{{
    {Outcome::State::done, "done"},
    {Outcome::State::failed, "failed"},
    {Outcome::State::yielded, "yielded"},
}};

template <class Table, class Key>
const char *word_for(const Table &table, Key key) {
    for (const auto &[value, word] : table) {
        if (value == key) return word;
    }
    return "failed";
}

template <class Names>
Json array_of(const Names &names) {
    Json array{Json::Array{}};
    for (const auto &name : names) array.push(name);
    return array;
}

Json json_of(std::uint64_t number) {
    return Json(static_cast<std::int64_t>(number));
}

Json json_of(const Nic &nic) {
    Json object;
    object.add("mac", nic.mac);
    object.add("name", nic.name);
    object.add("mtu", nic.mtu);
    if (nic.channels) object.add("channels", *nic.channels);
    if (nic.channels_max) object.add("channels_max", *nic.channels_max);
    if (nic.mtu_max) object.add("mtu_max", *nic.mtu_max);
    if (nic.rx_ring) object.add("rx_ring", *nic.rx_ring);
    if (nic.rx_ring_max) object.add("rx_ring_max", *nic.rx_ring_max);
    if (nic.tx_ring) object.add("tx_ring", *nic.tx_ring);
    if (nic.tx_ring_max) object.add("tx_ring_max", *nic.tx_ring_max);
    if (!nic.rings_fixed.empty()) object.add("rings_fixed", tame(nic.rings_fixed, longest_note));
    if (nic.kept_name) object.add("kept_name", tame(*nic.kept_name, longest_interface));
    return object;
}

Json json_of(const Outcome &outcome) {
    Json object;
    object.add("state", word_for(states, outcome.state));
    object.add("value", outcome.value);
    if (!outcome.why.empty()) object.add("why", tame(outcome.why, longest_reason));
    return object;
}

void add_members(Json &object, const Hello &hello) {
    object.add("verb", "hello");
    object.add("version", hello.version);
    object.add("agent", hello.agent_version);
    object.add("boot_id", hello.boot_id);
    object.add("knobs", array_of(hello.knobs));
}

void add_members(Json &object, const View &view) {
    object.add("verb", "observe");
    object.add("boot_id", view.boot_id);
    object.add("agent", view.agent_version);
    object.add("cpus", view.cpus);
    object.add("memory", json_of(view.memory));
    if (!view.kernel.empty()) object.add("kernel", tame(view.kernel, longest_version));
    if (view.ahci) object.add("ahci", *view.ahci);
    if (view.virtio_1) object.add("virtio_1", *view.virtio_1);
    object.add("sysctl_names", array_of(view.sysctl_names));
    Json sysctls{Json::Object{}};
    for (const auto &[name, value] : view.sysctls) sysctls.add(name, value);
    object.add("sysctls", std::move(sysctls));
    Json nics{Json::Array{}};
    for (const Nic &nic : view.nics) nics.push(json_of(nic));
    object.add("nics", std::move(nics));
    Json held{Json::Object{}};
    for (const auto &[knob, original] : view.held) held.add(knob, original);
    object.add("held", std::move(held));
}

void add_members(Json &object, const Outcomes &outcomes) {
    object.add("verb", "outcomes");
    Json knobs{Json::Object{}};
    for (const auto &[knob, outcome] : outcomes) knobs.add(knob, json_of(outcome));
    object.add("knobs", std::move(knobs));
}

void add_members(Json &object, const Pong &) {
    object.add("verb", "ping");
}

void add_members(Json &object, const Error &error) {
    Json member;
    member.add("kind", word_for(kinds, error.kind));
    member.add("what", tame(error.what, longest_reason));
    object.add("verb", "error");
    object.add("error", std::move(member));
}

Result<std::string> boot_id_in(const Json &object) {
    std::string boot_id = TRY(text_in(object, "boot_id", longest_name));
    if (!is_uuid(boot_id)) return failure(ErrorKind::invalid, "member \"boot_id\": not a boot id");
    return boot_id;
}

Result<Answer> hello_from(const Json &object) {
    Hello hello;
    hello.version = static_cast<unsigned>(TRY(number_in(object, "version", 1, 1u << 16)));
    if (hello.version != version) return Answer(std::move(hello));  // the rest may be of any shape
    hello.agent_version = TRY(text_in(object, "agent", longest_version));
    hello.boot_id = TRY(boot_id_in(object));
    hello.knobs = TRY(names_in(object, "knobs", most_knobs));
    return Answer(std::move(hello));
}

/// How much of something a NIC has, and how much it can have.
struct Extent {
    std::optional<unsigned> now;
    std::optional<unsigned> max;
};

std::optional<unsigned> narrow(const std::optional<std::uint64_t> &number) {
    if (!number) return std::nullopt;
    return static_cast<unsigned>(*number);
}

/// The members NAME and NAME_max: both or neither, and the one within the other.
Result<Extent> extent_in(const Json &object, const std::string &name, std::uint64_t most) {
    const auto now = TRY(maybe_number_in(object, name.c_str(), 1, most));
    const auto max = TRY(maybe_number_in(object, (name + "_max").c_str(), 1, most));
    if (now.has_value() != max.has_value() || now > max) {
        return failure(ErrorKind::invalid, "member \"" + name + "\": does not fit " + name + "_max");
    }
    return Extent{narrow(now), narrow(max)};
}

Result<Nic> nic_from(const Json &object) {
    Nic nic;
    nic.mac = TRY(text_in(object, "mac", longest_name));
    if (!is_mac(nic.mac)) return failure(ErrorKind::invalid, "member \"mac\": not an address");
    nic.name = TRY(text_in(object, "name", longest_interface));
    nic.mtu = static_cast<unsigned>(TRY(number_in(object, "mtu", 1, most_mtu)));
    nic.mtu_max = narrow(TRY(maybe_number_in(object, "mtu_max", 1, most_mtu)));
    const auto channels = TRY(extent_in(object, "channels", most_channels));
    const auto rx = TRY(extent_in(object, "rx_ring", most_ring));
    const auto tx = TRY(extent_in(object, "tx_ring", most_ring));
    nic.channels = channels.now;
    nic.channels_max = channels.max;
    nic.rx_ring = rx.now;
    nic.rx_ring_max = rx.max;
    nic.tx_ring = tx.now;
    nic.tx_ring_max = tx.max;
    if (object.find("rings_fixed") != nullptr) nic.rings_fixed = TRY(text_in(object, "rings_fixed", longest_note));
    if (object.find("kept_name") != nullptr) nic.kept_name = TRY(text_in(object, "kept_name", longest_interface));
    return nic;
}

Result<std::vector<Nic>> nics_in(const Json &object) {
    const Json::Array items = TRY(array_in(object, "nics", most_nics));
    std::vector<Nic> nics;
    std::set<std::string> macs;
    for (const Json &item : items) {
        nics.push_back(TRY(nic_from(item)));
        if (!macs.insert(nics.back().mac).second) {
            return failure(ErrorKind::invalid, "member \"nics\": two with one address");
        }
    }
    return nics;
}

Result<Answer> view_from(const Json &object) {
    View view;
    view.boot_id = TRY(boot_id_in(object));
    view.agent_version = TRY(text_in(object, "agent", longest_version));
    view.cpus = static_cast<unsigned>(TRY(number_in(object, "cpus", 1, most_cpus)));
    view.memory = TRY(number_in(object, "memory", 1, most_memory));
    if (object.find("kernel") != nullptr) view.kernel = TRY(text_in(object, "kernel", longest_version));
    view.ahci = TRY(maybe_truth_in(object, "ahci"));
    view.virtio_1 = TRY(maybe_truth_in(object, "virtio_1"));
    const auto names = TRY(names_in(object, "sysctl_names", most_sysctls));
    view.sysctl_names.insert(names.begin(), names.end());
    view.sysctls = TRY(values_in(object, "sysctls", most_sysctls));
    for (const auto &[name, value] : view.sysctls) {
        if (view.sysctl_names.count(name) == 0) {
            return failure(ErrorKind::invalid, "member \"sysctls\": " + name + " is not in sysctl_names");
        }
    }
    view.nics = TRY(nics_in(object));
    if (object.find("held") != nullptr) view.held = TRY(values_in(object, "held", most_knobs));
    return Answer(std::move(view));
}

Result<Outcome> outcome_from(const Json &object) {
    Outcome outcome;
    const std::string word = TRY(text_in(object, "state", longest_name));
    bool known = false;
    for (const auto &[state, name] : states) {
        if (word != name) continue;
        outcome.state = state;
        known = true;
    }
    if (!known) return failure(ErrorKind::invalid, "member \"state\": unknown");
    outcome.value = TRY(text_in(object, "value", longest_value));
    if (object.find("why") != nullptr) outcome.why = TRY(text_in(object, "why", longest_reason));
    return outcome;
}

Result<Answer> outcomes_from(const Json &object) {
    const Json::Object members = TRY(object_in(object, "knobs", most_knobs));
    Outcomes outcomes;
    for (const auto &[knob, member] : members) {
        if (!is_name(knob)) return failure(ErrorKind::invalid, "member \"knobs\": not a knob's name");
        outcomes.emplace(knob, TRY(outcome_from(member)));
    }
    return Answer(std::move(outcomes));
}

Result<Answer> error_from(const Json &object) {
    const Json *member = object.find("error");
    if (member == nullptr) return failure(ErrorKind::invalid, "member \"error\": missing");
    const std::string word = TRY(text_in(*member, "kind", longest_name));
    Error error;
    error.what = TRY(text_in(*member, "what", longest_reason));
    for (const auto &[kind, name] : kinds) {
        if (word == name) error.kind = kind;
    }
    return Answer(std::move(error));
}

Result<Answer> answer_from(const Json &object, const std::string &verb) {
    if (verb == "hello") return hello_from(object);
    if (verb == "observe") return view_from(object);
    if (verb == "outcomes") return outcomes_from(object);
    if (verb == "ping") return Answer(Pong{});
    if (verb == "error") return error_from(object);
    return failure(ErrorKind::unsupported, "unknown verb " + verb);
}

}  // namespace

Result<std::string> frame_of(const Reply &reply) {
    Json object;
    if (reply.id) object.add("id", text_of(*reply.id));
    std::visit([&](const auto &answer) { add_members(object, answer); }, reply.answer);
    std::string frame = object.line();
    if (frame.size() > frame_limit) return failure(ErrorKind::invalid, "reply: too large for one frame");
    return frame + "\n";
}

Result<Reply> reply_from(std::string_view frame) {
    const Json object = TRY(object_from(frame));
    const std::string verb = TRY(text_in(object, "verb", longest_name));
    Reply reply;
    if (object.find("id") != nullptr) {
        reply.id = id_from(TRY(text_in(object, "id", longest_name)));
        if (!reply.id) return failure(ErrorKind::invalid, "member \"id\": not an id");
    } else if (verb != "hello") {
        return failure(ErrorKind::invalid, "member \"id\": missing");
    }
    reply.answer = TRY(answer_from(object, verb));
    return reply;
}

}  // namespace kvmtune::protocol
