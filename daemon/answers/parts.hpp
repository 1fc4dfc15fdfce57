// One function a question; each answers with its own members only.
#pragma once

#include "daemon/answers/answer.hpp"

namespace kvmtune::answers {

/// What a question works on.
struct Desk {
    const Request &request;
    pipeline::Workplace &place;
    pipeline::Scope scope;
    const pipeline::Tell &tell;
};

[[nodiscard]] Result<Json> planned(const Desk &desk);
[[nodiscard]] Result<Json> changed(const Desk &desk);
[[nodiscard]] Result<Json> verified(const Desk &desk);
[[nodiscard]] Result<Json> overview(const Desk &desk);
[[nodiscard]] Result<Json> explained(const Desk &desk);
[[nodiscard]] Result<Json> facts_read(const Desk &desk);
[[nodiscard]] Result<Json> seats(const Desk &desk);

}  // namespace kvmtune::answers
