// Parts of a program that are opened when they are needed, and not before: what they stand on would cost each start.
// Program and module are built together and share C++ types; the version in the module's table tells a program that it
// found another build's.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace kvmtune {

/// Where the module of this file name may stand for a program at this path: installed, or in this folder of the build
/// tree ("daemon/libvirt").
[[nodiscard]] std::vector<std::string> module_places(const std::string &program, const std::string &file,
                                                     const std::string &build_folder);

/// The same for this program.
[[nodiscard]] Result<std::vector<std::string>> own_module_places(const std::string &file,
                                                                 const std::string &build_folder);

/// The table of the first of these modules that exists; it starts with the version, a const char *. It is never
/// unloaded: its code runs as long as what it made. unsupported: no module, what it needs is not installed, or another
/// version.
[[nodiscard]] Result<const void *> module_table(const std::vector<std::string> &places, const char *symbol);

}  // namespace kvmtune
