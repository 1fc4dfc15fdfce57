#include "daemon/hook/hook.hpp"

#include "daemon/hook/stand_in.hpp"

namespace kvmtune::hook {

namespace {

/// The namespace of what kvmtune keeps in a definition.
constexpr std::string_view our_mark = "urn:kvmtune:domain:1";

/// "/etc/libvirt/hooks/qemu.d/kvmtune" is qemu's; empty for a program outside such a folder.
std::string driver_of(std::string_view program) {
    const auto slash = program.rfind('/');
    if (slash == std::string_view::npos) return {};
    const std::string_view path = program.substr(0, slash);
    std::string_view folder = path.substr(path.rfind('/') + 1);
    if (!folder.ends_with(".d")) return {};
    folder.remove_suffix(2);
    return std::string(folder);
}

std::string path_of_socket(const std::string &root) {
    return (root == "/" ? "" : root) + "/" + socket_path;
}

bool listens(const Result<Fd> &daemon) {
    return daemon || daemon.error().kind != ErrorKind::not_found;
}

Result<Answer> answer_of_daemon(const Result<Fd> &daemon, const Call &call, Deadline deadline) {
    if (!daemon) return tl::unexpected<Error>(daemon.error());
    return ask(*daemon, call, deadline);
}

Result<Answer> answer_of_stand_in(const std::vector<std::string> &programs, const Invocation &invocation,
                                  Deadline deadline) {
    if (!is_for_stand_in(invocation.call)) return Answer{};
    const StandIn stand_in = TRY(StandIn::start(programs, invocation.root));
    return ask(stand_in.socket(), invocation.call, deadline);
}

}  // namespace

Result<Invocation> invocation_from(const std::vector<std::string> &arguments) {
    constexpr std::size_t of_libvirt = 5;
    const auto usage = [] {
        return failure(ErrorKind::invalid,
                       "to be called by libvirt, as HOOKS/qemu.d/kvmtune OBJECT OPERATION SUB-OPERATION EXTRA");
    };
    const bool with_root = arguments.size() == of_libvirt + 2 && arguments[1] == "--root";
    if (!with_root && arguments.size() != of_libvirt) return usage();
    const auto *rest = arguments.data() + (with_root ? 3 : 1);
    Invocation invocation{with_root ? arguments[2] : "/",
                          {driver_of(arguments.front()), rest[0], rest[1], rest[2], rest[3], {}}};
    if (invocation.call.driver.empty()) return usage();
    return invocation;
}

std::chrono::milliseconds patience_for(const Call &call) {
    return std::chrono::milliseconds(is_filter(call) ? 5000 : 1500);
}

bool is_for_stand_in(const Call &call) {
    const bool starts = call.driver == "qemu" && (call.operation == "prepare" || call.operation == "started");
    const bool ends = call.driver == "qemu" && call.operation == "release" && has_huge_pages(call);
    return (is_filter(call) || starts || ends) && call.document.find(our_mark) != std::string::npos;
}

Outcome outcome_of(const Call &call, const Result<Answer> &answer) {
    if (!answer) return {0, "", "not tuned now: " + answer.error().what};
    if (answer->verdict == Verdict::refuse && may_refuse(call)) return {1, "", answer->why};
    return {0, is_filter(call) ? answer->document.value_or("") : "", answer->why};
}

Outcome run(const Invocation &invocation, int input, const std::vector<std::string> &stand_ins, Deadline deadline) {
    auto document = receive_to_end(input, document_limit, deadline);
    if (!document) return outcome_of(invocation.call, within("its document", std::move(document).error()));
    Invocation whole = invocation;
    whole.call.document = *std::move(document);
    const auto daemon = connect_to(path_of_socket(whole.root));
    return outcome_of(whole.call, listens(daemon) ? answer_of_daemon(daemon, whole.call, deadline)
                                                  : answer_of_stand_in(stand_ins, whole, deadline));
}

}  // namespace kvmtune::hook
