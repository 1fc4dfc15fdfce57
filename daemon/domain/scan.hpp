// Our own reading of XML, for one purpose: the byte ranges of every tag and attribute. libxml2 does not say where
// things stand (xmlByteConsumed counts wrongly behind an encoder, node line numbers end at 65535), and edits are
// spliced into the user's bytes. It is also the first judge of what is well formed, with exact places; libxml2 reads
// the same bytes after it, and a document that the two read differently is refused.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "daemon/domain/encoding.hpp"
#include "daemon/domain/tree.hpp"

namespace kvmtune::domain {

struct ScannedAttribute {
    Span name;   ///< with prefix
    Span whole;  ///< from the name to behind the closing quote
    Span raw;    ///< between the quotes
};

struct ScannedElement {
    Span name;  ///< with prefix
    Span start_tag;
    Span end_tag;  ///< empty, behind the start tag, if that closes itself
    NodeId parent = no_node;
    std::uint32_t first_attribute = 0;
    std::uint32_t attribute_count = 0;
    bool has_other = false;  ///< a comment, a processing instruction, CDATA or text other than blanks is directly in it
};

struct Scan {
    Encoding encoding = Encoding::utf8;
    std::vector<ScannedElement> elements;  ///< in document order; parents are places in it
    std::vector<ScannedAttribute> attributes;
};

inline constexpr std::size_t scan_size_limit = std::size_t{16} << 20;
inline constexpr std::size_t scan_depth_limit = 256;
inline constexpr std::size_t scan_attribute_limit = 256;  ///< in one tag: finding doubles is quadratic, in libxml2 too

/// The markup of a well-formed XML document in one of our encodings, without a DOCTYPE. Errors are "name:line:column:
/// cause" and quote element names at most.
[[nodiscard]] Result<Scan> scan(std::string_view bytes, const std::string &name);

}  // namespace kvmtune::domain
