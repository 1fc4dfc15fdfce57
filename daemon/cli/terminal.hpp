// Where a command prints: results to one stream, all else to the other.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace kvmtune::cli {

class Terminal {
  public:
    /// Both streams must outlive it.
    Terminal(std::FILE *out, std::FILE *err) : out_(out), err_(err) {}

    void result(std::string_view text) const { print(out_, text); }
    void note(std::string_view text) const { print(err_, text); }
    /// Whether results go to a terminal.
    [[nodiscard]] bool is_interactive() const;
    /// Whether all results could be written so far.
    [[nodiscard]] bool flush() const { return std::fflush(out_) == 0 && std::ferror(out_) == 0; }

  private:
    static void print(std::FILE *stream, std::string_view text) {
        // A stream that failed is noticed by flush().
        if (std::fwrite(text.data(), 1, text.size(), stream) != text.size()) return;
    }

    std::FILE *out_;
    std::FILE *err_;
};

}  // namespace kvmtune::cli
