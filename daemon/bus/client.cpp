#include "daemon/bus/client.hpp"

#include <cstdint>

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
        Standing standing;
        TRY(read_property("Connected", standing.connected));
        TRY(read_property("PolicyInForce", standing.policy_in_force));
        TRY(read_property("AsDesired", standing.as_desired));
        TRY(read_property("ToChange", standing.to_change));
        TRY(read_property("Pending", standing.pending));
        return standing;
    }

  private:
    Result<> read_property(const char *property, char type, void *value) {
        sd_bus_set_method_call_timeout(bus_.get(), two_seconds);
        const int result =
            sd_bus_get_property_trivial(bus_.get(), name, path, interface, property, nullptr, type, value);
        if (result == -ETIMEDOUT) return failure(ErrorKind::timed_out, "kvmtuned is on the bus and does not answer");
        if (result < 0) return system_failure("ask kvmtuned", -result);
        return {};
    }
    Result<> read_property(const char *property, std::uint32_t &value) { return read_property(property, 'u', &value); }
    Result<> read_property(const char *property, bool &value) {
        int truth = 0;
        TRY(read_property(property, 'b', &truth));
        value = truth != 0;
        return {};
    }

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
