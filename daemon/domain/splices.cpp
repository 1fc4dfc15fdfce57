#include "daemon/domain/splices.hpp"

#include <algorithm>

namespace kvmtune::domain {

Result<std::string> Splices::applied_to(std::string_view bytes) {
    std::stable_sort(splices_.begin(), splices_.end(),
                     [](const Splice &left, const Splice &right) { return left.span.begin < right.span.begin; });
    std::string out;
    out.reserve(bytes.size() + bytes.size() / 4);
    std::size_t from = 0;
    for (const Splice &splice : splices_) {
        if (splice.span.begin < from) return failure(ErrorKind::failed, "two edits of the same bytes");
        out += bytes.substr(from, splice.span.begin - from);
        out += splice.text;
        from = splice.span.end;
    }
    out += bytes.substr(from);
    return out;
}

}  // namespace kvmtune::domain
