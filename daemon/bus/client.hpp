// The daemon as its clients see it.
#pragma once

#include <memory>

#include "base/json.hpp"
#include "daemon/answers/request.hpp"
#include "daemon/bus/standing.hpp"

namespace kvmtune::bus {

class Client {
  public:
    Client() = default;
    Client(const Client &) = delete;
    Client &operator=(const Client &) = delete;
    virtual ~Client() = default;

    /// The daemon's answer, however long it takes; what it does meanwhile is told.
    [[nodiscard]] virtual Result<Json> ask(const answers::Request &request, const pipeline::Tell &tell) = 0;
    /// How it stands, without work for it; timed_out: a daemon that turns answers at once, and this one did not within
    /// two seconds.
    [[nodiscard]] virtual Result<Standing> standing() = 0;
};

/// A daemon on the system bus; not_found: none runs. None is started.
[[nodiscard]] Result<std::unique_ptr<Client>> find_daemon();

/// What kvmtune-bus.so exports: one table.
struct Module {
    const char *version;
    Result<std::unique_ptr<Client>> (*find)();
};

inline constexpr const char *module_symbol = "kvmtune_bus_module";

}  // namespace kvmtune::bus

extern "C" {
[[gnu::visibility("default")]] extern const kvmtune::bus::Module kvmtune_bus_module;
}
