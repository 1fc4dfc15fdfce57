#include "daemon/service/daemon.hpp"

#include <systemd/sd-daemon.h>

#include <csignal>
#include <optional>
#include <utility>
#include <vector>

#include "daemon/bus/tuner.hpp"
#include "daemon/libvirt/load.hpp"
#include "daemon/service/cpu_watch.hpp"
#include "daemon/service/hook_door.hpp"
#include "daemon/service/keeper.hpp"
#include "daemon/service/link_watch.hpp"
#include "daemon/service/log.hpp"

namespace kvmtune::service {

namespace {

std::string shown(const plan::Value &value) {
    return value.value_or("");
}

class Daemon final : public bus::Answerer {
  public:
    Daemon(const Root &root, std::unique_ptr<Loop> loop, std::unique_ptr<Mailbox> mailbox, Resting resting,
           Settings settings)
        : loop_(std::move(loop)),
          mailbox_(std::move(mailbox)),
          root_(root),
          only_policy_(settings.policy),
          topology_(settings.topology),
          keeper_(*loop_, *mailbox_, root, std::move(resting), std::move(settings), news()) {}

    Result<int> run(const std::string &uri);

    void ask(answers::Request request, Done done, pipeline::Tell tell) override {
        keeper_.ask(std::move(request), std::move(done), std::move(tell));
    }
    [[nodiscard]] bus::Standing standing() const override;
    [[nodiscard]] const std::set<plan::Finding> &findings() const override { return keeper_.state().findings; }

  private:
    News news();
    Result<> wait_for_signals();
    Result<> wait_for_links();
    void wait_for_cpus();
    void wait_for_hook();
    void wait_for_policy();
    void reload();
    void stop();
    void say_state();

