// Edits of documents and values in them, as tests of elements look at them.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "daemon/domain/elements.hpp"
#include "tests/unit/domain/samples.hpp"

namespace kvmtune::domain::samples {

/// The document with these edits, or "error: " and why it has not.
inline std::string edited(const std::string &bytes, const std::vector<Edit> &edits) {
    const auto out = with(parsed(bytes), edits);
    return out ? out->bytes() : "error: " + out.error().what;
}

/// What an element, which can be read, holds.
inline plan::Value value(const std::string &bytes, const std::string &element) {
    const auto out = value_of(parsed(bytes), element);
    REQUIRE_MESSAGE(out.has_value(), (out ? "" : out.error().what));
    return *out;
}

}  // namespace kvmtune::domain::samples
