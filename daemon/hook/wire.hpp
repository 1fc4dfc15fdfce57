// What goes between libvirt's hook and whoever answers it, over a stream socket:
//
//   hook    {"driver":"qemu","object":"web01","operation":"started","sub_operation":"begin","extra":"-"}
//           the document as libvirt gave it, to the end: the hook shuts down writing
//   answer  {"verdict":"go"}, {"verdict":"refuse","why":"..."}; in a filter also "document"; one line
//           before it, where it takes longer than others: {"verdict":"wait"}
//
// Compiled into both ends. Members that are not known are passed over, so that either end may be the newer one.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace kvmtune::hook {

/// Where the daemon listens, below the root.
constexpr const char *socket_path = "run/kvmtune/hook";

// The largest of each in bytes. An answer has a document in it, and line ends and quotes take two bytes there.
constexpr std::size_t header_limit = std::size_t{64} << 10;
constexpr std::size_t document_limit = std::size_t{16} << 20;
constexpr std::size_t call_limit = header_limit + 1 + document_limit;
constexpr std::size_t answer_limit = header_limit + 2 * document_limit;

/// A call of the hook: its arguments as libvirt gave them, and its standard input.
struct Call {
    std::string driver;     ///< qemu or network
    std::string object;     ///< the name of the domain or network
    std::string operation;  ///< prepare, start, started, ...; one that is not known is no error
    std::string sub_operation;
    std::string extra;
    std::string document;

    bool operator==(const Call &) const = default;
};

enum class Verdict { go, refuse };

struct Answer {
    Verdict verdict = Verdict::go;
    std::string why;                      ///< of a refusal; one line
    std::optional<std::string> document;  ///< what libvirt is to take instead, in migrate and restore

    bool operator==(const Answer &) const = default;
};

[[nodiscard]] std::string text_of(const Call &call);
/// A whole call, up to the end of file. Errors: invalid.
[[nodiscard]] Result<Call> call_from(std::string_view text);

/// With its line end.
[[nodiscard]] std::string text_of(const Answer &answer);
/// The line that asks for patience, with its end: somebody is there, and the answer takes longer than others.
constexpr std::string_view wait_line = "{\"verdict\":\"wait\"}\n";

/// A line, without its end. Errors: invalid.
[[nodiscard]] Result<Answer> answer_from(std::string_view line);

/// Whether libvirt hands a document on that the hook returns.
[[nodiscard]] bool is_filter(const Call &call);
/// Whether its document asks for huge pages; as text, for a program that reads no XML.
[[nodiscard]] bool has_huge_pages(const Call &call);
/// Whether a refusal is heeded: only before a guest or network runs. In reconnect it would kill the guest.
[[nodiscard]] bool may_refuse(const Call &call);

}  // namespace kvmtune::hook
