#include "daemon/guest/lines.hpp"

#include <poll.h>

namespace kvmtune::guest {

namespace {

bool is_over(const Channel &channel) {
    pollfd entry{channel.fd(), 0, 0};
    return channel.fd() < 0 || (::poll(&entry, 1, 0) > 0 && (entry.revents & (POLLHUP | POLLERR)) != 0);
}

}  // namespace

Result<Channel *> Lines::to(const std::string &uuid, const std::string &path, std::chrono::milliseconds timeout) {
    const auto known = lines_.find(uuid);
    if (known != lines_.end() && known->second.path == path && known->second.channel.greeting())
        return &known->second.channel;
    lines_.erase(uuid);
    auto channel = TRY(Channel::connect(path, timeout));
    return &lines_.emplace(uuid, Line{path, std::move(channel)}).first->second.channel;
}

void Lines::keep_only(const std::set<std::string> &uuids) {
    std::erase_if(lines_, [&](const auto &line) { return uuids.count(line.first) == 0; });
}

std::map<std::string, int> Lines::open() {
    std::erase_if(lines_, [](const auto &line) { return is_over(line.second.channel); });
    std::map<std::string, int> descriptors;
    for (const auto &[uuid, line] : lines_) descriptors[uuid] = line.channel.fd();
    return descriptors;
}

}  // namespace kvmtune::guest
