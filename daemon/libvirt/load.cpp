#include "daemon/libvirt/load.hpp"

#include <dlfcn.h>

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "daemon/libvirt/module.hpp"

namespace kvmtune::libvirt {

namespace {

constexpr const char *module_file = "kvmtune-libvirt.so";

bool is_there(const std::string &path) {
    std::error_code error;
    return std::filesystem::exists(path, error);
}

Result<std::string> first_of(const std::vector<std::string> &places) {
    const auto found = std::find_if(places.begin(), places.end(), is_there);
    if (found != places.end()) return *found;
    std::string tried;
    for (const auto &place : places) tried += (tried.empty() ? "" : ", ") + place;
    return failure(ErrorKind::unsupported, std::string(module_file) + ": not found (" + tried + ")");
}

std::string loader_error() {
    const char *error = dlerror();
    return error == nullptr ? "unknown error" : error;
}

/// The module's table. It is never unloaded: its code runs as long as what it opened, and libvirt keeps threads.
Result<const Module *> load(const std::string &place) {
    void *handle = dlopen(place.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle == nullptr) {
        std::string what = loader_error();
        if (what.starts_with("libvirt.so.")) what += " (install libvirt0)";
        return failure(ErrorKind::unsupported, "load libvirt: " + what);
    }
    const void *symbol = dlsym(handle, module_symbol);
    if (symbol == nullptr) return failure(ErrorKind::unsupported, "load libvirt: " + loader_error());
    const auto *module = static_cast<const Module *>(symbol);
    if (std::string_view(module->version) != KVMTUNE_VERSION)
        return failure(ErrorKind::unsupported,
                       place + ": it is of version " + module->version + ", not " + KVMTUNE_VERSION);
    return module;
}

/// Where the module may stand for this program.
Result<std::vector<std::string>> own_places() {
    std::error_code error;
    const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
    if (error) return failure(ErrorKind::failed, "/proc/self/exe: " + error.message());
    return module_places(program.string());
}

}  // namespace

std::vector<std::string> module_places(const std::string &program) {
    const auto folder = std::filesystem::path(program).parent_path();
    const auto at = [&folder](const std::filesystem::path &way) {
        return (folder / way / module_file).lexically_normal().string();
    };
    return {at(KVMTUNE_MODULE_WAY), at("../libvirt"), at("../../daemon/libvirt"), at("../../../daemon/libvirt")};
}

Result<std::unique_ptr<apply::Hypervisor>> open_hypervisor(const std::string &uri,
                                                           const std::vector<std::string> &places) {
    const auto place = TRY(first_of(places));
    const auto *module = TRY(load(place));
    return module->connect(uri);
}

Result<std::unique_ptr<apply::Hypervisor>> open_hypervisor(const std::string &uri) {
    const auto places = TRY(own_places());
    return open_hypervisor(uri, places);
}

Result<std::unique_ptr<apply::Watch>> open_watch(const std::string &uri) {
    const auto places = TRY(own_places());
    const auto place = TRY(first_of(places));
    const auto *module = TRY(load(place));
    return module->watch(uri);
}

}  // namespace kvmtune::libvirt
