// libvirt's handles and strings, freed by themselves. For the files of this folder only: it includes libvirt.
#pragma once

#include <libvirt/libvirt.h>

#include <cstdlib>
#include <memory>

namespace kvmtune::libvirt {

struct Release {
    void operator()(virConnectPtr connection) const { virConnectClose(connection); }
    void operator()(virDomainPtr domain) const { virDomainFree(domain); }
    void operator()(virNetworkPtr network) const { virNetworkFree(network); }
    void operator()(virDomainSnapshotPtr snapshot) const { virDomainSnapshotFree(snapshot); }
    void operator()(char *text) const { std::free(text); }
};

using Connection = std::unique_ptr<virConnect, Release>;
using Domain = std::unique_ptr<virDomain, Release>;
using Network = std::unique_ptr<virNetwork, Release>;
using Snapshot = std::unique_ptr<virDomainSnapshot, Release>;
using Text = std::unique_ptr<char, Release>;

}  // namespace kvmtune::libvirt
