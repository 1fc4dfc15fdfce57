#include "daemon/answers/answer.hpp"

#include <array>

#include "daemon/answers/json.hpp"
#include "daemon/answers/parts.hpp"

namespace kvmtune::answers {

namespace {

struct Entry {
    Question question;
    const char *name;
    Result<Json> (*answer)(const Desk &desk);
};

constexpr std::array<Entry, 8> entries = {{
    {Question::plan, "plan", planned},
    {Question::apply, "apply", changed},
    {Question::verify, "verify", verified},
    {Question::rollback, "rollback", changed},
    {Question::status, "status", overview},
    {Question::explain, "explain", explained},
    {Question::facts, "facts", facts_read},
    {Question::topology, "topology", seats},
}};

const Entry &entry_of(Question question) {
    return entries[static_cast<std::size_t>(question)];
}

Result<pipeline::Scope> scope_of(const Request &request, const apply::Hypervisor &hypervisor) {
    pipeline::Scope scope;
    if (request.question == Question::rollback || request.giving_back) scope.goal = pipeline::Goal::give_back;
    scope.rebalance = request.rebalance;
    scope.host_only = request.host_only;
    scope.offline = request.offline;
    scope.allow = request.allow;
    scope.discards_edits = scope.goal == pipeline::Goal::give_back && request.restart.insist == apply::Insist::destroy;
    for (const auto &name : request.domains) scope.named.insert(TRY(hypervisor.find(name)));
    return scope;
}

}  // namespace

const char *text_of(Question question) {
    return entry_of(question).name;
}

Result<Json> answer_to(const Request &request, pipeline::Workplace &place, const pipeline::Tell &tell) {
    auto scope = TRY(scope_of(request, place.hypervisor()));
    const auto body = TRY(entry_of(request.question).answer({request, place, std::move(scope), tell}));
    Json json;
    json.add("version", 1);
    json.add("command", request.giving_back ? "plan" : text_of(request.question));
    for (const auto &[name, value] : *body.object()) json.add(name, value);
    return json;
}

}  // namespace kvmtune::answers
