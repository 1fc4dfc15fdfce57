#include "base/module.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

namespace kvmtune {

namespace {

bool is_there(const std::string &path) {
    std::error_code error;
    return std::filesystem::exists(path, error);
}

Result<std::string> first_of(const std::vector<std::string> &places) {
    const auto found = std::find_if(places.begin(), places.end(), is_there);
    if (found != places.end()) return *found;
    std::string tried;
    for (const auto &place : places) tried += (tried.empty() ? "" : ", ") + place;
    const auto file = places.empty() ? "module" : std::filesystem::path(places.front()).filename().string();
    return failure(ErrorKind::unsupported, file + ": not found (" + tried + ")");
}

std::string loader_error() {
    const char *error = dlerror();
    return error == nullptr ? "unknown error" : error;
}

}  // namespace

std::vector<std::string> module_places(const std::string &program, const std::string &file,
                                       const std::string &build_folder) {
    const auto folder = std::filesystem::path(program).parent_path();
    const auto at = [&](const std::filesystem::path &way) { return (folder / way / file).lexically_normal().string(); };
    // In the build tree programs are two or three folders below its root.
    return {at(KVMTUNE_MODULE_WAY), at("../../" + build_folder), at("../../../" + build_folder)};
}

Result<std::vector<std::string>> own_module_places(const std::string &file, const std::string &build_folder) {
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    if (error) return failure(ErrorKind::failed, "/proc/self/exe: " + error.message());
    return module_places(program.string(), file, build_folder);
}

Result<const void *> module_table(const std::vector<std::string> &places, const char *symbol) {
    const auto place = TRY(first_of(places));
    void *handle = dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle == nullptr) return failure(ErrorKind::unsupported, "load " + place + ": " + loader_error());
    const void *table = dlsym(handle, symbol);
    if (table == nullptr) return failure(ErrorKind::unsupported, "load " + place + ": " + loader_error());
    const char *version = *static_cast<const char *const *>(table);
    if (std::string_view(version) != KVMTUNE_VERSION)
        return failure(ErrorKind::unsupported, place + ": it is of version " + version + ", not " + KVMTUNE_VERSION);
    return table;
}

}  // namespace kvmtune
