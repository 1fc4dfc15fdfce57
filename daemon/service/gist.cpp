#include "daemon/service/gist.hpp"

#include <string_view>

namespace kvmtune::service {

std::string gist_of(const plan::Finding &finding) {
    std::string gist = finding.about + ": " + finding.what;
    for (const std::string_view unit : {" GiB", " MiB"}) {
        for (std::size_t at = 0; (at = gist.find(unit, at)) != std::string::npos;) {
            const auto before = at == 0 ? std::string::npos : gist.find_last_not_of("0123456789.", at - 1);
            const std::size_t number = before == std::string::npos ? 0 : before + 1;
            gist.erase(number, at - number);
            at = number + unit.size();
        }
    }
    return gist;
}

}  // namespace kvmtune::service
