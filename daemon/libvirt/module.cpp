#include "daemon/libvirt/module.hpp"

#include "daemon/libvirt/gateway.hpp"
#include "daemon/libvirt/watch.hpp"

const kvmtune::libvirt::Module kvmtune_libvirt_module{KVMTUNE_VERSION, kvmtune::libvirt::connect,
                                                      kvmtune::libvirt::watch};
