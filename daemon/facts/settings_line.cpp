#include "daemon/facts/settings_line.hpp"

namespace kvmtune::facts {

std::string trimmed(const std::string &text) {
    constexpr const char *blanks = " \t\r";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string::npos) return "";
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

bool says_nothing(const std::string &line) {
    return line.empty() || line[0] == '#' || line[0] == ';';
}

}  // namespace kvmtune::facts
