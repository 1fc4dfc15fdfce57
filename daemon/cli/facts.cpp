#include "daemon/cli/commands.hpp"
#include "daemon/cli/facts_json.hpp"
#include "daemon/cli/json.hpp"
#include "daemon/cli/outline.hpp"
#include "daemon/cli/run.hpp"
#include "daemon/cli/site.hpp"

namespace kvmtune::cli {

namespace {

Json json_of_facts(const pipeline::Picture &picture, const pipeline::Scope &scope) {
    Json domains{Json::Array{}};
    for (const auto &domain : picture.situation.domains)
        if (scope.named.empty() || scope.named.count(domain.facts.uuid) != 0) domains.push(json_of(domain));
    Json json;
    json.add("host", json_of(picture.situation.host));
    json.add("domains", std::move(domains));
    return json;
}

}  // namespace

int facts(const Options &options, const Terminal &terminal) {
    auto site = open_site(options, terminal, Access::read);
    if (!site) return site.error();
    const auto picture = pipeline::gather(*(*site)->place, (*site)->scope);
    if (!picture) return fail(terminal, picture.error());
    auto json = json_of_facts(*picture, (*site)->scope);
    if (options.json) {
        json.add("findings", json_of(picture->findings));
        terminal.result(answer("facts", json).pretty());
    } else {
        terminal.result(outline_of(json));
        if (!options.quiet) terminal.note(text_of(picture->findings, pipeline::names_in(*picture)));
    }
    return status::done;
}

}  // namespace kvmtune::cli
