// The only include of CLI11. Making an option of its kind costs about as much as reading a small document, and most of
// the program's runs are of one command: only the options of the one that is named are made.
#include "daemon/cli/arguments.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <sstream>

namespace kvmtune::cli {

namespace {

constexpr const char *purpose = "Tunes the network path of KVM guests: host, domain XML and the inside of the guest.";
constexpr const char *epilog =
    "kvmtune COMMAND --help lists a command's options.\n"
    "Exit status: 0 done or as desired, 1 failed, 2 usage or policy, 3 changes pending or differences.";

/// Adds one command's options to its application; all write into one Options.
class Grammar {
  public:
    explicit Grammar(Options &options) : options_(options) {}

    void rewrite(CLI::App &sub) {
        common(sub);
        sub.add_option("file", options_.domains, "the document; - is standard input")->expected(0, 1);
        allows(sub);
    }
    void plan(CLI::App &sub) {
        domains(sub);
        host_only(sub);
        allows(sub);
    }
    void apply(CLI::App &sub) {
        plan(sub);
        dry_run(sub);
        restarts(sub);
    }
    void verify(CLI::App &sub) {
        domains(sub);
        host_only(sub);
    }
    void rollback(CLI::App &sub) {
        domains(sub);
        sub.add_flag("--all", options_.all, "the host's settings and all domains");
        dry_run(sub);
        restarts(sub);
    }
    void status(CLI::App &sub) { domains(sub); }
    void explain(CLI::App &sub) {
        live(sub);
        sub.add_option("subject", options_.subject, "a target or a domain: net.core.rmem_max, sysctl:..., web01")
            ->required();
        allows(sub);
    }
    void facts(CLI::App &sub) {
        domains(sub);
        sub.add_option("--capture", options_.capture, "an empty folder, for what was read of this host");
    }

    void topology(CLI::App &sub) {
        live(sub);
        sub.add_flag("--plan", options_.planned, "where everybody is to sit");
        sub.add_flag("--svg", options_.svg, "an SVG picture on standard output");
    }

    void rebalance(CLI::App &sub) {
        live(sub);
        sub.add_flag("--apply", options_.moving, "move them");
        allows(sub);
    }

    void doctor(CLI::App &sub) {
        policy(sub);
        place(sub);
        output(sub);
    }

    [[nodiscard]] const std::vector<std::string> &allowed() const { return allowed_; }

  private:
    void policy(CLI::App &sub) {
        sub.add_option("--policy", options_.policy, "a policy file, instead of those in /etc/kvmtune");
    }

    void place(CLI::App &sub) {
        sub.add_option("-c,--connect", options_.uri, "the hypervisor")->capture_default_str();
        sub.add_option("--root", options_.root, "the host's file tree")->capture_default_str();
    }

    void output(CLI::App &sub) {
        sub.add_flag("--json", options_.json, "JSON on standard output");
        sub.add_flag("--color,!--no-color", options_.color, "colors on a terminal, or none");
    }

    void common(CLI::App &sub) {
        policy(sub);
        sub.add_option("--topology", options_.topology, "hwloc XML, a file with it, or a synthetic description");
        sub.add_flag("-q,--quiet", options_.quiet, "no findings, no progress");
    }

    void live(CLI::App &sub) {
        common(sub);
        place(sub);
        sub.add_flag("--no-daemon", options_.here, "do it in this process, also where kvmtuned runs");
        output(sub);
        sub.add_flag("-v,--verbose", options_.verbose, "reasons of all changes");
    }

    void domains(CLI::App &sub) {
        live(sub);
        sub.add_option("domain", options_.domains, "names or UUIDs");
    }

    void host_only(CLI::App &sub) {
        sub.add_flag("--host-only", options_.host_only, "leave all domains and guests alone");
        sub.add_flag("--offline", options_.offline, "with --host-only: read libvirt's files instead of asking it");
    }

    void dry_run(CLI::App &sub) { sub.add_flag("--dry-run", options_.dry_run, "only show what would be done"); }

    void restarts(CLI::App &sub) {
        sub.add_flag("--restart", options_.restart, "shut guests down in order and start them where that is needed");
        sub.add_option("--timeout", options_.timeout, "seconds for a guest to shut down")
            ->capture_default_str()
            ->check(CLI::Range(1u, 86400u));
        sub.add_option("--agent-timeout", options_.agent_timeout, "seconds to wait for a guest's agent after its start")
            ->capture_default_str()
            ->check(CLI::Range(0u, 86400u));
        sub.add_flag("--force", options_.force,
                     "power off what does not shut down in time; of rollback, also: give back what was edited since "
                     "its conversion to Q35, and keep a copy");
    }

