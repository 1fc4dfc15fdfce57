#include "daemon/bus/tuner.hpp"

#include <systemd/sd-event.h>

#include <cstdlib>
#include <map>
#include <string_view>

#include "daemon/bus/authority.hpp"
#include "daemon/bus/names.hpp"
#include "daemon/bus/typed.hpp"
#include "daemon/bus/wire.hpp"

namespace kvmtune::bus {

namespace {

using answers::Question;
using answers::Request;

/// More calls than these at a time are refused: nobody grows the daemon by asking.
constexpr std::size_t most_calls = 64;

class OnBus final : public Tuner {
  public:
    explicit OnBus(Answerer &answerer) : answerer_(answerer) {}

    [[nodiscard]] Result<> open(sd_event *event);
    /// Takes a method call on; what is wrong with it is answered at once.
    int called(sd_bus_message *message, Question question, sd_bus_error *error);
    int called_for_guests(sd_bus_message *message, sd_bus_error *error);
    [[nodiscard]] const Answerer &answerer() const { return answerer_; }

    std::optional<bool> host_goes_down() override;
    void standing_changed() override;
    void tuned(const std::string &domain) override { emit("Tuned", "s", domain.c_str()); }
    void drift(const std::string &target, const std::string &wanted, const std::string &found) override {
        emit("Drift", "sss", target.c_str(), wanted.c_str(), found.c_str());
    }
    void guest_ready(const std::string &domain) override { emit("GuestReady", "s", domain.c_str()); }
    void finding(const plan::Finding &finding) override {
        emit("Finding", "ss", finding.about.c_str(), finding.what.c_str());
    }

  private:
    using Reply = int (*)(sd_bus_message *call, const Json &answer);
    struct Call {
        Message message;
        Request request;
        Reply reply;
        Inquiry inquiry;
    };

    int take(sd_bus_message *message, Request request, Reply reply, sd_bus_error *error);
    void permitted(std::uint64_t id, Result<> permission);
    void answered(std::uint64_t id, const Result<Json> &answer);
    void refuse(std::uint64_t id, const Error &error);

    template <class... Values>
    void emit(const char *signal, const char *types, Values... values) {
        // A signal that cannot be sent is a lost event: whoever needs to know can ask.
        sd_bus_emit_signal(bus_.get(), path, interface, signal, types, values...);
    }

