// Channels that stay open from one run to the next, to guests that do not answer yet. An agent that starts greets and
// is heard at once, and nobody has to ask again and again whether it is there by now. A channel has one client: those
// to guests that answer are closed after each run, for whoever else has something to ask.
#pragma once

#include <chrono>
#include <map>
#include <set>
#include <string>

#include "daemon/guest/channel.hpp"

namespace kvmtune::guest {

class Lines {
  public:
    /// The domain's channel: the one that is open, if it leads to this socket, else a new one. What came unasked is
    /// taken off it. It is good until the next call for this domain. Errors: as of Channel::connect.
    [[nodiscard]] Result<Channel *> to(const std::string &uuid, const std::string &path,
                                       std::chrono::milliseconds timeout);

    /// Closes the channels of all other domains than these.
    void keep_only(const std::set<std::string> &uuids);
    /// Lets go of the channels whose QEMU has closed them; the others' descriptors by UUID, to poll for input while
    /// nobody uses the channels.
    [[nodiscard]] std::map<std::string, int> open();

  private:
    struct Line {
        std::string path;
        Channel channel;
    };
    std::map<std::string, Line> lines_;
};

}  // namespace kvmtune::guest
