#include "daemon/domain/overrides.hpp"

#include <vector>

#include "daemon/domain/elements.hpp"

namespace kvmtune::domain {

namespace {

constexpr const char *folder = "etc/kvmtune/xml-templates";

constexpr const char *trial_domain = R"(<domain>
  <name>trial</name>
  <devices>
    <disk>
      <target dev='vda'/>
    </disk>
    <interface>
      <mac address='52:54:00:00:00:01'/>
    </interface>
  </devices>
</domain>
)";

/// Edits that use every fragment.
std::vector<Edit> trial_edits() {
    return {{"memoryBacking/hugepages", "2048"},
            {"cputune/vcpupin/0", "1"},
            {"cputune/emulatorpin", "2"},
            {"cputune/iothreadpin/1", "3"},
            {"numatune/memory/mode", "restrictive"},
            {"numatune/memory/nodeset", "0"},
            {"numatune/memnode", "0"},
            {"cpu/mode", "host-passthrough"},
            {"cpu/check", "none"},
            {"cpu/migratable", "on"},
            {"cpu/topology", "sockets=1 dies=1 clusters=1 cores=2 threads=2"},
            {"cpu/cache", "passthrough"},
            {"cpu/feature/topoext", "require"},
            {"cpu/numa", "0-3:1048576"},
            {"disk/vda/driver/cache", "none"},
            {"disk/vda/driver/io", "native"},
            {"interface/52:54:00:00:00:01/driver/name", "vhost"},
            {"interface/52:54:00:00:00:01/driver/queues", "2"},
            {"interface/52:54:00:00:00:01/driver/rx_queue_size", "1024"},
            {"interface/52:54:00:00:00:01/mtu", "9000"},
            {"channel/org.kvmtune.agent.0", "virtio"}};
}

/// Whether what these fragments put into a document is found there, and goes without a trace.
bool come_and_go(const Fragments &fragments) {
    const auto document = Document::parse(trial_domain, "trial");
    if (!document) return false;
    std::vector<Edit> there = trial_edits();
    std::vector<Edit> back;
    for (const Edit &edit : there) back.push_back({edit.element, std::nullopt});
    const auto tuned = with(*document, there, fragments);
    if (!tuned) return false;
    for (const Edit &edit : there) {
        const auto value = value_of(*tuned, edit.element);
        if (!value || *value != edit.value) return false;
    }
    const auto bare = with(*tuned, back, fragments);
    return bare && bare->bytes() == document->bytes();
}

Result<Fragments> with_file(const Fragments &fragments, const Root &root, const std::string &file) {
    const std::string path = std::string(folder) + "/" + file;
    const std::string text = TRY(root.read(path));
    const std::string shown = root.full(path);
    auto replaced = TRY(fragments.replaced(file.substr(0, file.size() - 4), text, shown));
    if (!come_and_go(replaced))
        return failure(ErrorKind::invalid, shown +
                                               ":1:1: kvmtune would not find this element again with the values of its "
                                               "holes, or not take it back without a trace");
    return replaced;
}

}  // namespace

Result<Fragments> fragments_in(const Root &root) {
    Fragments fragments = Fragments::built_in();
    const auto files = root.list(folder);
    if (!files && files.error().kind == ErrorKind::not_found) return fragments;
    if (!files) return tl::unexpected<Error>(files.error());
    for (const std::string &file : *files)
        if (file.size() > 4 && file.ends_with(".xml")) fragments = TRY(with_file(fragments, root, file));
    return fragments;
}

}  // namespace kvmtune::domain
