#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

using namespace kvmtune::plan;

namespace {

std::string finding_for(const DomainSituation &domain) {
    const Proposal proposal = rules::definitions(host_with({domain}));
    CHECK(proposal.wishes.empty());
    CHECK(proposal.findings.size() <= 1);
    if (proposal.findings.empty()) return "none";
    CHECK(proposal.findings[0].about == domain.facts.name);
    return proposal.findings[0].what;
}

}  // namespace

TEST_CASE("an ordinary domain and one out of scope are no finding") {
    CHECK(finding_for(tuned_domain()) == "none");
    DomainSituation other = domain_named("other");
    other.persistent = false;
    CHECK(finding_for(other) == "none");
}

TEST_CASE("a transient domain, one against the schema and one that numad places are findings") {
    DomainSituation domain = tuned_domain();
    domain.persistent = false;
    CHECK(finding_for(domain).find("transient") != std::string::npos);
    domain = tuned_domain();
    domain.failed_schema = true;
    CHECK(finding_for(domain).find("schema") != std::string::npos);
    domain = tuned_domain();
    domain.facts.automatic_placement = true;
    CHECK(finding_for(domain).find("numad") != std::string::npos);
}
