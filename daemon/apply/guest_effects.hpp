// Knobs inside guests, through their agents. The agent keeps the originals; what we record tells only that there is
// something to give back. One view a guest, until something is put there.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "daemon/apply/effects.hpp"
#include "daemon/apply/hypervisor.hpp"
#include "daemon/guest/lines.hpp"

namespace kvmtune::apply {

class GuestEffects : public Effects {
  public:
    /// How long an agent may take to answer.
    struct Patience {
        std::chrono::milliseconds connect{2000};
        std::chrono::milliseconds view{10000};    ///< of what it sees, which it only reads
        std::chrono::milliseconds answer{10000};  ///< of what it does
    };

    /// The hypervisor must outlive it.
    GuestEffects(Hypervisor &hypervisor, Patience patience);
    explicit GuestEffects(Hypervisor &hypervisor) : GuestEffects(hypervisor, Patience{}) {}

    [[nodiscard]] Result<plan::Observation> look(const plan::Target &target) override;
    [[nodiscard]] Result<> put(const plan::Target &target, const plan::Value &value) override;
    [[nodiscard]] Result<> give_back(const plan::Target &target, const plan::Value &original) override;

    /// What a guest's agent says of its guest; not_found if it does not run, has no channel, or nobody answers.
    [[nodiscard]] Result<plan::GuestFacts> facts(const std::string &uuid);
    /// Talks over these lines, which stay open after it and must outlive it, instead of lines of its own.
    void use(guest::Lines &lines) { lines_ = &lines; }
    /// These guests are not asked in this run; each has its reason.
    void pass_over(std::map<std::string, std::string> guests) { passed_over_ = std::move(guests); }
    /// How long to wait for what a guest sees, where many are waiting for the end of the run.
    void limit_view(std::chrono::milliseconds limit) { patience_.view = limit; }
    /// Guests that were asked in this run and let the time pass, each with what is to be said of it.
    [[nodiscard]] const std::map<std::string, std::string> &silent() const { return silent_; }
    /// Waits until an agent answers, at most as long as this.
    [[nodiscard]] Result<> wait_for(const std::string &uuid, std::chrono::seconds limit);

  private:
    struct Guest {
        guest::Channel *channel = nullptr;        ///< null: nobody answered
        std::unique_ptr<plan::GuestFacts> facts;  ///< null: to be asked for again
        std::string why_not;
    };

    [[nodiscard]] Result<Guest *> guest(const std::string &uuid);
    [[nodiscard]] Result<guest::Channel *> open(const std::string &uuid);
    void give_up(const std::string &uuid, Guest &guest, const Error &why);
    [[nodiscard]] Result<> concluded(const plan::Target &target, Result<protocol::Outcomes> outcomes);

    Hypervisor &hypervisor_;
    Patience patience_;
    guest::Lines own_lines_;
    guest::Lines *lines_ = &own_lines_;
    std::map<std::string, Guest> guests_;
    std::map<std::string, std::string> passed_over_;
    std::map<std::string, std::string> silent_;
};

}  // namespace kvmtune::apply
