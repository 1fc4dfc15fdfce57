#include "daemon/bus/wire.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace kvmtune::bus {

using answers::Question;
using answers::Request;

namespace {

constexpr std::array<std::pair<Question, const char *>, 8> methods = {{
    {Question::plan, "Plan"},
    {Question::apply, "Apply"},
    {Question::verify, "Verify"},
    {Question::rollback, "Rollback"},
    {Question::status, "Status"},
    {Question::explain, "Explain"},
    {Question::facts, "Facts"},
    {Question::topology, "Topology"},
}};

constexpr std::array<std::pair<ErrorKind, const char *>, 8> errors = {{
    {ErrorKind::not_found, "org.kvmtune.Error.NotFound"},
    {ErrorKind::denied, "org.kvmtune.Error.Denied"},
    {ErrorKind::busy, "org.kvmtune.Error.Busy"},
    {ErrorKind::invalid, "org.kvmtune.Error.Invalid"},
    {ErrorKind::unsupported, "org.kvmtune.Error.Unsupported"},
    {ErrorKind::changed, "org.kvmtune.Error.Changed"},
    {ErrorKind::timed_out, "org.kvmtune.Error.TimedOut"},
    {ErrorKind::failed, "org.kvmtune.Error.Failed"},
}};

Result<> checked(int result) {
    if (result < 0) return system_failure("D-Bus message", -result);
    return {};
}

Result<> append_strings(sd_bus_message *message, const std::vector<std::string> &strings) {
    TRY(checked(sd_bus_message_open_container(message, 'a', "s")));
    for (const auto &text : strings) TRY(checked(sd_bus_message_append(message, "s", text.c_str())));
    return checked(sd_bus_message_close_container(message));
}

Result<> append_truth(sd_bus_message *message, const char *name, bool value) {
    return value ? checked(sd_bus_message_append(message, "{sv}", name, "b", 1)) : Result<>();
}

Result<> append_seconds(sd_bus_message *message, const char *name, std::chrono::seconds value) {
    return checked(sd_bus_message_append(message, "{sv}", name, "u", static_cast<std::uint32_t>(value.count())));
}

Result<> append_allowed(sd_bus_message *message, const std::set<plan::Disruption> &allowed) {
    if (allowed.empty()) return {};
    TRY(checked(sd_bus_message_open_container(message, 'e', "sv")));
    TRY(checked(sd_bus_message_append(message, "s", "allow")));
    TRY(checked(sd_bus_message_open_container(message, 'v', "as")));
    std::vector<std::string> classes;
    for (const auto disruption : allowed) classes.push_back(text_of(disruption));
    TRY(append_strings(message, classes));
    TRY(checked(sd_bus_message_close_container(message)));
    return checked(sd_bus_message_close_container(message));
}

Result<std::vector<std::string>> strings_in(sd_bus_message *message) {
    std::vector<std::string> strings;
    TRY(checked(sd_bus_message_enter_container(message, 'a', "s")));
    const char *text = nullptr;
    int more = 0;
    while ((more = sd_bus_message_read(message, "s", &text)) > 0) strings.emplace_back(text);
    TRY(checked(more));
    TRY(checked(sd_bus_message_exit_container(message)));
    return strings;
}

Result<bool> truth_in(sd_bus_message *message) {
    int value = 0;
    TRY(checked(sd_bus_message_read(message, "v", "b", &value)));
    return value != 0;
}

Result<std::chrono::seconds> seconds_in(sd_bus_message *message) {
    std::uint32_t value = 0;
    TRY(checked(sd_bus_message_read(message, "v", "u", &value)));
    return std::chrono::seconds(value);
}

Result<std::set<plan::Disruption>> allowed_in(sd_bus_message *message) {
    std::set<plan::Disruption> allowed;
    TRY(checked(sd_bus_message_enter_container(message, 'v', "as")));
    const auto classes = TRY(strings_in(message));
    for (const auto &text : classes) {
        const auto disruption = plan::disruption_from(text);
        if (!disruption) return failure(ErrorKind::invalid, "allow: \"" + text + "\" is no disruption class");
        allowed.insert(*disruption);
    }
    TRY(checked(sd_bus_message_exit_container(message)));
    return allowed;
}

Result<> read_option(sd_bus_message *message, std::string_view name, Request &request) {
    auto &restart = request.restart;
    if (name == "host_only") {
        request.host_only = TRY(truth_in(message));
    } else if (name == "giving_back") {
        request.giving_back = TRY(truth_in(message));
    } else if (name == "planned") {
        request.planned = TRY(truth_in(message));
    } else if (name == "rebalance") {
        request.rebalance = TRY(truth_in(message));
    } else if (name == "restart") {
        restart.wanted = TRY(truth_in(message));
    } else if (name == "force") {
        restart.insist = TRY(truth_in(message)) ? apply::Insist::destroy : apply::Insist::no;
    } else if (name == "timeout") {
        restart.shutdown_limit = TRY(seconds_in(message));
    } else if (name == "agent_timeout") {
        restart.agent_limit = TRY(seconds_in(message));
    } else if (name == "allow") {
        request.allow = TRY(allowed_in(message));
    } else {
        return failure(ErrorKind::invalid, "no option is called \"" + std::string(name) + "\"");
    }
    return {};
}

Result<> read_options(sd_bus_message *message, Request &request) {
    TRY(checked(sd_bus_message_enter_container(message, 'a', "{sv}")));
    int more = 0;
    while ((more = sd_bus_message_enter_container(message, 'e', "sv")) > 0) {
        const char *name = nullptr;
        TRY(checked(sd_bus_message_read(message, "s", &name)));
        if (auto read = read_option(message, name, request); !read) return within(name, read.error());
        TRY(checked(sd_bus_message_exit_container(message)));
    }
    TRY(checked(more));
    return checked(sd_bus_message_exit_container(message));
}

}  // namespace

