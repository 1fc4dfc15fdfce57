// What kvmtune-libvirt.so exports: one table. The program and its module are built together and share C++ types; the
// version in front tells a program that found another build's module.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "daemon/apply/watch.hpp"

namespace kvmtune::libvirt {

struct Module {
    const char *version;
    Result<std::unique_ptr<apply::Hypervisor>> (*connect)(const std::string &uri);
    Result<std::unique_ptr<apply::Watch>> (*watch)(const std::string &uri);
};

inline constexpr const char *module_symbol = "kvmtune_libvirt_module";

}  // namespace kvmtune::libvirt

extern "C" {
[[gnu::visibility("default")]] extern const kvmtune::libvirt::Module kvmtune_libvirt_module;
}
