// The journal: every hold on what is not in a domain's own definition, as text that cat can read. One record a line,
// each with its CRC-32 in front, appended and synced before the change that it announces:
//
//     kvmtune-journal 1
//     5d41c0a2 {"hold":"sysctl:net.core.somaxconn","epoch":"","original":"4096","asked":"65535"}
//     0f1e2d3c {"granted":"sysctl:net.core.somaxconn","value":"65535"}
//     91ab02cd {"drop":"sysctl:net.core.somaxconn"}
//
// A torn last line was announced to nobody and is dropped. Any other damage, and a version that we do not know, is an
// error: nothing is deleted, nothing is guessed. When the last hold goes, so does the file.
#pragma once

#include <functional>
#include <string>

#include "base/result.hpp"
#include "base/root.hpp"
#include "daemon/plan/hold.hpp"

namespace kvmtune::apply {

/// Called after each record and each effect is on disk or in the kernel; tests end the process there.
using Step = std::function<void()>;

class Journal {
  public:
    /// Reads the journal of a tree; none is the same as one without holds. The tree must outlive it.
    [[nodiscard]] static Result<Journal> open(const Root &root, std::string path, Step step = {});

    [[nodiscard]] const plan::Holds &holds() const { return holds_; }

    /// Records what a target held and what it is about to get. For a target that is held already, its original stays,
    /// but for a pool: there it is what is there now less what is ours of it.
    /// invalid: a value that is not UTF-8 cannot be recorded.
    [[nodiscard]] Result<> hold(const plan::Target &target, const std::string &epoch, const plan::Value &original,
                                const std::string &asked);
    /// Records what was read back.
    [[nodiscard]] Result<> granted(const plan::Target &target, const plan::Value &value);
    /// The hold is over.
    [[nodiscard]] Result<> drop(const plan::Target &target);
    /// Rewrites the file so that it holds only what is in force, or removes it.
    [[nodiscard]] Result<> tidy();

  private:
    Journal(const Root &root, std::string path, Step step)
        : root_(&root), path_(std::move(path)), step_(std::move(step)) {}
    [[nodiscard]] Result<> append(const std::string &record);

    const Root *root_;
    std::string path_;
    Step step_;
    plan::Holds holds_;
    bool torn_ = false;  ///< the last line on disk is not whole: rewrite before the next record
};

}  // namespace kvmtune::apply
