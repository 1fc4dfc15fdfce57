#include "base/module.hpp"
#include "daemon/bus/client.hpp"

namespace kvmtune::bus {

Result<std::unique_ptr<Client>> find_daemon() {
    const auto places = TRY(own_module_places("kvmtune-bus.so", "daemon/bus"));
    const auto *module = static_cast<const Module *>(TRY(module_table(places, module_symbol)));
    return module->find();
}

}  // namespace kvmtune::bus