    /// The classes are taken as text here and read behind the parse, as the library knows no type of ours.
    void allows(CLI::App &sub) {
        sub.add_option("--allow", allowed_, "consent to a disruption class: guest-abi, start-dependency")
            ->allow_extra_args(false)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }

    Options &options_;
    std::vector<std::string> allowed_;
};

struct Entry {
    const char *name;
    Command command;
    const char *what;
    void (Grammar::*options)(CLI::App &);
};

constexpr Entry entries[] = {
    {"plan", Command::plan, "show what would change, where and why", &Grammar::plan},
    {"apply", Command::apply, "change it, verify it, say what is left", &Grammar::apply},
    {"verify", Command::verify, "compare host, definitions, threads and guests with what they should be",
     &Grammar::verify},
    {"rollback", Command::rollback, "give everything back", &Grammar::rollback},
    {"status", Command::status, "what is held, where, and what is pending", &Grammar::status},
    {"explain", Command::explain, "which rule, policy line and fact lead to a value, and whose it is",
     &Grammar::explain},
    {"facts", Command::facts, "what was read of host, domains and guests, as it would be without us", &Grammar::facts},
    {"topology", Command::topology, "the host's CPUs with who sits on them", &Grammar::topology},
    {"rebalance", Command::rebalance, "show what it would be worth to seat all guests anew; --apply moves them",
     &Grammar::rebalance},
    {"doctor", Command::doctor, "whether daemon, hook and host can do their work, and what to do if not",
     &Grammar::doctor},
    {"rewrite", Command::rewrite, "domain XML in, tuned domain XML out; needs no hypervisor", &Grammar::rewrite},
};

const Entry *entry_named(const std::string &name) {
    const auto *at =
        std::find_if(std::begin(entries), std::end(entries), [&](const Entry &entry) { return entry.name == name; });
    return at == std::end(entries) ? nullptr : at;
}

/// "help" and "help COMMAND" as what they stand for; help on what is no command is a mistake.
std::vector<std::string> plainly(const std::vector<std::string> &arguments) {
    if (arguments.empty() || arguments.front() != "help") return arguments;
    if (arguments.size() == 1) return {"--help"};
    if (entry_named(arguments[1]) == nullptr) return {arguments[1]};
    return {arguments[1], "--help"};
}

/// Why arguments that can be read one by one make no sense together; empty if they do.
std::string contradiction_in(const Options &options) {
    if (options.command == Command::rollback && options.domains.empty() == !options.all)
        return "kvmtune rollback: name domains, or say --all\n";
    if (options.host_only && !options.domains.empty())
        return "kvmtune: --host-only and names of domains exclude each other\n";
    if (options.svg && options.json) return "kvmtune topology: --svg and --json exclude each other\n";
    if (options.offline && !options.host_only) return "kvmtune: --offline is for --host-only\n";
    if (options.offline && options.uri != Options{}.uri) return "kvmtune: --offline and --connect exclude each other\n";
    return {};
}

tl::expected<Options, Instead> parsed(const std::vector<std::string> &arguments) {
    Options options;
    Grammar grammar(options);
    CLI::App app{purpose, "kvmtune"};
    app.require_subcommand(1);
    app.set_version_flag("--version", "kvmtune " KVMTUNE_VERSION);
    if (const auto *entry = arguments.empty() ? nullptr : entry_named(arguments.front())) {
        options.command = entry->command;
        (grammar.*entry->options)(*app.add_subcommand(entry->name, entry->what));
    } else {
        app.footer(epilog);
        for (const auto &one : entries) app.add_subcommand(one.name, one.what);
    }
    try {
        std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
        app.parse(reversed);
    } catch (const CLI::ParseError &error) {
        std::ostringstream out;
        std::ostringstream err;
        const auto status = app.exit(error, out, err);
        return tl::unexpected(Instead{out.str() + err.str(), status == 0 ? 0 : 2});
    }
    for (const auto &name : grammar.allowed()) {
        const auto disruption = plan::disruption_from(name);
        if (!disruption) return tl::unexpected(Instead{"--allow: \"" + name + "\" is no disruption class\n", 2});
        options.allow.insert(*disruption);
    }
    return options;
}

}  // namespace

tl::expected<Options, Instead> options_from(const std::vector<std::string> &arguments) {
    try {
        auto options = parsed(plainly(arguments));
        if (!options) return options;
        auto wrong = contradiction_in(*options);
        return wrong.empty() ? std::move(options) : tl::unexpected(Instead{std::move(wrong), 2});
    } catch (const std::exception &error) {
        return tl::unexpected(Instead{std::string(error.what()) + "\n", 2});
    }
}

}  // namespace kvmtune::cli
