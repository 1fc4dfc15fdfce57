// Amounts of memory in words, and what of a guest's memory is sure.
#pragma once

#include <cstdint>
#include <string>

#include "daemon/plan/facts.hpp"

namespace kvmtune::plan {

/// In the largest unit of which there is a whole one, with one decimal, cut off, where it does not come out even:
/// "512 MiB", "1.5 GiB", "836 KiB", "100 bytes".
[[nodiscard]] std::string size_text(std::uint64_t bytes);

/// What the guest surely has, in bytes: a balloon may have taken the rest. A document that says nothing of it has it
/// all; 0 if it says nothing of memory at all.
[[nodiscard]] std::uint64_t memory_of(const DomainFacts &domain);

}  // namespace kvmtune::plan
