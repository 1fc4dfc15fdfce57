#include "daemon/bus/authority.hpp"

namespace kvmtune::bus {

namespace {

constexpr std::uint32_t may_ask_the_user = 1;
/// Somebody may have to type a password.
constexpr std::uint64_t patience_usec = 120'000'000;

bool comes_from_root(sd_bus_message *call) {
    sd_bus_creds *credentials = nullptr;
    uid_t uid = 0;
    const bool known = sd_bus_query_sender_creds(call, SD_BUS_CREDS_EUID, &credentials) >= 0 &&
                       sd_bus_creds_get_euid(credentials, &uid) >= 0;
    sd_bus_creds_unref(credentials);
    return known && uid == 0;
}

int on_answer(sd_bus_message *answer, void *userdata, sd_bus_error *) noexcept {
    auto done = static_cast<Inquiry *>(userdata)->done;
    int authorized = 0;
    int challenge = 0;
    if (sd_bus_message_is_method_error(answer, nullptr) != 0) {
        done(failure(ErrorKind::denied, "polkit does not answer, and only root may do this without it"));
    } else if (sd_bus_message_read(answer, "(bba{ss})", &authorized, &challenge, 0) < 0 || authorized == 0) {
        done(failure(ErrorKind::denied, "polkit does not allow it"));
    } else {
        done({});
    }
    return 0;
}

/// CheckAuthorization((s subject kind, a{sv} details) subject, s action, a{ss}, u flags, s cancellation).
Result<Slot> asked(sd_bus_message *call, const char *action, Inquiry &inquiry) {
    sd_bus *bus = sd_bus_message_get_bus(call);
    sd_bus_message *raw = nullptr;
    int result =
        sd_bus_message_new_method_call(bus, &raw, "org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority",
                                       "org.freedesktop.PolicyKit1.Authority", "CheckAuthorization");
    const Message question(raw);
    if (result >= 0)
        result = sd_bus_message_append(raw, "(sa{sv})sa{ss}us", "system-bus-name", 1, "name", "s",
                                       sd_bus_message_get_sender(call), action, 0, may_ask_the_user, "");
    sd_bus_slot *slot = nullptr;
    if (result >= 0) result = sd_bus_call_async(bus, &slot, raw, on_answer, &inquiry, patience_usec);
    if (result < 0) return system_failure("ask polkit", -result);
    return Slot(slot);
}

}  // namespace

void authorize(sd_bus_message *call, const char *action, Inquiry &inquiry) {
    if (comes_from_root(call)) return inquiry.done({});
    auto slot = asked(call, action, inquiry);
    if (!slot) return inquiry.done(tl::unexpected(slot.error()));
    inquiry.slot = *std::move(slot);
}

}  // namespace kvmtune::bus
