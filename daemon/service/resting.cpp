#include "daemon/service/resting.hpp"

#include <sstream>

namespace kvmtune::service {

namespace {

constexpr const char *resting_file = "var/lib/kvmtune/resting";
constexpr const char *everything = "all";

}  // namespace

Result<Resting> Resting::read(const Root &root) {
    Resting resting(root);
    const auto text = root.read(resting_file);
    if (!text && text.error().kind == ErrorKind::not_found) return resting;
    if (!text) return tl::unexpected(text.error());
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        if (line == everything) {
            resting.all_ = true;
        } else if (!line.empty()) {
            resting.domains_.insert(line);
        }
    }
    return resting;
}

Result<> Resting::begin(const std::set<std::string> &uuids) {
    all_ = all_ || uuids.empty();
    domains_.insert(uuids.begin(), uuids.end());
    return write();
}

Result<> Resting::end(const std::set<std::string> &uuids) {
    all_ = all_ && !uuids.empty();
    if (uuids.empty()) domains_.clear();
    for (const auto &uuid : uuids) domains_.erase(uuid);
    return write();
}

Result<> Resting::write() const {
    if (!all_ && domains_.empty()) return root_->remove(resting_file);
    std::string text = all_ ? std::string(everything) + "\n" : "";
    for (const auto &uuid : domains_) text += uuid + "\n";
    TRY(root_->make_directories("var/lib/kvmtune"));
    return root_->replace(resting_file, text);
}

}  // namespace kvmtune::service
