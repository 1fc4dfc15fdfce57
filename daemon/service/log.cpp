#include "daemon/service/log.hpp"

#include <sys/uio.h>
#include <systemd/sd-journal.h>

#include <cstdio>
#include <cstdlib>

namespace kvmtune::service {

namespace {

bool goes_to_journal() {
    static const bool journal = std::getenv("JOURNAL_STREAM") != nullptr;
    return journal;
}

}  // namespace

void log(Weight weight, const std::string &message, const std::vector<Field> &fields) {
    if (!goes_to_journal()) {
        if (weight != Weight::debug) std::fprintf(stderr, "kvmtuned: %s\n", message.c_str());
        return;
    }
    std::vector<std::string> entry = {"MESSAGE=" + message, "PRIORITY=" + std::to_string(static_cast<int>(weight)),
                                      "SYSLOG_IDENTIFIER=kvmtuned"};
    for (const auto &[name, value] : fields)
        if (!value.empty()) entry.push_back(name + "=" + value);
    std::vector<iovec> parts;
    for (auto &part : entry) parts.push_back({part.data(), part.size()});
    // There is nobody to tell that nobody can be told.
    sd_journal_sendv(parts.data(), static_cast<int>(parts.size()));
}

}  // namespace kvmtune::service
