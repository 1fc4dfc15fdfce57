// kvmtune-agent: waits for its port, serves it, and waits again when it is lost, until it is told to stop.

#include <signal.h>
#include <sys/signalfd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "guest-agent/code_pages.hpp"
#include "guest-agent/lease.hpp"
#include "guest-agent/link_file.hpp"
#include "guest-agent/options.hpp"
#include "guest-agent/service.hpp"

namespace {

using namespace kvmtune;
using namespace kvmtune::agent;
using std::chrono::milliseconds;

constexpr milliseconds first_try{250};
constexpr milliseconds last_try{10000};
constexpr std::chrono::seconds ready_limit{5};
/// At boot the agent may be there before the NICs. That long it waits for them, less than the limit.
constexpr std::chrono::seconds nic_limit{4};

void log(const std::string &text) {
    std::fprintf(stderr, "kvmtune-agent: %s\n", text.c_str());
}

void log(const protocol::Outcomes &outcomes) {
    for (const auto &[knob, outcome] : outcomes) {
        const bool done = outcome.state == protocol::Outcome::State::done;
        log(knob + (done ? " is " + outcome.value : ": " + outcome.why));
    }
}

/// Puts again what was granted before, giving NICs some time to appear.
protocol::Outcomes put_again(Tuner &tuner, const Bells &bells) {
    const auto limit = Readiness::Clock::now() + nic_limit;
    protocol::Outcomes outcomes = tuner.put_again();
    while (tuner.misses_nics() && Readiness::Clock::now() < limit) {
        if (wait_for(bells, first_try) == Wake::stopped) break;
        for (auto &[knob, outcome] : tuner.put_on_new_nics()) outcomes[knob] = outcome;
    }
    return outcomes;
}

/// A descriptor that can be read once SIGTERM or SIGINT came.
Result<Fd> stop_signals() {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    sigaddset(&signals, SIGINT);
    if (sigprocmask(SIG_BLOCK, &signals, nullptr) != 0) return system_failure("sigprocmask", errno);
    Fd fd(signalfd(-1, &signals, SFD_CLOEXEC));
    if (!fd) return system_failure("signalfd", errno);
    return fd;
}

Readiness readiness_of_service() {
    const char *socket = std::getenv("NOTIFY_SOCKET");
    return Readiness(socket == nullptr ? "" : socket, Readiness::Clock::now() + ready_limit);
}

Result<Port> open_port(const Options &options, const Root &root) {
    if (!options.port.empty()) return Port::open(options.port);
    return Port::open(TRY(port_path(root)));
}

struct Parts {
    Tuner &tuner;
    Session &session;
    Lease lease;
    Bells bells;
    Readiness readiness;
};

/// What was granted before is put again before anybody is answered.
End serve(Port &port, Parts &parts) {
    if (parts.lease.begin()) {
        const auto outcomes = put_again(parts.tuner, parts.bells);
        log(outcomes);
        if (!outcomes.empty()) parts.readiness.announce();
    }
    log("serving the host's requests");
    return serve(port, parts.session, parts.bells, parts.readiness);
}

void note_missing_port(Lease &lease) {
    const auto outcomes = lease.without_port(Lease::Clock::now());
    if (!outcomes.empty()) log("there is no port: what the host granted before is given back");
    log(outcomes);
}

/// Serves the port whenever it is there. Says why it waits once, not at every try.
void serve_for_ever(const Options &options, const Root &root, Parts &parts) {
    milliseconds pause = first_try;
    std::string said;
    while (true) {
        auto port = open_port(options, root);
        if (port) {
            if (serve(*port, parts) == End::stopped) return;
            said.clear();
            pause = first_try;
        } else if (port.error().kind == ErrorKind::not_found) {
            note_missing_port(parts.lease);
        }
        const std::string why = port ? "the port was lost" : port.error().what;
        if (why != said) log("waiting for the port: " + why);
        said = why;
        port = failure(ErrorKind::failed, why);
        parts.readiness.tick();
        leave_code_pages();
        const Wake wake = wait_for(parts.bells, parts.readiness.cap(pause));
        if (wake == Wake::stopped) return;
        if (wake == Wake::links_changed && parts.lease.is_held()) parts.session.links_changed();
        pause = std::min(pause * 2, last_try);
    }
}

Result<> run(const Options &options) {
    const Fd stop = TRY(stop_signals());
    signal(SIGPIPE, SIG_IGN);
    const Root root = TRY(Root::open(options.root));
    const std::string boot = TRY(boot_id(root));
    LinkNews news = TRY(LinkNews::open());
    KernelLinks links = TRY(KernelLinks::open());
    Record record = TRY(Record::open(root, boot));
    Wanted wanted(root);
    Knobs knobs(root, links);
    Tuner tuner(knobs, record, wanted);
    Session session(knobs, tuner, boot);
    Parts parts{tuner, session, Lease(tuner, Lease::Clock::now()), {stop.get(), &news}, readiness_of_service()};
    if (const auto settled = settle_names(root); !settled) log(settled.error().what);
    serve_for_ever(options, root, parts);
    log("stopped");
    return {};
}

}  // namespace

int main(int count, char **arguments) {
    const auto options = options_from(count, arguments);
    if (!options) {
        log(options.error().what);
        std::fputs(usage().c_str(), stderr);
        return 2;
    }
    if (options->action != Options::Action::serve) {
        const bool help = options->action == Options::Action::show_help;
        std::fputs(help ? usage().c_str() : "kvmtune-agent " KVMTUNE_VERSION "\n", stdout);
        return 0;
    }
    const auto result = run(*options);
    if (result) return 0;
    log(result.error().what);
    return 1;
}
