#include "daemon/cli/examine.hpp"

#include <algorithm>

#include "base/json.hpp"
#include "base/root.hpp"
#include "daemon/bus/client.hpp"
#include "daemon/cli/palette.hpp"
#include "daemon/cli/run.hpp"
#include "daemon/cli/site.hpp"
#include "daemon/doctor/examination.hpp"
#include "daemon/libvirt/load.hpp"
#include "daemon/policy/policy.hpp"

namespace kvmtune::cli {

using doctor::Check;
using doctor::Verdict;

namespace {

Result<> read_policy(const Options &options, const Root &root) {
    const auto policy = policy::load_policy(root, options.policy);
    if (policy) return {};
    const auto &mistakes = policy.error();
    const auto more = mistakes.size() - 1;
    return failure(ErrorKind::invalid,
                   text_of(mistakes.front()) + (more == 0 ? "" : " (and " + std::to_string(more) + " more)"));
}

Result<> connect(const Options &options) {
    TRY(libvirt::open_hypervisor(options.uri));
    return {};
}

Result<> call_daemon() {
    const auto daemon = TRY(bus::find_daemon());
    TRY(daemon->standing());
    return {};
}

Json json_of(const std::vector<Check> &checks, bool failed) {
    Json json;
    json.add("version", 1);
    json.add("command", "doctor");
    json.add("failed", failed);
    Json list{Json::Array{}};
    for (const Check &check : checks) {
        Json item;
        item.add("about", check.about);
        item.add("verdict", word_for(check.verdict));
        item.add("found", check.found);
        if (!check.advice.empty()) item.add("advice", check.advice);
        list.push(std::move(item));
    }
    json.add("checks", std::move(list));
    return json;
}

std::string line_of(const Check &check, std::size_t width, const Palette &palette) {
    std::string verdict = word_for(check.verdict);
    verdict.resize(std::string("notable").size(), ' ');
    if (check.verdict == Verdict::good) verdict = palette.good(verdict);
    if (check.verdict == Verdict::notable) verdict = palette.notable(verdict);
    if (check.verdict == Verdict::bad) verdict = palette.bad(verdict);
    std::string about = check.about;
    about.resize(width, ' ');
    std::string line = verdict + "  " + about + "  " + check.found + "\n";
    if (!check.advice.empty()) line += std::string(width + 11, ' ') + check.advice + "\n";
    return line;
}

std::string text_of(const std::vector<Check> &checks, const Palette &palette) {
    std::size_t width = 0;
    for (const Check &check : checks) width = std::max(width, check.about.size());
    std::string text;
    for (const Check &check : checks) text += line_of(check, width, palette);
    return text;
}

}  // namespace

int examine(const Options &options, const Terminal &terminal) {
    const auto root = Root::open(options.root);
    if (!root) return fail(terminal, root.error());
    const auto checks =
        doctor::examine(doctor::signs_of(*root), {read_policy(options, *root), connect(options), call_daemon()});
    const bool failed =
        std::any_of(checks.begin(), checks.end(), [](const Check &check) { return check.verdict == Verdict::bad; });
    terminal.result(options.json ? json_of(checks, failed).pretty() : text_of(checks, Palette::of(options, terminal)));
    return failed ? status::failed : status::done;
}

}  // namespace kvmtune::cli
