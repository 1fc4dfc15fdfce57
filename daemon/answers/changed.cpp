#include "daemon/answers/json.hpp"
#include "daemon/answers/parts.hpp"

namespace kvmtune::answers {

Result<Json> changed(const Desk &desk) {
    return json_of(TRY(pipeline::bring(desk.place, desk.scope, desk.request.restart, desk.tell)));
}

}  // namespace kvmtune::answers
