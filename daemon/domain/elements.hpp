// The closed list of what kvmtune reads and writes in a persistent definition, by the names of element targets:
//   os/machine                                 attribute of <type>; given a Q35 alone, which converts the devices
//   cputune/vcpupin/3                          cpuset of the pin of vCPU 3
//   cputune/emulatorpin                        cpuset
//   cputune/iothreadpin/1                      cpuset of the pin of I/O thread 1
//   numatune/memory/mode, .../nodeset          attributes of <memory>
//   numatune/memnode                           "0 1": the nodes of each guest NUMA cell's memory, by id
//   memoryBacking/hugepages                    "default", or the size of all pages in KiB
//   cpu/mode                                   "host-passthrough"; "custom match=exact model=Nehalem": what is there
//   cpu/check, cpu/migratable                  attributes of <cpu>
//   cpu/topology                               "sockets=1 dies=1 cores=8 threads=1": what the element names
//   cpu/cache                                  its mode
//   cpu/feature/topoext                        its policy
//   cpu/numa                                   "0-5:4194304 6-11:4194304": vCPUs and KiB of each guest NUMA cell, by id
//   disk/vda/driver/cache, .../io              attributes of <driver>
//   interface/52:54:00:12:34:56/driver/name    attribute of <driver>; also .../queues and .../rx_queue_size
//   interface/52:54:00:12:34:56/mtu            its size
//   channel/org.kvmtune.agent.0                "virtio" if the channel is there
//   controller/virtio-serial/0                 "present" if it is there; only libvirt adds it, we only take it away
//   controller/pci/7                           the same for a pcie-root-port
//   vhost/52:54:00:12:34:56/0                  CPUs of the vhost worker of queue 0, in our own block (metadata.hpp):
//                                              written with the holds, not by an edit
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "daemon/domain/document.hpp"
#include "daemon/domain/fragment.hpp"
#include "daemon/plan/placement/seat.hpp"
#include "daemon/plan/plan.hpp"

namespace kvmtune::domain {

class Draft;

/// One element target and what it is to become; nullopt removes it.
struct Edit {
    std::string element;
    plan::Value value;

    bool operator==(const Edit &) const = default;
};

/// Whether the name is on the list (whether or not a document has it).
[[nodiscard]] bool is_element(const std::string &element);

/// The element's value in the document, nullopt if it is absent. Errors: unsupported (not on the list), not_found (no
/// interface has this MAC address), invalid (two have it, a pin is there twice or without a cpuset).
[[nodiscard]] Result<plan::Value> value_of(const Document &document, const std::string &element);

/// The document with these edits spliced in; every byte outside them stays. An edit to the value that is there changes
/// nothing. An element that was added and is removed again leaves the original bytes.
/// Errors: those of value_of(); invalid (an element named twice, a value that XML cannot carry); unsupported (a value
/// that the element cannot have); busy (a controller to be removed that something uses). Nothing is done by halves.
[[nodiscard]] Result<Document> with(const Document &document, const std::vector<Edit> &edits,
                                    const Fragments &fragments = Fragments::built_in());

/// The same, into a draft that gets other edits too.
[[nodiscard]] Result<> put(Draft &draft, const std::vector<Edit> &edits);

/// What changes of a domain's elements do to its document, but for the places of vhost workers.
[[nodiscard]] std::vector<Edit> edits_of(const std::vector<plan::Change> &changes);

/// The name of the place of a queue's vhost worker, and the reverse; nullopt for another element.
[[nodiscard]] std::string worker_element(const plan::NicQueue &queue);
[[nodiscard]] std::optional<plan::NicQueue> worker_named(const std::string &element);

/// The element names of the controllers that libvirt may have added because of our channel: virtio-serial and
/// pcie-root-port. What is in the document after a define and was not before is libvirt's addition.
[[nodiscard]] std::vector<std::string> controllers_in(const Document &document);

}  // namespace kvmtune::domain
