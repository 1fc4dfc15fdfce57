#include "daemon/libvirt/load.hpp"

#include "base/module.hpp"
#include "daemon/libvirt/module.hpp"

namespace kvmtune::libvirt {

namespace {

Result<const Module *> module_at(const std::vector<std::string> &places) {
    const auto table = module_table(places, module_symbol);
    if (table) return static_cast<const Module *>(*table);
    auto error = table.error();
    if (error.what.find("libvirt.so.") != std::string::npos) error.what += " (install libvirt0)";
    return tl::unexpected(std::move(error));
}

Result<const Module *> own_module() {
    const auto places = TRY(own_module_places("kvmtune-libvirt.so", "daemon/libvirt"));
    return module_at(places);
}

}  // namespace

Result<std::unique_ptr<apply::Hypervisor>> open_hypervisor(const std::string &uri,
                                                           const std::vector<std::string> &places) {
    const auto *module = TRY(module_at(places));
    return module->connect(uri);
}

Result<std::unique_ptr<apply::Hypervisor>> open_hypervisor(const std::string &uri) {
    const auto *module = TRY(own_module());
    return module->connect(uri);
}

Result<std::unique_ptr<apply::Watch>> open_watch(const std::string &uri) {
    const auto *module = TRY(own_module());
    return module->watch(uri);
}

}  // namespace kvmtune::libvirt
