#include "daemon/libvirt/module.hpp"

#include "daemon/libvirt/gateway.hpp"

const kvmtune::libvirt::Module kvmtune_libvirt_module{KVMTUNE_VERSION, kvmtune::libvirt::connect};
