#include "guest-agent/virtio.hpp"

namespace kvmtune::agent {

/// The kernel shows a digit a feature, the lowest bit first.
std::optional<bool> agreed_on(const Root &root, const std::string &device, std::size_t feature) {
    const auto features = root.read(device + "/features");
    if (!features) return std::nullopt;
    return features->size() > feature && (*features)[feature] == '1';
}

}  // namespace kvmtune::agent
