// What the commands that need a hypervisor open first: tree, policy, connection, lock, workplace.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/file.hpp"
#include "base/root.hpp"
#include "daemon/apply/hypervisor.hpp"
#include "daemon/cli/options.hpp"
#include "daemon/cli/terminal.hpp"
#include "daemon/facts/recording.hpp"
#include "daemon/pipeline/workplace.hpp"

namespace kvmtune::cli {

struct Site {
    Root root;
    std::unique_ptr<facts::Recording> recording;  ///< of what is read of the tree, if somebody wants it
    std::unique_ptr<apply::Hypervisor> hypervisor;
    std::unique_ptr<pipeline::Workplace> place;
    Fd lock;  ///< of commands that change something
};

enum class Access { read, change };

/// Opens all of it, or says on the terminal what is wrong and gives the exit status.
[[nodiscard]] tl::expected<std::unique_ptr<Site>, int> open_site(const Options &options, const Terminal &terminal,
                                                                 Access access, apply::Step step = {});

/// The policy, or nullopt after its mistakes were printed.
[[nodiscard]] std::optional<plan::Policy> policy_for(const Options &options, const Root &root,
                                                     const Terminal &terminal);

/// Prints an error and gives the exit status for it.
int fail(const Terminal &terminal, const Error &error);

}  // namespace kvmtune::cli
