// The keys of [host] and of its sections. What a later file does not name stays as the earlier one has it.
#include "daemon/policy/section.hpp"

namespace kvmtune::policy {

namespace {

class HostReader {
  public:
    HostReader(plan::Policy before, Reading &reading) : policy_(std::move(before)), reading_(reading) {}

    void read(const Node &section);
    [[nodiscard]] plan::Policy policy() && { return std::move(policy_); }

  private:
    void cpus(const Node &section);
    void huge_pages(const Node &section);
    void sysctls_of(const Node &section);

    /// A value of the host's, and where it came from.
    template <class T>
    [[nodiscard]] T value(const std::string &path, const Node &node, Read<T> (*reader)(const Node &)) {
        policy_.sources[path] = reading_.source(node.at);
        return reading_.value(path, node, reader).value_or(T{});
    }

    plan::Policy policy_;
    Reading &reading_;
};

void HostReader::read(const Node &section) {
    auto &host = policy_.host;
    for (const auto &[key, node] : reading_.members(
             "host", section, {"profile", "persist", "on_stop", "sysctl", "modules", "cpus", "hugepages"})) {
        const std::string path = "host." + key;
        if (key == "profile") host.profile = value(path, node, profile);
        if (key == "persist") host.persist = value(path, node, truth);
        if (key == "on_stop") host.gives_back_on_stop = value(path, node, gives_back);
        if (key == "modules") host.modules = value(path, node, modules);
        if (key == "sysctl") sysctls_of(node);
        if (key == "cpus") cpus(node);
        if (key == "hugepages") huge_pages(node);
    }
}

void HostReader::cpus(const Node &section) {
    auto &host = policy_.host;
    for (const auto &[key, node] : reading_.members("host.cpus", section, {"housekeeping", "isolated"})) {
        const std::string path = "host.cpus." + key;
        if (key == "housekeeping") host.housekeeping = value(path, node, housekeeping);
        if (key == "isolated") host.isolated = value(path, node, isolated_cpus);
    }
}

void HostReader::huge_pages(const Node &section) {
    auto &pages = policy_.host.hugepages;
    for (const auto &[key, node] : reading_.members("host.hugepages", section, {"pool", "page_size", "keep_free"})) {
        const std::string path = "host.hugepages." + key;
        if (key == "page_size") pages.page_kib = value(path, node, page_sizes);
        if (key == "pool") {
            const Pool wanted = value(path, node, pool);
            pages.pool = wanted.kind;
            pages.pages = wanted.pages;
        }
        if (key == "keep_free") {
            const Reserve reserve = value(path, node, keep_free);
            pages.keep_free_bytes = reserve.bytes;
            pages.keep_free_percent = reserve.percent.value_or(plan::HugePagePolicy{}.keep_free_percent);
        }
    }
}

void HostReader::sysctls_of(const Node &section) {
    const auto read = reading_.value("host.sysctl", section, sysctls).value_or(std::vector<Sysctl>{});
    for (const auto &[name, text, at] : read) {
        policy_.host.sysctls[name] = text;
        policy_.sources["host.sysctl." + name] = reading_.source(at);
    }
}

}  // namespace

plan::Policy with_host(plan::Policy before, const Node &section, Reading &reading) {
    HostReader host(std::move(before), reading);
    host.read(section);
    return std::move(host).policy();
}

}  // namespace kvmtune::policy
