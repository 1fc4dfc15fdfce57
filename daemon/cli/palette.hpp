// Colors for people, or none.
#pragma once

#include <string>

#include "daemon/cli/options.hpp"
#include "daemon/cli/terminal.hpp"

namespace kvmtune::cli {

class Palette {
  public:
    [[nodiscard]] static Palette plain() { return Palette({}); }
    [[nodiscard]] static Palette colored() { return Palette("\033["); }
    /// Colored on a screen, unless the options, NO_COLOR or a terminal that knows no colors say otherwise.
    [[nodiscard]] static Palette of(const Options &options, const Terminal &terminal);

    [[nodiscard]] std::string heading(const std::string &text) const { return with("1m", text); }
    [[nodiscard]] std::string good(const std::string &text) const { return with("32m", text); }
    [[nodiscard]] std::string bad(const std::string &text) const { return with("31m", text); }
    [[nodiscard]] std::string notable(const std::string &text) const { return with("33m", text); }
    [[nodiscard]] std::string quiet(const std::string &text) const { return with("36m", text); }
    /// A unified diff: what comes is good, what goes bad, places quiet.
    [[nodiscard]] std::string diff(const std::string &text) const;

  private:
    explicit Palette(std::string escape) : escape_(std::move(escape)) {}
    [[nodiscard]] std::string with(const char *color, const std::string &text) const {
        return escape_.empty() || text.empty() ? text : escape_ + color + text + escape_ + "0m";
    }

    std::string escape_;  ///< empty: no colors
};

}  // namespace kvmtune::cli
