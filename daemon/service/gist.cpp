#include "daemon/service/gist.hpp"

#include <string_view>

namespace kvmtune::service {

std::string gist_of(const plan::Finding &finding) {
    std::string gist = finding.about + ": " + finding.what;
    for (const std::string_view unit : {"GiB", "MiB"}) {
        for (std::size_t at = 0; (at = gist.find(unit, at)) != std::string::npos;) {
            const bool apart = at > 0 && gist[at - 1] == ' ';
            const std::size_t end = apart ? at - 1 : at;
            const auto before = end == 0 ? std::string::npos : gist.find_last_not_of("0123456789.", end - 1);
            const std::size_t number = before == std::string::npos ? 0 : before + 1;
            gist.erase(number, end - number);
            at = number + (at - end) + unit.size();
        }
    }
    return gist;
}

}  // namespace kvmtune::service
