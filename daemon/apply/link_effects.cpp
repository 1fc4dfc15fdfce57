#include "daemon/apply/link_effects.hpp"

#include <charconv>

#include "base/sysctl.hpp"
#include "daemon/facts/links.hpp"

namespace kvmtune::apply {

using plan::Observation;
using plan::Target;
using plan::Value;

namespace {

/// The folder in sysfs of the link that a target names: "vnet0/mtu".
Result<std::string> folder_of(const Target &target) {
    const auto slash = target.name.find('/');
    const std::string link = target.name.substr(0, slash);
    if (slash == std::string::npos || target.name.substr(slash) != "/mtu" || link.empty() || link == "." ||
        link == "..")
        return failure(ErrorKind::invalid, text_of(target) + ": no MTU of a link");
    return "sys/class/net/" + link;
}

std::string first_line(const std::string &text) {
    return text.substr(0, text.find('\n'));
}

}  // namespace

Result<Observation> LinkEffects::look(const Target &target) {
    const auto folder = TRY(folder_of(target));
    const auto boot = TRY(read_sysctl(root_, "kernel.random.boot_id"));
    const auto index = first_line(TRY(root_.read(folder + "/ifindex")));
    const auto mtu = first_line(TRY(root_.read(folder + "/mtu")));
    unsigned number = 0;
    if (std::from_chars(index.data(), index.data() + index.size(), number).ec != std::errc{})
        return failure(ErrorKind::invalid, root_.full(folder) + "/ifindex: no number");
    return Observation{mtu, facts::link_epoch(boot, number)};
}

Result<> LinkEffects::put(const Target &target, const Value &value) {
    if (!value) return failure(ErrorKind::unsupported, text_of(target) + ": a link always has an MTU");
    const auto folder = TRY(folder_of(target));
    return root_.write(folder + "/mtu", *value);
}

}  // namespace kvmtune::apply