    std::unique_ptr<Loop> loop_;
    std::unique_ptr<Mailbox> mailbox_;
    const Root &root_;
    std::optional<std::string> only_policy_;
    std::optional<std::string> topology_;
    std::unique_ptr<bus::Tuner> tuner_;  ///< null where there is no system bus
    std::vector<SourcePtr> sources_;
    std::vector<SourcePtr> policy_sources_;
    SourcePtr reload_soon_;
    bool stopping_ = false;
    Fd links_;
    std::unique_ptr<CpuWatch> cpus_;
    SourcePtr cpus_settled_;
    Keeper keeper_;
    std::unique_ptr<HookDoor> door_;  ///< last: it ends first; null where it could not be opened
};

News Daemon::news() {
    News news;
    news.tuned = [this](const std::string &domain) {
        if (tuner_) tuner_->tuned(domain);
    };
    news.drift = [this](const plan::Target &target, const plan::Value &wanted, const plan::Value &found) {
        if (tuner_) tuner_->drift(text_of(target), shown(wanted), shown(found));
    };
    news.guest_ready = [this](const std::string &domain) {
        if (tuner_) tuner_->guest_ready(domain);
    };
    news.finding = [this](const plan::Finding &finding) {
        if (tuner_) tuner_->finding(finding);
    };
    news.policy = [this](std::shared_ptr<const plan::Policy> policy) {
        if (door_) door_->use(std::move(policy));
    };
    news.state = [this] { say_state(); };
    return news;
}

bus::Standing Daemon::standing() const {
    const auto &state = keeper_.state();
    return {state.connected, state.policy_in_force, state.as_desired, state.to_change, state.pending};
}

void Daemon::say_state() {
    if (tuner_) tuner_->standing_changed();
    const auto &state = keeper_.state();
    std::string status = "Everything is as desired.";
    if (!state.policy_mistakes.empty()) {
        status = "The policy has mistakes: " + state.policy_mistakes.front();
    } else if (!state.connected) {
        status = "Waiting for libvirt: " + state.why_not_connected;
    } else if (!state.looked) {
        status = "Looking at the host and its guests.";
    } else if (!state.as_desired) {
        status = std::to_string(state.to_change) + " to change, " + std::to_string(state.pending) + " pending.";
    }
    sd_notifyf(0, "STATUS=%s", status.c_str());
}

Result<> Daemon::wait_for_signals() {
    for (const int signal : {SIGTERM, SIGINT}) sources_.push_back(TRY(loop_->on_signal(signal, [this] { stop(); })));
    sources_.push_back(TRY(loop_->on_signal(SIGHUP, [this] { reload(); })));
    return {};
}

Result<> Daemon::wait_for_links() {
    links_ = TRY(watch_links());
    sources_.push_back(TRY(loop_->on_readable(links_.get(), [this] {
        drain(links_);
        keeper_.want_round("a link changed");
    })));
    return {};
}

/// Several go one after the other, each of which takes the kernel a while: the last one counts.
void Daemon::wait_for_cpus() {
    constexpr std::chrono::milliseconds soon{1000};
    auto watch = CpuWatch::on(*loop_, [this, soon] {
        auto timer = loop_->after(soon, [this] { keeper_.want_round("a CPU went offline or online"); });
        if (timer) cpus_settled_ = *std::move(timer);
    });
    if (!watch) return log(Weight::warning, "CPUs that go offline are seen late: " + watch.error().what);
    cpus_ = *std::move(watch);
}

void Daemon::wait_for_hook() {
    auto door = HookDoor::open(root_, topology_, [this](const hook::Call &call) {
        mailbox_->post([this, why = call.object + ": " + call.operation] { keeper_.want_round(why); });
    });
    if (!door) return log(Weight::warning, "libvirt's hook does its work alone: " + door.error().what);
    door_ = *std::move(door);
}

/// An editor writes a file in several steps: the last one counts.
void Daemon::wait_for_policy() {
    constexpr std::chrono::milliseconds soon{300};
    policy_sources_.clear();
    const auto changed = [this, soon] {
        if (auto timer = loop_->after(soon, [this] { reload(); })) reload_soon_ = *std::move(timer);
    };
    const auto watch = [&](const std::string &folder) {
        auto source = loop_->on_change_in(root_.full(folder), changed);
        if (source) policy_sources_.push_back(*std::move(source));
    };
    if (only_policy_) return;
    watch("etc/kvmtune");
    watch("etc/kvmtune/kvmtune.d");
    // Until there is such a folder, the one above tells when it is made.
    if (!root_.exists("etc/kvmtune")) watch("etc");
}

/// Whoever asks twice does not want to wait. Where it cannot be known whether the whole host goes down, all stays.
void Daemon::stop() {
    sd_notify(0, "STOPPING=1");
    const bool again = std::exchange(stopping_, true);
    if (again || !keeper_.gives_back_at_the_end()) return loop_->end(0);
    const auto host_goes_down = tuner_ ? tuner_->host_goes_down() : std::nullopt;
    if (!host_goes_down)
        log(Weight::warning,
            "nothing is given back, though host.on_stop says so: systemd does not tell whether the host goes down");
    if (host_goes_down.value_or(true)) return loop_->end(0);
    keeper_.wind_up([this] { loop_->end(0); });
}

void Daemon::reload() {
    sd_notify(0, "RELOADING=1");
    wait_for_policy();
    keeper_.reload();
    sd_notify(0, "READY=1");
}

Result<int> Daemon::run(const std::string &uri) {
    TRY(wait_for_signals());
    TRY(wait_for_links());
    wait_for_cpus();
    wait_for_policy();
    auto tuner = bus::open_tuner(loop_->event(), *this);
    if (!tuner && tuner.error().kind == ErrorKind::busy) return tl::unexpected(tuner.error());
    if (tuner) tuner_ = *std::move(tuner);
    if (!tuner_) log(Weight::warning, "nobody can ask over D-Bus: " + tuner.error().what);
    wait_for_hook();
    loop_->feed_watchdog();
    keeper_.begin([uri] { return libvirt::open_watch(uri); });
    sd_notify(0, "READY=1");
    return loop_->run();
}

}  // namespace

Result<int> run_daemon(const Options &options) {
    const auto root = TRY(Root::open(options.root));
    auto loop = TRY(Loop::make());
    auto mailbox = TRY(Mailbox::on(*loop));
    auto resting = TRY(Resting::read(root));
    Settings settings;
    settings.policy = options.policy;
    settings.topology = options.topology;
    settings.load_module = sd_booted() > 0 ? apply::start_modprobe_unit : apply::modprobe;
    return Daemon(root, std::move(loop), std::move(mailbox), std::move(resting), std::move(settings)).run(options.uri);
}

}  // namespace kvmtune::service
