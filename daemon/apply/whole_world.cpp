#include "daemon/apply/whole_world.hpp"

namespace kvmtune::apply {

using plan::Target;
using plan::TargetKind;

WholeWorld::WholeWorld(const Root &root, Journal &journal, Hypervisor &hypervisor, LoadModule load_module, Step step,
                       domain::Fragments fragments)
    : journal_(journal),
      host_effects_(root, std::move(load_module)),
      thread_effects_(root, hypervisor),
      guest_effects_(hypervisor),
      link_effects_(root),
      network_effects_(hypervisor),
      host_(journal, host_effects_, step),
      threads_(journal, thread_effects_, step),
      guests_(journal, guest_effects_, step),
      links_(journal, link_effects_, step),
      networks_(journal, network_effects_, step),
      definitions_(root, hypervisor, step, std::move(fragments)) {}

World &WholeWorld::home_of(const Target &target) {
    switch (target.kind) {
        case TargetKind::element:
            return definitions_;
        case TargetKind::affinity:
            return threads_;
        case TargetKind::knob:
            return guests_;
        case TargetKind::link:
            return links_;
        case TargetKind::network:
            return networks_;
        default:
            return host_;
    }
}

Result<plan::Observed> WholeWorld::observe(const std::set<Target> &targets) {
    std::map<World *, std::set<Target>> parts;
    for (const auto &target : targets) parts[&home_of(target)].insert(target);
    plan::Observed all;
    for (const auto &[world, part] : parts) all.merge(TRY(world->observe(part)));
    return all;
}

Result<plan::Holds> WholeWorld::holds() {
    auto all = TRY(definitions_.holds());
    all.insert(journal_.holds().begin(), journal_.holds().end());
    return all;
}

bool WholeWorld::together(const plan::Change &left, const plan::Change &right) const {
    return definitions_.together(left, right);
}

Result<> WholeWorld::make(const std::vector<plan::Change> &effect) {
    return home_of(effect.front().target).make(effect);
}

Result<> WholeWorld::forget(const Target &target) {
    return home_of(target).forget(target);
}

Result<> WholeWorld::tidy(bool offline) {
    if (!offline) TRY(definitions_.tidy());
    return journal_.tidy();
}

}  // namespace kvmtune::apply
