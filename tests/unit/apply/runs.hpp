// One run as a command makes it: observe what is wished or held, decide, carry out.
#pragma once

#include <doctest/doctest.h>

#include <set>

#include "daemon/apply/carry_out.hpp"
#include "daemon/apply/journaled_world.hpp"

namespace kvmtune::apply {

inline plan::Plan planned(World &world, const plan::Desired &desired) {
    std::set<plan::Target> targets;
    const auto holds = world.holds().value();
    for (const auto &[target, wish] : desired.wishes) targets.insert(target);
    for (const auto &[target, hold] : holds) targets.insert(target);
    return plan::diff(desired, world.observe(targets).value(), holds);
}

struct Run {
    plan::Plan plan;
    Report report;
};

inline Run run(World &world, const plan::Desired &desired) {
    auto plan = planned(world, desired);
    auto report = carry_out(plan, world);
    return {std::move(plan), std::move(report)};
}

inline plan::Desired wishes(const std::map<plan::Target, std::string> &values) {
    plan::Desired desired;
    for (const auto &[target, value] : values)
        desired.add({target, value, "a test", plan::Disruption::live, {}, false});
    return desired;
}

inline plan::Target sysctl(const std::string &name) {
    return {plan::TargetKind::sysctl, "", name};
}
inline plan::Target module(const std::string &name) {
    return {plan::TargetKind::module, "", name};
}
inline plan::Target file(const std::string &path) {
    return {plan::TargetKind::file, "", path};
}
inline plan::Target affinity(const std::string &domain, const std::string &thread) {
    return {plan::TargetKind::affinity, domain, thread};
}

}  // namespace kvmtune::apply