const char *method_of(Question question) {
    return methods[static_cast<std::size_t>(question)].second;
}

Result<> append(sd_bus_message *message, const Request &request) {
    if (request.question == Question::explain) {
        TRY(checked(sd_bus_message_append(message, "s", request.subject.c_str())));
    } else {
        TRY(append_strings(message, request.domains));
    }
    TRY(checked(sd_bus_message_open_container(message, 'a', "{sv}")));
    TRY(append_truth(message, "host_only", request.host_only));
    TRY(append_truth(message, "giving_back", request.giving_back));
    TRY(append_truth(message, "planned", request.planned));
    TRY(append_truth(message, "rebalance", request.rebalance));
    TRY(append_truth(message, "restart", request.restart.wanted));
    TRY(append_truth(message, "force", request.restart.insist == apply::Insist::destroy));
    TRY(append_seconds(message, "timeout", request.restart.shutdown_limit));
    TRY(append_seconds(message, "agent_timeout", request.restart.agent_limit));
    TRY(append_allowed(message, request.allow));
    return checked(sd_bus_message_close_container(message));
}

Result<Request> request_in(sd_bus_message *message, Question question) {
    Request request;
    request.question = question;
    if (question == Question::explain) {
        const char *subject = nullptr;
        TRY(checked(sd_bus_message_read(message, "s", &subject)));
        request.subject = subject;
    } else {
        request.domains = TRY(strings_in(message));
    }
    TRY(read_options(message, request));
    return request;
}

const char *error_name(ErrorKind kind) {
    for (const auto &[known, name] : errors)
        if (known == kind) return name;
    return errors.back().second;
}

ErrorKind kind_of(const char *error_name) {
    for (const auto &[kind, name] : errors)
        if (error_name != nullptr && std::string_view(error_name) == name) return kind;
    return ErrorKind::failed;
}

}  // namespace kvmtune::bus
