#include "guest-agent/kernel.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "guest-agent/virtio.hpp"

namespace kvmtune::agent {

namespace {

bool agreed_to_version_1(const Root &root, const std::string &device) {
    return agreed_on(root, "sys/bus/virtio/devices/" + device, virtio_f_version_1).value_or(false);
}

}  // namespace

std::string kernel_release(const Root &root) {
    const auto text = root.read("proc/sys/kernel/osrelease");
    return text ? text->substr(0, text->find('\n')) : "";
}

std::optional<bool> has_ahci(const Root &root, const std::string &release) {
    if (root.exists("sys/bus/pci/drivers/ahci")) return true;
    const std::string modules = "lib/modules/" + release;
    const auto built_in = root.read(modules + "/modules.builtin");
    if (!built_in) return std::nullopt;
    if (built_in->find("/ahci.ko") != std::string::npos) return true;
    constexpr std::array<const char *, 4> packed = {"", ".xz", ".zst", ".gz"};
    return std::any_of(packed.begin(), packed.end(),
                       [&](const char *end) { return root.exists(modules + "/kernel/drivers/ata/ahci.ko" + end); });
}

bool knows_virtio_1(const Root &root, const std::string &release) {
    const auto devices = root.list("sys/bus/virtio/devices");
    const bool agreed = devices && std::any_of(devices->begin(), devices->end(), [&](const std::string &device) {
                            return agreed_to_version_1(root, device);
                        });
    return agreed || std::atoi(release.c_str()) >= 4;
}

}  // namespace kvmtune::agent
