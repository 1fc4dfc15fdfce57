#include "daemon/hook/strictness.hpp"

#include <algorithm>

#include "daemon/hook/missing_pages.hpp"

namespace kvmtune::hook {

namespace {

bool wants_vhost(const plan::DomainFacts &facts) {
    return std::any_of(facts.nics.begin(), facts.nics.end(),
                       [](const plan::NicFacts &nic) { return nic.driver == "vhost"; });
}

std::string not_ready(const Root &root, const plan::DomainFacts &facts) {
    if (!root.exists("run/kvmtune/ready"))
        return "the host's part was not done since the boot (systemctl status kvmtune-host)";
    if (wants_vhost(facts) && !root.exists("dev/vhost-net")) return "there is no /dev/vhost-net";
    return pages_missing_for(root, facts);
}

}  // namespace

std::string refusal(const Root &root, const plan::DomainPolicy &section, const plan::DomainFacts &facts) {
    if (!section.strict) return "";
    const auto reason = not_ready(root, facts);
    return reason.empty() ? reason : facts.name + " does not start, as " + section.source + " is strict: " + reason;
}

}  // namespace kvmtune::hook
