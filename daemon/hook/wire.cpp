#include "daemon/hook/wire.hpp"

#include <algorithm>
#include <utility>

#include "base/json.hpp"

namespace kvmtune::hook {

namespace {

constexpr std::size_t depth = 4;

tl::unexpected<Error> wrong(const std::string &what) {
    return failure(ErrorKind::invalid, "the hook's socket: " + what);
}

Result<Json> object_from(std::string_view line) {
    auto value = parse_json(line, depth);
    if (!value) return wrong(value.error().what);
    if (value->object() == nullptr) return wrong("no JSON object");
    return value;
}

Result<std::string> text_in(const Json &object, const char *name) {
    const Json *found = object.find(name);
    if (found == nullptr || found->text() == nullptr) return wrong(std::string("no text \"") + name + "\"");
    return *found->text();
}

Result<Verdict> verdict_in(const Json &object) {
    const std::string verdict = TRY(text_in(object, "verdict"));
    if (verdict == "go") return Verdict::go;
    if (verdict == "refuse") return Verdict::refuse;
    return wrong("a verdict that is not known");
}

/// It is shown by libvirt in one line.
std::string in_one_line(std::string text) {
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c >= 0 && c < ' '; }, ' ');
    return text;
}

}  // namespace

std::string text_of(const Call &call) {
    Json header;
    header.add("driver", call.driver);
    header.add("object", call.object);
    header.add("operation", call.operation);
    header.add("sub_operation", call.sub_operation);
    header.add("extra", call.extra);
    return header.line() + "\n" + call.document;
}

Result<Call> call_from(std::string_view text) {
    const auto end = text.find('\n');
    if (end == std::string_view::npos || end > header_limit) return wrong("no header");
    if (text.size() - end - 1 > document_limit) return wrong("the document is too large");
    const Json header = TRY(object_from(text.substr(0, end)));
    Call call;
    call.driver = TRY(text_in(header, "driver"));
    call.object = TRY(text_in(header, "object"));
    call.operation = TRY(text_in(header, "operation"));
    call.sub_operation = TRY(text_in(header, "sub_operation"));
    call.extra = TRY(text_in(header, "extra"));
    call.document = text.substr(end + 1);
    return call;
}

std::string text_of(const Answer &answer) {
    Json line;
    line.add("verdict", answer.verdict == Verdict::go ? "go" : "refuse");
    if (answer.verdict == Verdict::refuse) line.add("why", answer.why);
    if (answer.document) line.add("document", *answer.document);
    return line.line() + "\n";
}

Result<Answer> answer_from(std::string_view line) {
    const Json object = TRY(object_from(line));
    Answer answer;
    answer.verdict = TRY(verdict_in(object));
    if (answer.verdict == Verdict::refuse) answer.why = in_one_line(TRY(text_in(object, "why")));
    if (object.find("document") != nullptr) answer.document = TRY(text_in(object, "document"));
    return answer;
}

bool is_filter(const Call &call) {
    return call.driver == "qemu" && (call.operation == "migrate" || call.operation == "restore");
}

bool has_huge_pages(const Call &call) {
    return call.document.find("<hugepages") != std::string::npos;
}

bool may_refuse(const Call &call) {
    return call.operation == "prepare" || call.operation == "start";
}

}  // namespace kvmtune::hook
