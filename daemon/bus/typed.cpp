#include "daemon/bus/typed.hpp"

namespace kvmtune::bus {

namespace {

const char *text_of(const Json &json, std::string_view member) {
    const auto *found = json.find(member);
    return found != nullptr && found->text() != nullptr ? found->text()->c_str() : "";
}

std::uint32_t count_of(const Json &json, std::string_view member) {
    const auto *found = json.find(member);
    return found != nullptr && found->integer() != nullptr ? static_cast<std::uint32_t>(*found->integer()) : 0;
}

Message reply_to(sd_bus_message *call) {
    sd_bus_message *reply = nullptr;
    // Without memory there is no reply, and nothing is appended to it.
    if (sd_bus_message_new_method_return(call, &reply) < 0) return nullptr;
    return Message(reply);
}

}  // namespace

int reply_with_guests(sd_bus_message *call, const Json &status) {
    const auto reply = reply_to(call);
    const auto *domains = status.find("domains");
    int result = sd_bus_message_open_container(reply.get(), 'a', "(sssuu)");
    if (domains != nullptr && domains->array() != nullptr)
        for (const auto &domain : *domains->array())
            if (result >= 0)
                result = sd_bus_message_append(reply.get(), "(sssuu)", text_of(domain, "name"),
                                               text_of(domain, "state"), text_of(domain, "agent"),
                                               count_of(domain, "held"), count_of(domain, "pending"));
    if (result >= 0) result = sd_bus_message_close_container(reply.get());
    return result < 0 ? result : sd_bus_message_send(reply.get());
}

int reply_with_findings(sd_bus_message *call, const std::set<plan::Finding> &findings) {
    const auto reply = reply_to(call);
    int result = sd_bus_message_open_container(reply.get(), 'a', "(ss)");
    for (const auto &[about, what] : findings)
        if (result >= 0) result = sd_bus_message_append(reply.get(), "(ss)", about.c_str(), what.c_str());
    if (result >= 0) result = sd_bus_message_close_container(reply.get());
    return result < 0 ? result : sd_bus_message_send(reply.get());
}

}  // namespace kvmtune::bus
