// What kvmtune is called on the system bus.
#pragma once

namespace kvmtune::bus {

inline constexpr const char *name = "org.kvmtune";
inline constexpr const char *path = "/org/kvmtune/Tuner";
inline constexpr const char *interface = "org.kvmtune.Tuner1";
inline constexpr const char *change_action = "org.kvmtune.change";  ///< polkit's

}  // namespace kvmtune::bus
