#include "daemon/apply/guest_effects.hpp"

#include <thread>

#include "daemon/domain/agent_socket.hpp"
#include "daemon/guest/guest_world.hpp"

namespace kvmtune::apply {

using plan::Observation;
using plan::Target;
using plan::Value;

GuestEffects::GuestEffects(Hypervisor &hypervisor, Patience patience) : hypervisor_(hypervisor), patience_(patience) {}

Result<guest::Channel *> GuestEffects::open(const std::string &uuid) {
    const auto record = TRY(hypervisor_.domain(uuid));
    if (!record.running) return failure(ErrorKind::not_found, record.name + ": it does not run");
    const auto live = TRY(domain::Document::parse(record.live, record.name));
    const auto path = domain::agent_socket_in(live);
    if (!path) return failure(ErrorKind::not_found, record.name + ": it runs without the agent's channel");
    auto *channel = TRY(lines_->to(uuid, *path, patience_.connect));
    TRY(channel->hello(patience_.connect));
    return channel;
}

Result<GuestEffects::Guest *> GuestEffects::guest(const std::string &uuid) {
    if (const auto passed = passed_over_.find(uuid); passed != passed_over_.end())
        return failure(ErrorKind::not_found, passed->second);
    const auto [at, fresh] = guests_.try_emplace(uuid);
    auto &guest = at->second;
    if (fresh) {
        auto channel = open(uuid);
        if (channel) {
            guest.channel = *channel;
        } else {
            give_up(uuid, guest, channel.error());
        }
    }
    if (!guest.channel) return failure(ErrorKind::not_found, guest.why_not);
    if (!guest.facts) {
        auto facts = guest.channel->observe(patience_.view);
        if (!facts) {
            give_up(uuid, guest, facts.error());
            return failure(ErrorKind::not_found, guest.why_not);
        }
        guest.facts = std::make_unique<plan::GuestFacts>(*std::move(facts));
    }
    return &guest;
}

Result<plan::GuestFacts> GuestEffects::facts(const std::string &uuid) {
    const auto *found = TRY(guest(uuid));
    return *found->facts;
}

Result<> GuestEffects::wait_for(const std::string &uuid, std::chrono::seconds limit) {
    const auto end = std::chrono::steady_clock::now() + limit;
    for (;;) {
        guests_.erase(uuid);
        auto found = guest(uuid);
        if (found) return {};
        if (std::chrono::steady_clock::now() >= end)
            return failure(ErrorKind::timed_out,
                           "no agent answered within " + std::to_string(limit.count()) + " s: " + found.error().what);
        std::this_thread::sleep_for(std::chrono::milliseconds(500));
    }
}

Result<Observation> GuestEffects::look(const Target &target) {
    const auto *found = TRY(guest(target.owner));
    const auto observed = guest::observed_in(*found->facts, target.owner);
    const auto at = observed.find(target);
    if (at == observed.end()) return failure(ErrorKind::not_found, text_of(target) + ": the guest has no such knob");
    return at->second;
}

/// It is not asked again in this run: each time it would take as long.
void GuestEffects::give_up(const std::string &uuid, Guest &guest, const Error &why) {
    guest.channel = nullptr;
    guest.why_not = why.what;
    if (why.kind == ErrorKind::timed_out) silent_[uuid] = why.what;
}

Result<> GuestEffects::concluded(const Target &target, Result<protocol::Outcomes> outcomes) {
    auto &guest = guests_[target.owner];
    guest.facts.reset();
    if (!outcomes && outcomes.error().kind == ErrorKind::timed_out) give_up(target.owner, guest, outcomes.error());
    if (!outcomes) return tl::unexpected<Error>(std::move(outcomes).error());
    const auto &outcome = (*outcomes)[target.name];
    using State = protocol::Outcome::State;
    if (outcome.state == State::done) return {};
    if (outcome.state == State::yielded)
        return failure(ErrorKind::changed, "somebody in the guest gave it a value of their own: " + outcome.why);
    return failure(ErrorKind::failed, outcome.why);
}

Result<> GuestEffects::put(const Target &target, const Value &value) {
    if (!value) return give_back(target, value);
    auto *found = TRY(guest(target.owner));
    return concluded(target, found->channel->put({{target.name, *value}}, patience_.answer));
}

Result<> GuestEffects::give_back(const Target &target, const Value &) {
    auto *found = TRY(guest(target.owner));
    return concluded(target, found->channel->revert(std::set<std::string>{target.name}, patience_.answer));
}

}  // namespace kvmtune::apply
