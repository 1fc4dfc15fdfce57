// Numbers and words inside values of a document.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace kvmtune::domain {

inline constexpr auto npos = std::string_view::npos;

/// The namespace of <qemu:commandline> and its like.
inline constexpr std::string_view qemu_space = "http://libvirt.org/schemas/domain/qemu/1.0";

/// A blank, tab or line end, as XML knows them.
[[nodiscard]] bool is_blank(char c);
[[nodiscard]] bool all_blank(std::string_view text);
/// Without blanks at both ends.
[[nodiscard]] std::string_view trimmed(std::string_view text);
/// ASCII letters in lower case.
[[nodiscard]] std::string lower_case(std::string_view text);
/// A decimal number without sign; nullopt for anything else.
[[nodiscard]] std::optional<unsigned> number_in(std::string_view text);
[[nodiscard]] std::optional<std::uint64_t> wide_number_in(std::string_view text);
/// A number of an address, decimal or "0x..."; an absent one is 0.
[[nodiscard]] std::optional<unsigned> address_number(std::string_view text);

}  // namespace kvmtune::domain
