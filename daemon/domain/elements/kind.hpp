// One kind of element target: how its name reads, where it is found, how it is put and taken away. To add one, write an
// ElementKind in a file of this folder and name it in the list of elements.cpp.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "daemon/domain/document.hpp"
#include "daemon/domain/draft.hpp"
#include "daemon/plan/target.hpp"

namespace kvmtune::domain {

struct ElementKind {
    /// A name of this kind is prefix + key + suffix.
    std::string_view prefix;
    std::string_view suffix;
    bool (*is_key)(std::string_view key);
    Result<plan::Value> (*value)(const Document &document, const std::string &key);
    /// Makes the element have this value, which differs from what it has; nullopt takes it away.
    Result<> (*put)(Draft &draft, const std::string &key, const plan::Value &value);
};

extern const ElementKind machine;
extern const ElementKind vcpupin;
extern const ElementKind emulatorpin;
extern const ElementKind iothreadpin;
extern const ElementKind memory_mode;
extern const ElementKind memory_nodeset;
extern const ElementKind hugepages;
extern const ElementKind cpu_mode;
extern const ElementKind cpu_check;
extern const ElementKind cpu_migratable;
extern const ElementKind cpu_topology;
extern const ElementKind cpu_cache;
extern const ElementKind cpu_feature;
extern const ElementKind cpu_numa;
extern const ElementKind memory_of_cells;
extern const ElementKind disk_cache;
extern const ElementKind disk_io;
extern const ElementKind driver_name;
extern const ElementKind driver_queues;
extern const ElementKind driver_rx_queue_size;
extern const ElementKind interface_mtu;
extern const ElementKind agent_channel;
extern const ElementKind serial_controller;
extern const ElementKind root_port;
extern const ElementKind vhost_worker;

}  // namespace kvmtune::domain
