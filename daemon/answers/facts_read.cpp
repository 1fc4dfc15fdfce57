#include "daemon/answers/facts_json.hpp"
#include "daemon/answers/json.hpp"
#include "daemon/answers/parts.hpp"

namespace kvmtune::answers {

Result<Json> facts_read(const Desk &desk) {
    const auto picture = TRY(pipeline::gather(desk.place, desk.scope));
    const auto &named = desk.scope.named;
    Json domains{Json::Array{}};
    for (const auto &domain : picture.situation.domains)
        if (named.empty() || named.count(domain.facts.uuid) != 0) domains.push(json_of(domain));
    Json json;
    json.add("host", json_of(picture.situation.host));
    json.add("domains", std::move(domains));
    json.add("findings", json_of(picture.findings, pipeline::names_in(picture)));
    return json;
}

}  // namespace kvmtune::answers
