// Replacements of byte ranges, made all at once.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "daemon/domain/tree.hpp"

namespace kvmtune::domain {

class Splices {
  public:
    /// Puts text in the place of these bytes. Insertions at one place keep their order.
    void add(Span span, std::string text) { splices_.push_back({span, std::move(text)}); }
    /// The bytes with all of them. Ranges that overlap are a mistake of ours and an error of kind failed.
    [[nodiscard]] Result<std::string> applied_to(std::string_view bytes);

  private:
    struct Splice {
        Span span;
        std::string text;
    };

    std::vector<Splice> splices_;
};

}  // namespace kvmtune::domain
