// Where a command prints: results to one stream, all else to the other.
#pragma once

#include <cstdio>
#include <string>
#include <string_view>

namespace kvmtune::cli {

class Terminal {
  public:
    /// Both streams must outlive it. What a screen gets and a file does not depends on what they are.
    Terminal(std::FILE *out, std::FILE *err);
    /// The same, taken for a screen each, whatever they are.
    [[nodiscard]] static Terminal on_screens(std::FILE *out, std::FILE *err);

    void result(std::string_view text) const { print(out_, text); }
    void note(std::string_view text) const { print(err_, text); }
    /// What is being done, on a line of its own that the next one takes the place of; an empty one wipes it. Only a
    /// screen gets it, and nothing else may be printed there before it is wiped.
    void progress(const std::string &doing) const;
    /// Whether results go to a screen.
    [[nodiscard]] bool is_interactive() const { return out_is_screen_; }
    /// Whether all results could be written so far.
    [[nodiscard]] bool flush() const { return std::fflush(out_) == 0 && std::ferror(out_) == 0; }

  private:
    static void print(std::FILE *stream, std::string_view text) {
        // A stream that failed is noticed by flush().
        if (std::fwrite(text.data(), 1, text.size(), stream) != text.size()) return;
    }

    std::FILE *out_;
    std::FILE *err_;
    bool out_is_screen_ = false;
    bool err_is_screen_ = false;
};

}  // namespace kvmtune::cli
