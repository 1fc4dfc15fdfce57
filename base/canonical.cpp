#include "base/canonical.hpp"

namespace kvmtune {

std::string canonical_sysctl(const std::string &value) {
    std::string out;
    bool gap = false;
    for (const auto c : value) {
        const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r';
        if (!blank) {
            if (gap && !out.empty()) out += ' ';
            out += c;
        }
        gap = blank;
    }
    return out;
}

}  // namespace kvmtune
