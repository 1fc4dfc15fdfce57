#include "daemon/cli/ask.hpp"

#include "daemon/bus/client.hpp"
#include "daemon/cli/member.hpp"
#include "daemon/cli/run.hpp"
#include "daemon/cli/site.hpp"
#include "daemon/cli/view.hpp"
#include "daemon/facts/topology.hpp"
#include "daemon/libvirt/load.hpp"
#include "daemon/pipeline/late_starts.hpp"

namespace kvmtune::cli {

using answers::Question;
using answers::Request;

namespace {

Question question_of(const Options &options) {
    switch (options.command) {
        case Command::apply:
            return options.dry_run ? Question::plan : Question::apply;
        case Command::rollback:
            return options.dry_run ? Question::plan : Question::rollback;
        case Command::verify:
            return Question::verify;
        case Command::status:
            return Question::status;
        case Command::explain:
            return Question::explain;
        case Command::facts:
            return Question::facts;
        case Command::topology:
            return Question::topology;
        case Command::rebalance:
            return options.moving ? Question::apply : Question::plan;
        case Command::plan:
        case Command::rewrite:
        case Command::doctor:
            break;
    }
    return Question::plan;
}

/// Beside what was read of its files, the machine in hwloc's XML: together all that the host's facts are made of.
Result<> capture(Site &site, const Options &options) {
    site.recording->saw_file("topology.xml", TRY(facts::topology_xml(options.topology)));
    return site.recording->write_to(*options.capture);
}

/// Guests that started while this process held the lock.
void serve_late_starts(Site &site, const Terminal &terminal) {
    site.lock.reset();
    const auto served = pipeline::serve_notes(site.root, *site.hypervisor);
    if (!served) terminal.note("kvmtune: a guest that started meanwhile: " + served.error().what + "\n");
}

/// What the process itself finds, without a daemon.
tl::expected<Json, int> answered_here(const Request &request, const Options &options, const Terminal &terminal,
                                      const apply::Step &step, const pipeline::Tell &tell) {
    auto site = open_site(options, terminal, request.changes() ? Access::change : Access::read, step);
    if (!site) return tl::unexpected(site.error());
    auto answer = answers::answer_to(request, *(*site)->place, tell);
    if (request.changes() && !request.offline) serve_late_starts(**site, terminal);
    tell("");
    if (!answer) return tl::unexpected(fail(terminal, answer.error()));
    const auto captured = options.capture ? capture(**site, options) : Result<>();
    if (!captured) return tl::unexpected(fail(terminal, captured.error()));
    return *std::move(answer);
}

/// A daemon keeps what /etc says of this machine: what is asked of another policy, tree or hypervisor is not its own.
bool is_for_daemon(const Options &options) {
    return options.root == "/" && options.uri == libvirt::default_uri && !options.policy && !options.topology &&
           !options.offline && !options.here && !options.capture;
}

Json not_running() {
    Json json;
    json.add("running", false);
    return json;
}

Json json_of(const bus::Standing &standing) {
    Json json;
    json.add("running", true);
    json.add("connected", standing.connected);
    json.add("policy_in_force", standing.policy_in_force);
    json.add("as_desired", standing.as_desired);
    json.add("to_change", static_cast<std::int64_t>(standing.to_change));
    json.add("pending", static_cast<std::int64_t>(standing.pending));
    return json;
}

/// Asks first whether it answers at all: what is asked for then may take minutes.
Result<Json> answer_of(bus::Client &daemon, const Request &request, const pipeline::Tell &tell) {
    const auto standing = TRY(daemon.standing());
    auto answer = TRY(daemon.ask(request, tell));
    if (request.question == Question::status) answer.add("daemon", json_of(standing));
    return answer;
}

/// Where a daemon runs it is the one that changes things; both answer the same.
tl::expected<Json, int> answered(const Request &request, const Options &options, const Terminal &terminal,
                                 const apply::Step &step, const pipeline::Tell &tell) {
    if (!is_for_daemon(options)) return answered_here(request, options, terminal, step, tell);
    const auto daemon = bus::find_daemon();
    if (!daemon) {
        auto here = answered_here(request, options, terminal, step, tell);
        if (here && request.question == Question::status) here->add("daemon", not_running());
        return here;
    }
    auto answer = answer_of(**daemon, request, tell);
    tell("");
    if (!answer) return tl::unexpected(fail(terminal, answer.error()));
    return *std::move(answer);
}

int status_of(const Request &request, const Json &answer) {
    switch (request.question) {
        case Question::status:
        case Question::explain:
        case Question::facts:
        case Question::topology:
            return status::done;
        default:
            if (is_true(answer, "failed")) return status::failed;
            return is_true(answer, "as_desired") ? status::done : status::differs;
    }
}

}  // namespace

Request request_of(const Options &options) {
    Request request;
    request.question = question_of(options);
    request.domains = options.domains;
    request.subject = options.subject;
    request.giving_back = options.command == Command::rollback && options.dry_run;
    request.planned = options.planned;
    request.rebalance = options.command == Command::rebalance;
    request.host_only = options.host_only;
    request.offline = options.offline;
    request.allow = options.allow;
    request.restart.wanted = options.restart;
    request.restart.shutdown_limit = std::chrono::seconds(options.timeout);
    request.restart.agent_limit = std::chrono::seconds(options.agent_timeout);
    request.restart.insist = options.force ? apply::Insist::destroy : apply::Insist::no;
    return request;
}

int ask(const Options &options, const Terminal &terminal, const apply::Step &step) {
    const auto request = request_of(options);
    const auto tell = [&](const std::string &doing) {
        if (request.changes() && !options.quiet && !options.json) terminal.progress(doing);
    };
    const auto answer = answered(request, options, terminal, step, tell);
    if (!answer) return answer.error();
    if (options.json) {
        terminal.result(answer->pretty());
    } else {
        terminal.result(text_of(*answer, options, Palette::of(options, terminal)));
        if (!options.quiet) terminal.note(findings_in(*answer));
    }
    return status_of(request, *answer);
}

}  // namespace kvmtune::cli
