// The only include of CLI11.
#include "daemon/cli/arguments.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <sstream>

namespace kvmtune::cli {

namespace {

/// Adds the commands and their options to an application; all write into one Options.
class Grammar {
  public:
    explicit Grammar(Options &options) : options_(options) {
        app.require_subcommand(1);
        app.set_version_flag("--version", "kvmtune " KVMTUNE_VERSION);
        rewrite();
        live_command("plan", Command::plan, "show what would change, where and why");
        auto *apply = live_command("apply", Command::apply, "change it, verify it, say what is left");
        apply->add_flag("--host-only", options_.host_only, "leave all domains and guests alone");
        apply->add_flag("--dry-run", options_.dry_run, "the same as plan");
        restarts(*apply);
        allows(*apply);
        allows(*app.get_subcommand("plan"));
        live_command("verify", Command::verify,
                     "compare host, definitions, threads and guests with what they should be");
        auto *rollback = live_command("rollback", Command::rollback, "give everything back");
        rollback->add_flag("--all", options_.all, "the host's settings and all domains");
        restarts(*rollback);
        live_command("status", Command::status, "what is held, where, and what is pending");
    }

    CLI::App app{"Tunes the network path of KVM guests: host, domain XML and the inside of the guest.", "kvmtune"};
    std::vector<std::string> allowed;

  private:
    CLI::App *command(const std::string &name, Command command, const std::string &what) {
        auto *sub = app.add_subcommand(name, what);
        sub->callback([this, command] { options_.command = command; });
        sub->add_option("--policy", options_.policy, "a policy file, instead of those in /etc/kvmtune");
        sub->add_option("--topology", options_.topology, "hwloc XML, a file with it, or a synthetic description");
        sub->add_flag("-q,--quiet", options_.quiet, "no findings");
        return sub;
    }

    CLI::App *live_command(const std::string &name, Command which, const std::string &what) {
        auto *sub = command(name, which, what);
        sub->add_option("domain", options_.domains, "names or UUIDs");
        sub->add_option("-c,--connect", options_.uri, "the hypervisor")->capture_default_str();
        sub->add_option("--root", options_.root, "the host's file tree")->capture_default_str();
        sub->add_flag("--json", options_.json, "JSON on standard output");
        sub->add_flag("--no-color{false},!--color", options_.color, "no colors on a terminal");
        sub->add_flag("-v,--verbose", options_.verbose, "reasons of all changes");
        return sub;
    }

    void rewrite() {
        auto *sub = command("rewrite", Command::rewrite, "domain XML in, tuned domain XML out; needs no hypervisor");
        sub->add_option("file", options_.domains, "the document; - is standard input")->expected(0, 1);
        allows(*sub);
    }

    void restarts(CLI::App &sub) {
        sub.add_flag("--restart", options_.restart, "shut guests down in order and start them where that is needed");
        sub.add_option("--timeout", options_.timeout, "seconds for a guest to shut down")
            ->capture_default_str()
            ->check(CLI::Range(1u, 86400u));
        sub.add_option("--agent-timeout", options_.agent_timeout, "seconds to wait for a guest's agent after its start")
            ->capture_default_str()
            ->check(CLI::Range(0u, 86400u));
        sub.add_flag("--force", options_.force, "power off what does not shut down in time");
    }

    /// The classes are taken as text here and read behind the parse, as the library knows no type of ours.
    void allows(CLI::App &sub) {
        sub.add_option("--allow", allowed, "consent to a disruption class: guest-abi, start-dependency")
            ->allow_extra_args(false)
            ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll);
    }

    Options &options_;
};

}  // namespace

tl::expected<Options, Instead> options_from(const std::vector<std::string> &arguments) {
    Options options;
    try {
        Grammar grammar(options);
        try {
            auto reversed = arguments;
            std::reverse(reversed.begin(), reversed.end());
            grammar.app.parse(reversed);
        } catch (const CLI::ParseError &error) {
            std::ostringstream out;
            std::ostringstream err;
            const auto status = grammar.app.exit(error, out, err);
            return tl::unexpected(Instead{out.str() + err.str(), status == 0 ? 0 : 2});
        }
        for (const auto &name : grammar.allowed) {
            const auto disruption = plan::disruption_from(name);
            if (!disruption) return tl::unexpected(Instead{"--allow: \"" + name + "\" is no disruption class\n", 2});
            options.allow.insert(*disruption);
        }
    } catch (const std::exception &error) {
        return tl::unexpected(Instead{std::string(error.what()) + "\n", 2});
    }
    if (options.command == Command::rollback && options.domains.empty() == !options.all)
        return tl::unexpected(Instead{"kvmtune rollback: name domains, or say --all\n", 2});
    if (options.host_only && !options.domains.empty())
        return tl::unexpected(Instead{"kvmtune apply: --host-only and names of domains exclude each other\n", 2});
    return options;
}

}  // namespace kvmtune::cli
