// Whether an installation can do its work, and what to do about it where it cannot.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "daemon/doctor/signs.hpp"

namespace kvmtune::doctor {

enum class Verdict { good, notable, bad };

/// One line of the examination.
struct Check {
    std::string about;  ///< "hook"
    Verdict verdict = Verdict::good;
    std::string found;
    std::string advice;  ///< what to do, where something is to be done

    bool operator==(const Check &) const = default;
};

/// What only a try tells: each is how it ended.
struct Tries {
    Result<> policy;   ///< reading it; its mistakes in words
    Result<> libvirt;  ///< connecting
    Result<> daemon;   ///< asking kvmtuned
};

/// In the order in which to mend things.
[[nodiscard]] std::vector<Check> examine(const Signs &signs, const Tries &tries);

/// "good", "notable" or "bad", as in JSON.
[[nodiscard]] const char *word_for(Verdict verdict);

}  // namespace kvmtune::doctor
