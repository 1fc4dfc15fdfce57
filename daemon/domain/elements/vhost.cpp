// The CPUs of a NIC queue's vhost worker. libvirt has no element for them: they stand in our block, which is written
// with the holds.
#include "daemon/domain/elements.hpp"
#include "daemon/domain/elements/keys.hpp"
#include "daemon/domain/elements/kind.hpp"
#include "daemon/domain/metadata.hpp"
#include "daemon/domain/words.hpp"

namespace kvmtune::domain {

namespace {

constexpr std::string_view worker_prefix = "vhost/";

bool is_worker(std::string_view key) {
    const auto slash = key.rfind('/');
    return slash != std::string_view::npos && is_mac(key.substr(0, slash)) && is_number(key.substr(slash + 1));
}

Result<plan::Value> cpus_of(const Document &document, const std::string &key) {
    const auto holds = TRY(holds_in(document));
    const auto hold = holds.find({plan::TargetKind::element, document.uuid(), std::string(worker_prefix) + key});
    return hold == holds.end() ? plan::Value() : plan::Value(hold->second.asked);
}

Result<> not_by_itself(Draft &draft, const std::string &key, const plan::Value &) {
    return failure(ErrorKind::unsupported,
                   draft.document().name() + ": the worker " + key + " is placed with its hold only");
}

}  // namespace

const ElementKind vhost_worker = {worker_prefix, "", is_worker, cpus_of, not_by_itself};

std::string worker_element(const plan::NicQueue &queue) {
    return std::string(worker_prefix) + queue.first + "/" + std::to_string(queue.second);
}

std::optional<plan::NicQueue> worker_named(const std::string &element) {
    if (!element.starts_with(worker_prefix) || !is_worker(element.substr(worker_prefix.size()))) return std::nullopt;
    const auto slash = element.rfind('/');
    const auto queue = number_in(element.substr(slash + 1));
    if (!queue) return std::nullopt;
    return plan::NicQueue{element.substr(worker_prefix.size(), slash - worker_prefix.size()), *queue};
}

}  // namespace kvmtune::domain
