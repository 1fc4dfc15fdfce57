// Changes and what waits, a line each, as plans and accounts show them.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "daemon/cli/palette.hpp"

namespace kvmtune::cli {

enum class Detail { brief, reasons };

/// The unit that something with a target belongs to: "host", or the domain's name.
[[nodiscard]] std::string unit_of(const Json &item);
/// Its target without kind and owner: "net.core.rmem_max".
[[nodiscard]] std::string target_name(const Json &item);
/// A value on one line: "-" if it is absent; a file's text by its number of lines.
[[nodiscard]] std::string value_at(const Json &item, std::string_view name);
/// "1 change", "2 changes".
[[nodiscard]] std::string counted(std::size_t count, const std::string &noun);

[[nodiscard]] std::string change_line(const Json &change, Detail detail, const Palette &palette);
[[nodiscard]] std::string pending_line(const Json &pending);

/// Lines under a heading each, in order of first appearance.
class Grouped {
  public:
    explicit Grouped(const Palette &palette) : palette_(palette) {}

    void add(const std::string &heading, const std::string &line);
    [[nodiscard]] std::string text() const;

  private:
    const Palette &palette_;
    std::vector<std::string> order_;
    std::map<std::string, std::string> lines_;
};

}  // namespace kvmtune::cli
