#include "daemon/cli/site.hpp"

#include "daemon/apply/stored_definitions.hpp"
#include "daemon/cli/run.hpp"
#include "daemon/libvirt/load.hpp"
#include "daemon/pipeline/run_lock.hpp"
#include "daemon/policy/policy.hpp"

namespace kvmtune::cli {

namespace {

/// Holds are kept for this machine's domains. Through another connection those would look undefined.
Result<> check_connection(const Options &options, Access access) {
    if (access == Access::read || options.uri == libvirt::default_uri || options.root != "/") return {};
    return failure(ErrorKind::invalid, options.uri + ": only " + libvirt::default_uri +
                                           " is changed, where this machine keeps what it holds (or give --root)");
}

Result<std::unique_ptr<apply::Hypervisor>> hypervisor_for(const Options &options, const Root &root) {
    if (options.offline) return std::make_unique<apply::StoredDefinitions>(root);
    return libvirt::open_hypervisor(options.uri);
}

Result<> open_rest(Site &site, const Options &options, plan::Policy policy, Access access, apply::Step step) {
    TRY(check_connection(options, access));
    site.hypervisor = TRY(hypervisor_for(options, site.root));
    if (access == Access::change) site.lock = TRY(pipeline::take_run_lock(site.root));
    site.place = TRY(pipeline::Workplace::open(site.root, std::move(policy), *site.hypervisor, options.topology,
                                               apply::modprobe, std::move(step)));
    return {};
}

}  // namespace

int fail(const Terminal &terminal, const Error &error) {
    terminal.note("kvmtune: " + error.what + "\n");
    return status::failed;
}

std::optional<plan::Policy> policy_for(const Options &options, const Root &root, const Terminal &terminal) {
    auto policy = policy::load_policy(root, options.policy);
    if (!policy) {
        for (const auto &mistake : policy.error()) terminal.note(text_of(mistake) + "\n");
        return std::nullopt;
    }
    return *std::move(policy);
}

tl::expected<std::unique_ptr<Site>, int> open_site(const Options &options, const Terminal &terminal, Access access,
                                                   apply::Step step) {
    auto root = Root::open(options.root);
    if (!root) return tl::unexpected(fail(terminal, root.error()));
    auto recording = options.capture ? std::make_unique<facts::Recording>() : nullptr;
    if (recording) root->tell(*recording);
    auto policy = policy_for(options, *root, terminal);
    if (!policy) return tl::unexpected(status::usage);
    auto site = std::make_unique<Site>(Site{*std::move(root), std::move(recording), nullptr, nullptr, {}});
    if (auto opened = open_rest(*site, options, *std::move(policy), access, std::move(step)); !opened)
        return tl::unexpected(fail(terminal, opened.error()));
    return site;
}

}  // namespace kvmtune::cli
