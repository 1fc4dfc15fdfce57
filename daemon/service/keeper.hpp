// Keeps host and guests as the policy says: whatever happens only asks for a round, and a round looks at everything, so
// that a lost event costs nothing. Bursts come together; one round at a time. Belongs to the loop's thread.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>

#include "daemon/service/contention.hpp"
#include "daemon/service/guest_ears.hpp"
#include "daemon/service/job.hpp"
#include "daemon/service/mailbox.hpp"
#include "daemon/service/resting.hpp"
#include "daemon/service/state.hpp"
#include "daemon/service/worker.hpp"

namespace kvmtune::service {

/// What is told of rounds and the policy, for signals on the bus and for the hook's door.
struct News {
    std::function<void(const std::string &domain)> tuned;
    std::function<void(const plan::Target &, const plan::Value &wanted, const plan::Value &found)> drift;
    std::function<void(const std::string &domain)> guest_ready;
    std::function<void(const plan::Finding &)> finding;
    std::function<void(std::shared_ptr<const plan::Policy>)> policy;  ///< another one is in force
    std::function<void()> state;
};

/// How long things wait.
struct Pace {
    std::chrono::milliseconds soon{300};  ///< a start alone makes a dozen events
    std::chrono::milliseconds after_failure{5000};
    std::chrono::milliseconds sweep{600'000};  ///< nothing tells when a sysctl is written, or a knob inside a guest
    std::chrono::milliseconds guest{5000};     ///< not listened to after it spoke unasked, at first; then twice as long
    std::chrono::milliseconds silence_at_most{6 * 600'000};  ///< the first is a sweep
};

struct Settings {
    std::optional<std::string> policy;    ///< a file, instead of those in /etc/kvmtune
    std::optional<std::string> topology;  ///< instead of this machine's
    apply::LoadModule load_module;
    Pace pace = {};
};

class Keeper {
  public:
    using Done = std::function<void(Result<Json>)>;
    using Tell = pipeline::Tell;

    /// All must outlive it.
    Keeper(Loop &loop, Mailbox &mailbox, const Root &root, Resting resting, Settings settings, News news);

    /// Begins: reads the policy, connects and looks.
    void begin(OpenWatch open);
    /// Reads the policy again; one with mistakes is said, and the one before stays in force.
    void reload();
    /// Something may have changed: a round soon.
    void want_round(const std::string &why);
    /// Answers a request, in order with the rounds; done and tell are called in the loop's thread.
    void ask(answers::Request request, Done done, Tell tell);

    /// Whether the policy says so.
    [[nodiscard]] bool gives_back_at_the_end() const;
    /// The end is near: where the policy says so, gives back all that can be given back while guests run. Done is
    /// called in the loop's thread.
    void wind_up(std::function<void()> done);

    [[nodiscard]] const State &state() const { return state_; }

  private:
    void connected();
    void disconnected(const Error &why);
    void happened(const std::vector<apply::Happening> &happenings);
    void arm(std::chrono::milliseconds delay, const std::string &why);
    void start_round();
    void round_over(const Silent &passed_over, Result<Round> round);
    void take(const pipeline::Account &account);
    void say_changes(const pipeline::Account &account);
    [[nodiscard]] std::string who_changes(const plan::Target &target) const;
    void say_drift(const plan::Change &change, const pipeline::Account &account);
    void say_findings(std::set<plan::Finding> findings, const pipeline::Account &account);
    void tell_of_guests(const pipeline::Account &account);
    void work(Worker::Job job);
    void worked();
    void settle(const answers::Request &request, const Result<Answered> &answer);
    [[nodiscard]] Assignment assignment();

    Loop &loop_;
    Mailbox &mailbox_;
    const Root &root_;
    Settings settings_;
    News news_;
    Resting resting_;
    State state_;
    std::shared_ptr<const plan::Policy> policy_;
    Contention contention_;
    std::set<std::string> yielding_;  ///< UUIDs of domains whose sections yield to whoever defines them anew
    guest::Lines lines_;              ///< the worker's while it works
    GuestEars ears_;                  ///< hear whatever comes over them at other times
    std::set<std::string> moved_;     ///< domains whose threads were moved through libvirt since the last round
    std::set<std::string> silent_;    ///< domains whose agents did not answer in the last round
    Silence silence_;                 ///< whom not to ask in every round
    unsigned jobs_ = 0;               ///< that the worker has to do
    bool in_round_ = false;
    unsigned changes_asked_ = 0;      ///< requests under way that change something: no round may begin before they end
    bool wanted_ = false;             ///< another round after these
    SourcePtr timer_;                 ///< of the next round
    SourcePtr sweep_;                 ///< a round now and then, for what nothing tells of: sysctls, knobs in guests
    std::unique_ptr<Worker> worker_;  ///< last: its thread uses the others
};

}  // namespace kvmtune::service
