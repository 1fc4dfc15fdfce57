#include "base/json.hpp"
#include "guest-agent/protocol/codec.hpp"
#include "guest-agent/protocol/frame.hpp"
#include "guest-agent/protocol/member.hpp"

namespace kvmtune::protocol {

namespace {

const char *verb_of(const AskHello &) {
    return "hello";
}
const char *verb_of(const Observe &) {
    return "observe";
}
const char *verb_of(const Put &) {
    return "put";
}
const char *verb_of(const Revert &) {
    return "revert";
}
const char *verb_of(const Ping &) {
    return "ping";
}

void add_members(Json &, const Observe &) {}
void add_members(Json &, const Ping &) {}

void add_members(Json &object, const AskHello &) {
    object.add("version", version);
}

void add_members(Json &object, const Put &put) {
    Json knobs{Json::Object{}};
    for (const auto &[knob, value] : put.knobs) knobs.add(knob, value);
    object.add("knobs", std::move(knobs));
}

void add_members(Json &object, const Revert &revert) {
    if (!revert.knobs) return;
    Json knobs{Json::Array{}};
    for (const auto &knob : *revert.knobs) knobs.push(knob);
    object.add("knobs", std::move(knobs));
}

Result<Request> put_from(const Json &object) {
    Put put;
    put.knobs = TRY(values_in(object, "knobs", most_knobs));
    return Request(std::move(put));
}

Result<Request> revert_from(const Json &object) {
    Revert revert;
    if (object.find("knobs") == nullptr) return Request(revert);
    const std::vector<std::string> knobs = TRY(names_in(object, "knobs", most_knobs));
    revert.knobs.emplace(knobs.begin(), knobs.end());
    return Request(std::move(revert));
}

Result<Request> request_from(const Json &object) {
    const std::string verb = TRY(text_in(object, "verb", longest_name));
    if (verb == "hello") return Request(AskHello{});
    if (verb == "observe") return Request(Observe{});
    if (verb == "put") return put_from(object);
    if (verb == "revert") return revert_from(object);
    if (verb == "ping") return Request(Ping{});
    return failure(ErrorKind::unsupported, "unknown verb " + verb);
}

}  // namespace

Result<std::string> frame_of(const Call &call) {
    Json object;
    object.add("id", text_of(call.id));
    std::visit(
        [&](const auto &request) {
            object.add("verb", verb_of(request));
            add_members(object, request);
        },
        call.request);
    std::string frame = object.line();
    if (frame.size() > frame_limit) return failure(ErrorKind::invalid, "request to a guest: too large for one frame");
    return frame + "\n";
}

Result<Incoming> incoming_from(std::string_view frame) {
    const Json object = TRY(object_from(frame));
    const std::string text = TRY(text_in(object, "id", longest_name));
    std::optional<Id> id = id_from(text);
    if (!id) return failure(ErrorKind::invalid, "member \"id\": not an id");
    return Incoming{std::move(*id), request_from(object)};
}

}  // namespace kvmtune::protocol
