#include "daemon/plan/own_files.hpp"

namespace kvmtune::plan::own_files {

Wish wish_for(const char *path, const std::string &lines, const std::string &because) {
    return {{TargetKind::file, "", path},
            "# Written by kvmtune; kvmtune rollback --all takes it back.\n" + lines,
            because,
            Disruption::live,
            {}};
}

}  // namespace kvmtune::plan::own_files
