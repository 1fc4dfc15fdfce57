// A domain's XML document: the user's bytes, untouched, and what they say.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.hpp"
#include "daemon/domain/encoding.hpp"
#include "daemon/domain/index.hpp"
#include "daemon/domain/tree.hpp"

namespace kvmtune::domain {

class Document {
  public:
    static constexpr std::size_t size_limit = std::size_t{16} << 20;  ///< bytes
    static constexpr unsigned depth_limit = 256;                      ///< elements inside each other

    /// A domain document in UTF-8, ISO-8859-1 or US-ASCII. Anything else is an error of kind invalid that reads
    /// "name:line:column: cause" and quotes no value of the document. A DOCTYPE is refused, so no entity can be
    /// declared.
    [[nodiscard]] static Result<Document> parse(std::string bytes, std::string name);

    [[nodiscard]] const std::string &bytes() const { return bytes_; }
    /// What messages call it: a file, a domain, "-".
    [[nodiscard]] const std::string &name() const { return name_; }
    [[nodiscard]] Encoding encoding() const { return encoding_; }
    [[nodiscard]] const Tree &tree() const { return tree_; }
    [[nodiscard]] const Index &index() const { return index_; }
    /// The domain's UUID in lower case with dashes; empty if the document names none.
    [[nodiscard]] const std::string &uuid() const { return uuid_; }

    /// An error about what stands at this byte: "name:line:column: cause". Columns count characters from 1.
    [[nodiscard]] tl::unexpected<Error> error_at(std::uint32_t offset, const std::string &cause,
                                                 ErrorKind kind = ErrorKind::invalid) const;

  private:
    Document() = default;
    [[nodiscard]] tl::unexpected<Error> not_a_domain() const;

    std::string bytes_;
    std::string name_;
    Encoding encoding_ = Encoding::utf8;
    Tree tree_;
    Index index_;
    std::string uuid_;
};

}  // namespace kvmtune::domain
