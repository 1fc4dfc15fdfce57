#include "daemon/apply/watch.hpp"

namespace kvmtune::apply {

const char *text_of(Happening::What what) {
    switch (what) {
        case Happening::What::defined:
            return "defined";
        case Happening::What::undefined:
            return "undefined";
        case Happening::What::started:
            return "started";
        case Happening::What::stopped:
            return "stopped";
        case Happening::What::rebooted:
            return "rebooted";
        case Happening::What::devices:
            return "devices changed";
        case Happening::What::tuned:
            return "threads moved";
        case Happening::What::network:
            return "network changed";
    }
    return "";
}

}  // namespace kvmtune::apply
