// What each knob held before the agent first changed it, and the values that are the agent's own. Kept below /run, so
// that it outlives the agent and dies with the boot, as the values do. A text file: after a first line that names the
// version and the boot, one line a step, written and synced before the step it announces. Each line is eight
// hexadecimal digits of CRC-32, a blank, and JSON. A torn last line is dropped; any other damage is an error.
#pragma once

#include <map>
#include <set>
#include <string>

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "base/root.hpp"

namespace kvmtune::agent {

struct Held {
    std::string original;
    std::string epoch;           ///< what the knob's name stood for (see Reading)
    std::set<std::string> ours;  ///< asked for or granted since

    bool operator==(const Held &) const = default;
};

class Record {
  public:
    static constexpr const char *folder = "run/kvmtune-agent";
    static constexpr const char *path = "run/kvmtune-agent/record";

    /// The record of this boot; begins one if there is none or only one of an earlier boot.
    [[nodiscard]] static Result<Record> open(const Root &root, const std::string &boot_id);

    [[nodiscard]] const std::map<std::string, Held> &held() const { return held_; }

    /// From here on the knob is held; this was in it before us.
    [[nodiscard]] Result<> hold(const std::string &knob, const std::string &original, const std::string &epoch);
    /// This value at a held knob is ours.
    [[nodiscard]] Result<> claim(const std::string &knob, const std::string &value);
    /// The knob is held no more.
    [[nodiscard]] Result<> release(const std::string &knob);

  private:
    explicit Record(Fd file) : file_(std::move(file)) {}
    [[nodiscard]] Result<> append(const Json &step);

    Fd file_;
    std::map<std::string, Held> held_;
};

}  // namespace kvmtune::agent
