// Puts values and gives originals back. A knob's original is on record before it is changed. A knob that holds
// neither its original nor one of our values has been set by somebody in the guest: it is left to them.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>

#include "guest-agent/knobs.hpp"
#include "guest-agent/protocol/message.hpp"
#include "guest-agent/record.hpp"
#include "guest-agent/wanted.hpp"

namespace kvmtune::agent {

class Tuner {
  public:
    /// All outlive it.
    Tuner(Knobs &knobs, Record &record, Wanted &wanted) : knobs_(knobs), record_(record), wanted_(wanted) {}

    /// Puts these values; what was granted is put again at the next start.
    [[nodiscard]] protocol::Outcomes put(const std::map<std::string, std::string> &values);
    /// Gives these knobs, or all that are held, their originals back. One that is not held is done as it is, and so is
    /// one of a NIC that is gone. It failed where the next start would put it again.
    [[nodiscard]] protocol::Outcomes revert(const std::optional<std::set<std::string>> &knobs);
    /// Puts what was granted before the agent or the guest started anew.
    [[nodiscard]] protocol::Outcomes put_again();
    /// The same for NICs that have come, or came back, since they were last looked at, and for no others: what somebody
    /// in the guest has set since then is theirs.
    [[nodiscard]] protocol::Outcomes put_on_new_nics();
    /// Knobs that have one of our values, with their originals; no more than fit into a view.
    [[nodiscard]] std::map<std::string, std::string> originals() const;
    /// Whether something was granted to a NIC that is not there.
    [[nodiscard]] bool misses_nics() const;

  private:
    [[nodiscard]] protocol::Outcome put_one(const std::string &knob, const std::string &value);
    [[nodiscard]] protocol::Outcome change(const std::string &knob, const std::string &value, const Reading &before);
    [[nodiscard]] protocol::Outcome revert_one(const std::string &knob);
    [[nodiscard]] protocol::Outcome remove_lasting(const std::string &knob);
    [[nodiscard]] protocol::Outcome give_back(const std::string &knob, const Held &held, const Reading &now);
    [[nodiscard]] const Held *held_now(const std::string &knob, const Reading &now) const;

    Knobs &knobs_;
    Record &record_;
    Wanted &wanted_;
    std::map<std::string, std::string> epochs_;  ///< of wanted knobs, as they were when they were last put
};

}  // namespace kvmtune::agent
