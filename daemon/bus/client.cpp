#include "daemon/bus/client.hpp"

#include <cstdint>
#include <map>
#include <string_view>

#include "daemon/bus/names.hpp"
#include "daemon/bus/wire.hpp"

namespace kvmtune::bus {

namespace {

constexpr std::uint64_t forever = UINT64_MAX;

/// A call under way.
struct Conversation {
    const pipeline::Tell &tell;
    bool over = false;
    Result<Json> answer = failure(ErrorKind::failed, "the daemon gave no answer");
};

int on_progress(sd_bus_message *signal, void *userdata, sd_bus_error *) noexcept {
    const auto &tell = static_cast<const Conversation *>(userdata)->tell;
    const char *doing = nullptr;
    if (tell && sd_bus_message_read(signal, "s", &doing) >= 0) tell(doing);
    return 0;
}

Result<Json> json_in(sd_bus_message *message) {
    const char *text = nullptr;
    if (sd_bus_message_read(message, "s", &text) < 0)
        return failure(ErrorKind::failed, "the daemon answers in riddles");
    return parse_json(text);
}

int on_answer(sd_bus_message *message, void *userdata, sd_bus_error *) noexcept {
    auto &conversation = *static_cast<Conversation *>(userdata);
    conversation.over = true;
    if (const auto *error = sd_bus_message_get_error(message)) {
        conversation.answer = failure(kind_of(error->name), error->message != nullptr ? error->message : error->name);
    } else {
        conversation.answer = json_in(message);
    }
    return 0;
}

/// One of the entries of an "a{sv}"; properties of a later daemon are passed over. Like sd-bus: negative if it fails.
int read_property(sd_bus_message *message, Standing &standing) {
    const std::map<std::string_view, bool *> truths = {{"Connected", &standing.connected},
                                                       {"PolicyInForce", &standing.policy_in_force},
                                                       {"AsDesired", &standing.as_desired}};
    const std::map<std::string_view, std::uint32_t *> numbers = {{"ToChange", &standing.to_change},
                                                                 {"Pending", &standing.pending}};
    const char *property = nullptr;
    const int result = sd_bus_message_read(message, "s", &property);
    if (result < 0) return result;
    if (const auto number = numbers.find(property); number != numbers.end())
        return sd_bus_message_read(message, "v", "u", number->second);
    const auto truth = truths.find(property);
    if (truth == truths.end()) return sd_bus_message_skip(message, "v");
    int value = 0;
    const int read = sd_bus_message_read(message, "v", "b", &value);
    *truth->second = value != 0;
    return read;
}

int read_properties(sd_bus_message *message, Standing &standing) {
    int result = sd_bus_message_enter_container(message, 'a', "{sv}");
    while (result >= 0 && (result = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
        result = read_property(message, standing);
        if (result >= 0) result = sd_bus_message_exit_container(message);
    }
    return result;
}

class OverBus final : public Client {
  public:
    explicit OverBus(Bus bus) : bus_(std::move(bus)) {}

    Result<Json> ask(const answers::Request &request, const pipeline::Tell &tell) override {
        Conversation conversation{tell};
        sd_bus_slot *raw = nullptr;
        if (sd_bus_match_signal(bus_.get(), &raw, name, path, interface, "Progress", on_progress, &conversation) < 0)
            raw = nullptr;
        const Slot progress(raw);
        const auto call = TRY(called(request, conversation));
        while (!conversation.over) TRY(turn());
        return std::move(conversation.answer);
    }

    Result<Standing> standing() override {
        sd_bus_set_method_call_timeout(bus_.get(), two_seconds);
        sd_bus_message *raw = nullptr;
        int result = sd_bus_call_method(bus_.get(), name, path, "org.freedesktop.DBus.Properties", "GetAll", nullptr,
                                        &raw, "s", interface);
        const Message answer(raw);
        if (result == -ETIMEDOUT) return failure(ErrorKind::timed_out, "kvmtuned is on the bus and does not answer");
        Standing standing;
        if (result >= 0) result = read_properties(raw, standing);
        if (result < 0) return system_failure("ask kvmtuned", -result);
        return standing;
    }

  private:
    Result<Slot> called(const answers::Request &request, Conversation &conversation) {
        sd_bus_message *raw = nullptr;
        int result =
            sd_bus_message_new_method_call(bus_.get(), &raw, name, path, interface, method_of(request.question));
        const Message message(raw);
        if (result < 0) return system_failure("ask kvmtuned", -result);
        TRY(append(raw, request));
        sd_bus_message_set_auto_start(raw, 0);
        sd_bus_message_set_allow_interactive_authorization(raw, 1);
        sd_bus_slot *slot = nullptr;
        result = sd_bus_call_async(bus_.get(), &slot, raw, on_answer, &conversation, forever);
        if (result < 0) return system_failure("ask kvmtuned", -result);
        return Slot(slot);
    }

    Result<> turn() {
        int result = sd_bus_process(bus_.get(), nullptr);
        if (result == 0) result = sd_bus_wait(bus_.get(), forever);
        if (result < 0 && result != -EINTR) return system_failure("wait for kvmtuned", -result);
        return {};
    }

    Bus bus_;
};

Result<std::unique_ptr<Client>> found() {
    sd_bus *raw = nullptr;
    if (const int error = sd_bus_open_system(&raw); error < 0) return system_failure("open the system bus", -error);
    Bus bus(raw);
    sd_bus_message *reply = nullptr;
    int owned = 0;
    const int result = sd_bus_call_method(raw, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
                                          "NameHasOwner", nullptr, &reply, "s", name);
    const Message answer(reply);
    if (result < 0 || sd_bus_message_read(reply, "b", &owned) < 0 || owned == 0)
        return failure(ErrorKind::not_found, "no kvmtuned is on the system bus");
    return std::make_unique<OverBus>(std::move(bus));
}

}  // namespace

}  // namespace kvmtune::bus

const kvmtune::bus::Module kvmtune_bus_module{KVMTUNE_VERSION, kvmtune::bus::found};
