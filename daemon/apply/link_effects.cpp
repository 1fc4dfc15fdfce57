#include "daemon/apply/link_effects.hpp"

#include "base/sysctl.hpp"
#include "daemon/facts/links.hpp"

namespace kvmtune::apply {

using plan::Observation;
using plan::Target;
using plan::Value;

namespace {

/// The link that a target names: "vnet0/mtu".
Result<std::string> link_of(const Target &target) {
    const auto slash = target.name.find('/');
    std::string link = target.name.substr(0, slash);
    if (slash == std::string::npos || target.name.substr(slash) != "/mtu" || link.empty() || link == "." ||
        link == "..")
        return failure(ErrorKind::invalid, text_of(target) + ": no MTU of a link");
    return link;
}

}  // namespace

Result<Observation> LinkEffects::look(const Target &target) {
    const auto name = TRY(link_of(target));
    const auto link = TRY(facts::link(root_, name));
    const auto boot = TRY(read_sysctl(root_, "kernel.random.boot_id"));
    return Observation{std::to_string(link.mtu), facts::link_epoch(boot, link.index)};
}

Result<> LinkEffects::put(const Target &target, const Value &value) {
    if (!value) return failure(ErrorKind::unsupported, text_of(target) + ": a link always has an MTU");
    const auto link = TRY(link_of(target));
    return root_.write("sys/class/net/" + link + "/mtu", *value);
}

}  // namespace kvmtune::apply
