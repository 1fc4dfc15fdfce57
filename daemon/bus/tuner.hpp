// org.kvmtune.Tuner1 on the system bus. Reading is free; what changes something is polkit's to allow. No method takes a
// path or a command.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/json.hpp"
#include "daemon/answers/request.hpp"
#include "daemon/bus/standing.hpp"
#include "daemon/plan/wish.hpp"

struct sd_event;

namespace kvmtune::bus {

/// The daemon behind the bus. All is called in the loop's thread.
class Answerer {
  public:
    using Done = std::function<void(Result<Json>)>;

    Answerer() = default;
    Answerer(const Answerer &) = delete;
    Answerer &operator=(const Answerer &) = delete;
    virtual ~Answerer() = default;

    virtual void ask(answers::Request request, Done done, pipeline::Tell tell) = 0;
    [[nodiscard]] virtual Standing standing() const = 0;
    [[nodiscard]] virtual const std::set<plan::Finding> &findings() const = 0;
};

class Tuner {
  public:
    Tuner() = default;
    Tuner(const Tuner &) = delete;
    Tuner &operator=(const Tuner &) = delete;
    virtual ~Tuner() = default;

    /// Whether systemd stops all services, and not only this one; nullopt where it does not say.
    [[nodiscard]] virtual std::optional<bool> host_goes_down() = 0;
    /// It may stand otherwise now.
    virtual void standing_changed() = 0;
    virtual void tuned(const std::string &domain) = 0;
    virtual void drift(const std::string &target, const std::string &wanted, const std::string &found) = 0;
    virtual void guest_ready(const std::string &domain) = 0;
    virtual void finding(const plan::Finding &finding) = 0;
};

/// Takes the name on the system bus. busy: another daemon has it. The event loop and the answerer must outlive it.
[[nodiscard]] Result<std::unique_ptr<Tuner>> open_tuner(sd_event *event, Answerer &answerer);

}  // namespace kvmtune::bus
