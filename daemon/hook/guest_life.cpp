#include "daemon/hook/guest_life.hpp"

#include <algorithm>

#include "daemon/apply/lent_pages.hpp"
#include "daemon/domain/facts.hpp"
#include "daemon/hook/missing_pages.hpp"
#include "daemon/hook/strictness.hpp"
#include "daemon/policy/policy.hpp"

namespace kvmtune::hook {

namespace {

/// A section of a domain's own is in this namespace, in its metadata.
constexpr std::string_view own_section = "urn:kvmtune:policy:1";

bool lends(const plan::Policy &policy) {
    return policy.host.hugepages.pool == plan::HugePagePolicy::Pool::on_demand;
}

/// Most starts are of no interest, and libvirt waits: their documents are not even parsed.
bool is_of_interest(const plan::Policy &policy, const Call &call) {
    const auto &sections = policy.domains;
    const bool strict = std::any_of(sections.begin(), sections.end(), [](const auto &one) { return one.strict; });
    return strict || call.document.find(own_section) != std::string::npos || has_huge_pages(call);
}

}  // namespace

bool asks_to_start(const Call &call) {
    return call.driver == "qemu" && call.operation == "prepare" && call.sub_operation == "begin";
}

bool takes_long(const plan::Policy &policy, const Call &call) {
    return lends(policy) && asks_to_start(call) && has_huge_pages(call);
}

Result<Answer> before_start(const Root &root, const plan::Policy &policy, const Call &call) {
    if (!is_of_interest(policy, call)) return Answer{};
    const auto document = TRY(domain::Document::parse(call.document, call.object));
    const auto facts = TRY(domain::facts_of(document));
    const auto section = TRY(policy::section_of(policy, facts));
    const auto missing = [&]() -> Result<Answer> {
        const auto what = pages_missing_for(root, facts);
        if (!what.empty()) return failure(ErrorKind::failed, "it will hardly start: " + what);
        return Answer{};
    };
    if (!section) return missing();
    const bool wants_pages = lends(policy) && section->hugepages;
    const auto lent = wants_pages ? apply::lend_pages(root, policy.host.hugepages, facts) : Result<>();
    auto why = refusal(root, *section, facts);
    if (!why.empty()) return Answer{Verdict::refuse, std::move(why), {}};
    if (!lent) return tl::unexpected<Error>(lent.error());
    return missing();
}

Result<> after_step(const Root &root, const Call &call) {
    const bool started = call.operation == "started";
    const bool over = call.operation == "release";
    if (call.driver != "qemu" || !(started || over) || !has_huge_pages(call)) return {};
    const auto document = TRY(domain::Document::parse(call.document, call.object));
    return started ? apply::pages_are_taken(root, document.uuid()) : apply::take_back_pages(root, document.uuid());
}

}  // namespace kvmtune::hook
