// The policy from its files. Each is read on top of those before it, so that the later one wins.
#include <iterator>

#include "daemon/policy/document.hpp"
#include "daemon/policy/section.hpp"

namespace kvmtune::policy {

namespace {

plan::Policy with_document(plan::Policy policy, const Node &document, Reading &reading) {
    for (const auto &[key, node] : reading.members("", document, {"host", "network", "domain"})) {
        if (key == "host") policy = with_host(std::move(policy), node, reading);
        if (key == "network") policy = with_networks(std::move(policy), node, reading);
        if (key == "domain") policy = with_domains(std::move(policy), node, reading);
    }
    return policy;
}

}  // namespace

PolicyOrMistakes read_policy(const std::vector<PolicyText> &files) {
    plan::Policy policy;
    std::vector<Mistake> mistakes;
    for (const PolicyText &file : files) {
        const auto document = parse_document(file);
        if (!document) {
            mistakes.push_back(document.error());
            continue;
        }
        Reading reading(file.name);
        policy = with_document(std::move(policy), *document, reading);
        auto found = std::move(reading).mistakes();
        std::move(found.begin(), found.end(), std::back_inserter(mistakes));
    }
    if (!mistakes.empty()) return tl::unexpected(std::move(mistakes));
    return policy;
}

}  // namespace kvmtune::policy
