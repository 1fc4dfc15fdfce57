// Guests that do not answer are asked again less and less often: each asking costs all others the time that it waits.
#pragma once

#include <chrono>
#include <map>
#include <string>

namespace kvmtune::service {

/// Why guests did not answer, by the UUIDs of their domains.
using Silent = std::map<std::string, std::string>;

class Silence {
  public:
    using Time = std::chrono::steady_clock::time_point;

    /// How long a guest is left alone at first, and at most.
    Silence(std::chrono::milliseconds first, std::chrono::milliseconds longest) : first_(first), longest_(longest) {}

    /// Guests that are not to be asked now, with what was last said of them. Of those who were silent for longer than a
    /// boot takes, all but one are passed over in each round.
    [[nodiscard]] Silent passed_over(Time now) const;
    /// What came of a round: who was passed over, and who was asked and did not answer. All others did, or are gone.
    void note(const Silent &passed_over, const Silent &silent, Time now);
    /// It runs anew: whatever it was before, it is to be asked.
    void forget(const std::string &uuid) { guests_.erase(uuid); }

  private:
    struct Guest {
        std::string why;
        std::chrono::milliseconds pause;
        Time again;
        int times;  ///< in a row that it was silent
    };

    std::chrono::milliseconds first_, longest_;
    std::map<std::string, Guest> guests_;
};

}  // namespace kvmtune::service
