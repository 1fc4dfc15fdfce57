// What the host last asked for and was granted, so that it is put again when the agent or the guest starts, before
// the host says anything. It names the machine (its DMI UUID), so that a copied disk does not carry it elsewhere.
#pragma once

#include <map>
#include <string>

#include "base/result.hpp"
#include "base/root.hpp"

namespace kvmtune::agent {

class Wanted {
  public:
    static constexpr const char *folder = "var/lib/kvmtune-agent";
    static constexpr const char *path = "var/lib/kvmtune-agent/wanted.json";

    /// What is kept in this tree, which outlives it. Nothing, if it is of another machine or cannot be read.
    explicit Wanted(const Root &root);

    [[nodiscard]] const std::map<std::string, std::string> &knobs() const { return knobs_; }
    /// Keeps it, durably where the file system can be written; in memory in any case.
    [[nodiscard]] Result<> keep(std::map<std::string, std::string> knobs);
    /// Whether anything is kept for the next start.
    [[nodiscard]] bool is_on_disk() const { return root_.exists(path); }

  private:
    [[nodiscard]] Result<> write() const;

    const Root &root_;
    std::string machine_;
    std::map<std::string, std::string> knobs_;
    bool is_behind_ = false;  ///< the disk has another state
};

}  // namespace kvmtune::agent
