#include "daemon/service/keeper.hpp"

#include <algorithm>
#include <iterator>

#include "daemon/policy/policy.hpp"
#include "daemon/service/gist.hpp"
#include "daemon/service/log.hpp"

namespace kvmtune::service {

using plan::TargetKind;
using namespace std::chrono_literals;

namespace {

std::vector<std::string> lines_of(const std::vector<policy::Mistake> &mistakes) {
    std::vector<std::string> lines;
    std::transform(mistakes.begin(), mistakes.end(), std::back_inserter(lines),
                   [](const policy::Mistake &mistake) { return text_of(mistake); });
    return lines;
}

std::string domain_of(const plan::Target &target, const pipeline::Account &account) {
    const auto at = account.names.find(target.owner);
    return at == account.names.end() ? target.owner : at->second;
}

std::string text_of_value(const plan::Target &target, const plan::Value &value) {
    if (!value) return "nothing";
    return target.kind == TargetKind::file ? "its text" : *value;
}

std::string change_line(const apply::Outcome &outcome, const std::string &domain) {
    const auto &change = outcome.change;
    auto line = (domain.empty() ? std::string("host") : domain) + ": " + change.target.name + ": " +
                text_of_value(change.target, change.from) + " -> " + text_of_value(change.target, change.to);
    if (outcome.status != apply::Status::done) line += ": " + text_of(outcome.status) + ": " + outcome.why;
    return change.because.empty() ? line : line + " (" + change.because + ")";
}

/// Domains whose guests are waited for.
std::set<std::string> silent_guests(const plan::Plan &left) {
    std::set<std::string> uuids;
    for (const auto &pending : left.pending)
        if (pending.target.kind == TargetKind::knob) uuids.insert(pending.target.owner);
    return uuids;
}

}  // namespace

Keeper::Keeper(Loop &loop, Mailbox &mailbox, const Root &root, Resting resting, Settings settings, News news)
    : loop_(loop),
      mailbox_(mailbox),
      root_(root),
      settings_(std::move(settings)),
      news_(std::move(news)),
      resting_(std::move(resting)),
      ears_(loop, settings_.pace.guest, settings_.pace.sweep,
            [this](const std::string &uuid) {
                silence_.forget(uuid);
                want_round(uuid + " spoke");
            }),
      silence_(settings_.pace.sweep, settings_.pace.silence_at_most) {}

void Keeper::begin(OpenWatch open) {
    reload();
    Worker::Ears ears;
    ears.connected = [this] { mailbox_.post([this] { connected(); }); };
    ears.disconnected = [this](const Error &why) { mailbox_.post([this, why] { disconnected(why); }); };
    ears.happened = [this](std::vector<apply::Happening> happenings) {
        mailbox_.post([this, happenings = std::move(happenings)] { happened(happenings); });
    };
    worker_ = std::make_unique<Worker>(std::move(open), std::move(ears));
}

void Keeper::reload() {
    auto policy = policy::load_policy(root_, settings_.policy);
    state_.policy_mistakes = policy ? std::vector<std::string>() : lines_of(policy.error());
    for (const auto &mistake : state_.policy_mistakes)
        log(Weight::error, mistake + (policy_ ? " (the policy before stays in force)" : " (nothing is changed)"));
    if (policy) {
        policy_ = std::make_shared<plan::Policy>(*std::move(policy));
        news_.policy(policy_);
        state_.policy_in_force = true;
        contention_.forgive();
        want_round("the policy was read");
    }
    news_.state();
}

void Keeper::want_round(const std::string &why) {
    if (in_round_ || changes_asked_ > 0) {
        wanted_ = true;
        return;
    }
    if (!timer_) arm(settings_.pace.soon, why);
}

void Keeper::arm(std::chrono::milliseconds delay, const std::string &why) {
    auto timer = loop_.after(delay, [this] { start_round(); });
    if (!timer) return log(Weight::error, timer.error().what);
    log(Weight::debug, "looking: " + why);
    timer_ = *std::move(timer);
}

Assignment Keeper::assignment() {
    return {root_, lines_, *policy_, settings_.topology, settings_.load_module};
}

void Keeper::work(Worker::Job job) {
    ++jobs_;
    ears_.cover();
    worker_->post(std::move(job));
}

void Keeper::worked() {
    if (--jobs_ == 0) ears_.listen(lines_.open());
}

void Keeper::start_round() {
    timer_.reset();
    sweep_.reset();
    wanted_ = wanted_ || changes_asked_ > 0;
    if (changes_asked_ > 0) return;
    if (!policy_ || !worker_ || !state_.connected) return;
    in_round_ = true;
    pipeline::Scope scope;
    // What a guest that ran or was silent did not let go of yet goes as soon as it can.
    if (resting_.all()) scope.goal = pipeline::Goal::give_back;
    scope.resting = resting_.domains();
    scope.given_up = contention_.given_up(std::chrono::steady_clock::now(), yielding_);
    auto passed_over = silence_.passed_over(std::chrono::steady_clock::now());
    work([this, assignment = assignment(), scope, passed_over](Result<apply::Hypervisor *> hypervisor) {
        auto came = hypervisor ? round(assignment, **hypervisor, scope, passed_over)
                               : Result<Round>(tl::unexpected(hypervisor.error()));
        mailbox_.post([this, passed_over, came = std::move(came)] { round_over(passed_over, came); });
    });
}

void Keeper::round_over(const Silent &passed_over, Result<Round> round) {
    worked();
    in_round_ = false;
    if (round) {
        silence_.note(passed_over, round->silent, std::chrono::steady_clock::now());
        take(round->account);
    } else {
        log(Weight::error, round.error().what);
    }
    news_.state();
    if (wanted_ || (!round && state_.connected)) {
        wanted_ = false;
        arm(round ? settings_.pace.soon : settings_.pace.after_failure, round ? "more happened" : "it failed before");
    }
    auto sweep = loop_.after(settings_.pace.sweep, [this] { want_round("the time has come"); });
    if (sweep) sweep_ = *std::move(sweep);
}

void Keeper::take(const pipeline::Account &account) {
    say_changes(account);
    moved_.clear();
    contention_.note(account.report.outcomes, std::chrono::steady_clock::now());
    auto findings = std::set<plan::Finding>(account.report.findings.begin(), account.report.findings.end());
    findings.insert(account.left.findings.begin(), account.left.findings.end());
    say_findings(std::move(findings), account);
    yielding_ = account.yielding;
    state_.looked = true;
    state_.as_desired = account.left.empty();
    state_.to_change = static_cast<unsigned>(account.left.changes.size());
    state_.pending = static_cast<unsigned>(account.left.pending.size());
    tell_of_guests(account);
}

void Keeper::say_changes(const pipeline::Account &account) {
    for (const auto &outcome : contention_.put_back(account.report.outcomes)) say_drift(outcome.change, account);
    std::set<std::string> domains;
    for (const auto &outcome : account.report.outcomes) {
        const auto &target = outcome.change.target;
        const auto domain = domain_of(target, account);
        const bool done = outcome.status == apply::Status::done;
        log(done ? Weight::notice : Weight::warning, change_line(outcome, domain),
            {{"DOMAIN", domain}, {"TARGET", text_of(target)}});
        if (done && !domain.empty()) domains.insert(domain);
    }
    for (const auto &domain : domains) news_.tuned(domain);
}

std::string Keeper::who_changes(const plan::Target &target) const {
    const bool is_pin = target.kind == TargetKind::affinity && moved_.count(target.owner) != 0;
    if (is_pin || target.kind == TargetKind::element || target.kind == TargetKind::network)
        return "another client of libvirt";
    return target.kind == TargetKind::knob ? "somebody in the guest" : "somebody";
}

void Keeper::say_drift(const plan::Change &change, const pipeline::Account &account) {
    const auto domain = domain_of(change.target, account);
    const auto known = account.authors.find(change.target);
    const auto author = known == account.authors.end() ? who_changes(change.target) : known->second;
    log(Weight::notice,
        text_of(change.target) + ": " + author + " had changed it to " + text_of_value(change.target, change.from),
        {{"DOMAIN", domain}, {"TARGET", text_of(change.target)}});
    news_.drift(change.target, change.to, change.from);
}

void Keeper::say_findings(std::set<plan::Finding> findings, const pipeline::Account &account) {
    std::set<std::string> known;
    for (const auto &finding : state_.findings) known.insert(gist_of(finding));
    for (const auto &finding : findings) {
        if (known.count(gist_of(finding)) != 0) continue;
        const auto target = plan::target_from(finding.about);
        const auto domain = target ? domain_of(*target, account) : finding.about;
        log(Weight::notice, finding.about + ": " + finding.what, {{"DOMAIN", domain}, {"TARGET", finding.about}});
        news_.finding(finding);
    }
    state_.findings = std::move(findings);
}

void Keeper::tell_of_guests(const pipeline::Account &account) {
    auto silent = silent_guests(account.left);
    for (const auto &uuid : silent_)
        if (silent.count(uuid) == 0 && account.names.count(uuid) != 0) news_.guest_ready(account.names.at(uuid));
    silent_ = std::move(silent);
}

void Keeper::connected() {
    log(Weight::info, "libvirt is connected");
    state_.connected = true;
    state_.why_not_connected.clear();
    news_.state();
    want_round("libvirt was connected");
}

void Keeper::disconnected(const Error &why) {
    if (state_.why_not_connected != why.what) log(Weight::warning, why.what);
    state_.connected = false;
    state_.why_not_connected = why.what;
    news_.state();
}

void Keeper::happened(const std::vector<apply::Happening> &happenings) {
    std::string why;
    for (const auto &[what, uuid] : happenings) {
        why = uuid + (uuid.empty() ? "" : " ") + text_of(what);
        if (what == apply::Happening::What::tuned) moved_.insert(uuid);
        // Whatever it was before, it is to be asked.
        if (what == apply::Happening::What::started || what == apply::Happening::What::rebooted) silence_.forget(uuid);
    }
    want_round(why);
}

bool Keeper::gives_back_at_the_end() const {
    return policy_ && policy_->host.gives_back_on_stop;
}

void Keeper::wind_up(std::function<void()> done) {
    ++changes_asked_;  // no round any more
    if (!gives_back_at_the_end() || !worker_ || !state_.connected) return done();
    log(Weight::info, "giving everything back, as host.on_stop says");
    pipeline::Scope scope;
    scope.goal = pipeline::Goal::give_back;
    work([this, assignment = assignment(), scope, done = std::move(done)](Result<apply::Hypervisor *> hypervisor) {
        auto came =
            hypervisor ? round(assignment, **hypervisor, scope, {}) : Result<Round>(tl::unexpected(hypervisor.error()));
        mailbox_.post([this, done, came = std::move(came)] {
            came ? say_changes(came->account) : log(Weight::error, came.error().what);
            done();
        });
    });
}

/// What was asked for is not undone by the next round. A rollback that failed was wanted all the same; so was the start
/// of a guest that ran again only when it was given back.
void Keeper::settle(const answers::Request &request, const Result<Answered> &answer) {
    --changes_asked_;
    const bool known = answer || request.domains.empty();
    const auto uuids = answer ? answer->uuids : std::set<std::string>();
    Result<> done;
    if (known && request.question == answers::Question::rollback) done = resting_.begin(uuids);
    if (answer && request.question == answers::Question::apply && !request.host_only) done = resting_.end(uuids);
    if (done && answer && !answer->untuned.empty()) done = resting_.begin(answer->untuned);
    if (!done) log(Weight::error, done.error().what);
    want_round("somebody asked for changes");
}

void Keeper::ask(answers::Request request, Done done, Tell tell) {
    if (!policy_)
        return done(failure(ErrorKind::invalid, state_.policy_mistakes.empty() ? "there is no policy yet"
                                                                               : state_.policy_mistakes.front()));
    if (request.changes()) {
        contention_.forgive();
        ++changes_asked_;
    }
    auto passed_over = silence_.passed_over(std::chrono::steady_clock::now());
    work([this, assignment = assignment(), request = std::move(request), passed_over = std::move(passed_over),
          done = std::move(done), tell = std::move(tell)](Result<apply::Hypervisor *> hypervisor) {
        const auto say = [&](const std::string &doing) { mailbox_.post([tell, doing] { tell(doing); }); };
        auto answer = hypervisor ? answered(assignment, **hypervisor, request, passed_over, say)
                                 : Result<Answered>(tl::unexpected(hypervisor.error()));
        mailbox_.post([this, request, done, answer = std::move(answer)] {
            worked();
            if (request.changes()) settle(request, answer);
            answer ? done(answer->json) : done(tl::unexpected(answer.error()));
        });
    });
}

}  // namespace kvmtune::service