    Answerer &answerer_;
    Bus bus_;
    Slot object_;
    Standing shown_;
    std::uint64_t last_call_ = 0;
    std::map<std::uint64_t, Call> calls_;
};

OnBus &of(void *userdata) {
    return *static_cast<OnBus *>(userdata);
}

template <Question question>
int on_call(sd_bus_message *message, void *userdata, sd_bus_error *error) noexcept {
    return of(userdata).called(message, question, error);
}

int on_guests(sd_bus_message *message, void *userdata, sd_bus_error *error) noexcept {
    return of(userdata).called_for_guests(message, error);
}

int on_findings(sd_bus_message *message, void *userdata, sd_bus_error *) noexcept {
    return reply_with_findings(message, of(userdata).answerer().findings());
}

int show_version(sd_bus *, const char *, const char *, const char *, sd_bus_message *reply, void *,
                 sd_bus_error *) noexcept {
    return sd_bus_message_append(reply, "s", KVMTUNE_VERSION);
}

template <auto member>
int show_truth(sd_bus *, const char *, const char *, const char *, sd_bus_message *reply, void *userdata,
               sd_bus_error *) noexcept {
    return sd_bus_message_append(reply, "b", of(userdata).answerer().standing().*member ? 1 : 0);
}

template <auto member>
int show_count(sd_bus *, const char *, const char *, const char *, sd_bus_message *reply, void *userdata,
               sd_bus_error *) noexcept {
    return sd_bus_message_append(reply, "u", of(userdata).answerer().standing().*member);
}

// The functions take what they need through userdata, and so all offsets are 0.
constexpr std::uint64_t free_to_all = SD_BUS_VTABLE_UNPRIVILEGED;
constexpr std::uint64_t told = SD_BUS_VTABLE_PROPERTY_EMITS_CHANGE;

#define QUESTION(name, question)                                                                          \
    SD_BUS_METHOD_WITH_ARGS(name, SD_BUS_ARGS("as", domains, "a{sv}", options), SD_BUS_RESULT("s", json), \
                            on_call<Question::question>, free_to_all)

const sd_bus_vtable vtable[] = {
    SD_BUS_VTABLE_START(0),
    QUESTION("Plan", plan),
    QUESTION("Apply", apply),
    QUESTION("Verify", verify),
    QUESTION("Rollback", rollback),
    QUESTION("Status", status),
    QUESTION("Facts", facts),
    QUESTION("Topology", topology),
    SD_BUS_METHOD_WITH_ARGS("Explain", SD_BUS_ARGS("s", subject, "a{sv}", options), SD_BUS_RESULT("s", json),
                            on_call<Question::explain>, free_to_all),
    SD_BUS_METHOD_WITH_ARGS("Guests", SD_BUS_NO_ARGS, SD_BUS_RESULT("a(sssuu)", name_state_agent_held_pending),
                            on_guests, free_to_all),
    SD_BUS_METHOD_WITH_ARGS("Findings", SD_BUS_NO_ARGS, SD_BUS_RESULT("a(ss)", about_what), on_findings, free_to_all),
    SD_BUS_PROPERTY("Version", "s", show_version, 0, SD_BUS_VTABLE_PROPERTY_CONST),
    SD_BUS_PROPERTY("Connected", "b", show_truth<&Standing::connected>, 0, told),
    SD_BUS_PROPERTY("PolicyInForce", "b", show_truth<&Standing::policy_in_force>, 0, told),
    SD_BUS_PROPERTY("AsDesired", "b", show_truth<&Standing::as_desired>, 0, told),
    SD_BUS_PROPERTY("ToChange", "u", show_count<&Standing::to_change>, 0, told),
    SD_BUS_PROPERTY("Pending", "u", show_count<&Standing::pending>, 0, told),
    SD_BUS_SIGNAL_WITH_ARGS("Tuned", SD_BUS_ARGS("s", domain), 0),
    SD_BUS_SIGNAL_WITH_ARGS("Drift", SD_BUS_ARGS("s", target, "s", wanted, "s", found), 0),
    SD_BUS_SIGNAL_WITH_ARGS("GuestReady", SD_BUS_ARGS("s", domain), 0),
    SD_BUS_SIGNAL_WITH_ARGS("Finding", SD_BUS_ARGS("s", about, "s", what), 0),
    SD_BUS_SIGNAL_WITH_ARGS("Progress", SD_BUS_ARGS("s", doing), 0),
    SD_BUS_VTABLE_END,
};

#undef QUESTION

int reply_with_json(sd_bus_message *call, const Json &answer) {
    return sd_bus_reply_method_return(call, "s", answer.line().c_str());
}

Result<> OnBus::open(sd_event *event) {
    sd_bus *raw = nullptr;
    int result = sd_bus_open_system(&raw);
    if (result < 0) return system_failure("open the system bus", -result);
    bus_.reset(raw);
    sd_bus_slot *slot = nullptr;
    result = sd_bus_add_object_vtable(raw, &slot, path, interface, vtable, this);
    if (result < 0) return system_failure("put an object on the bus", -result);
    object_.reset(slot);
    result = sd_bus_request_name(raw, name, 0);
    if (result == -EEXIST) return failure(ErrorKind::busy, std::string(name) + ": another daemon has this name");
    if (result >= 0) result = sd_bus_attach_event(raw, event, SD_EVENT_PRIORITY_NORMAL);
    if (result < 0) return system_failure(std::string("take the name ") + name, -result);
    shown_ = answerer_.standing();
    return {};
}

int OnBus::called(sd_bus_message *message, Question question, sd_bus_error *error) {
    auto request = request_in(message, question);
    if (!request) return sd_bus_error_set(error, error_name(request.error().kind), request.error().what.c_str());
    return take(message, *std::move(request), reply_with_json, error);
}

int OnBus::called_for_guests(sd_bus_message *message, sd_bus_error *error) {
    return take(message, Request{}, reply_with_guests, error);
}

int OnBus::take(sd_bus_message *message, Request request, Reply reply, sd_bus_error *error) {
    if (calls_.size() >= most_calls)
        return sd_bus_error_set(error, error_name(ErrorKind::busy), "too many calls are waiting for an answer");
    const auto id = ++last_call_;
    auto &call = calls_[id];
    call.message.reset(sd_bus_message_ref(message));
    call.request = std::move(request);
    call.reply = reply;
    call.inquiry.done = [this, id](Result<> permission) { permitted(id, std::move(permission)); };
    if (call.request.changes()) {
        authorize(message, change_action, call.inquiry);
    } else {
        permitted(id, {});
    }
    return 1;
}

void OnBus::permitted(std::uint64_t id, Result<> permission) {
    if (!permission) return refuse(id, permission.error());
    answerer_.ask(
        calls_.at(id).request, [this, id](const Result<Json> &answer) { answered(id, answer); },
        [this](const std::string &doing) { emit("Progress", "s", doing.c_str()); });
}

void OnBus::answered(std::uint64_t id, const Result<Json> &answer) {
    if (!answer) return refuse(id, answer.error());
    const auto &call = calls_.at(id);
    call.reply(call.message.get(), *answer);
    calls_.erase(id);
}

void OnBus::refuse(std::uint64_t id, const Error &error) {
    sd_bus_reply_method_errorf(calls_.at(id).message.get(), error_name(error.kind), "%s", error.what.c_str());
    calls_.erase(id);
}

std::optional<bool> OnBus::host_goes_down() {
    sd_bus_set_method_call_timeout(bus_.get(), two_seconds);
    char *raw = nullptr;
    const int result = sd_bus_get_property_string(bus_.get(), "org.freedesktop.systemd1", "/org/freedesktop/systemd1",
                                                  "org.freedesktop.systemd1.Manager", "SystemState", nullptr, &raw);
    const std::unique_ptr<char, decltype(&std::free)> state(raw, std::free);
    if (result < 0) return std::nullopt;
    return std::string_view(state.get()) == "stopping";
}

void OnBus::standing_changed() {
    const auto now = answerer_.standing();
    if (now == shown_) return;
    shown_ = now;
    sd_bus_emit_properties_changed(bus_.get(), path, interface, "Connected", "PolicyInForce", "AsDesired", "ToChange",
                                   "Pending", nullptr);
}

}  // namespace

Result<std::unique_ptr<Tuner>> open_tuner(sd_event *event, Answerer &answerer) {
    auto tuner = std::make_unique<OnBus>(answerer);
    TRY(tuner->open(event));
    return tuner;
}

}  // namespace kvmtune::bus
