#include "daemon/facts/host.hpp"

#include <algorithm>
#include <cctype>
#include <sstream>

#include "base/sysctl.hpp"
#include "daemon/facts/bridge_filter.hpp"
#include "daemon/facts/confinement.hpp"
#include "daemon/facts/cpusets.hpp"
#include "daemon/facts/memory.hpp"
#include "daemon/facts/sysctl_files.hpp"
#include "daemon/facts/tuned.hpp"

namespace kvmtune::facts {

namespace {

using Names = std::set<std::string>;

/// The first line of a file that must be there.
Result<std::string> line_of(const Root &root, const std::string &path) {
    const auto text = TRY(root.read(path));
    auto line = text.substr(0, text.find('\n'));
    if (line.empty()) return failure(ErrorKind::invalid, root.full(path) + ": it is empty");
    return line;
}

Result<std::string> text_or_nothing(const Root &root, const std::string &path) {
    auto text = root.read(path);
    if (!text && text.error().kind == ErrorKind::not_found) return std::string();
    return text;
}

std::string kernels_name(std::string module) {
    std::replace(module.begin(), module.end(), '-', '_');
    return module;
}

bool is_module_name(const std::string &name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || c == '-';
    });
}

/// /proc/modules: lines of name, size, uses, users, state, address. A kernel without loadable modules has no such file.
Result<Names> loaded(const Root &root) {
    std::istringstream lines(TRY(text_or_nothing(root, "proc/modules")));
    Names names;
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string name, size, uses, users, state;
        fields >> name >> size >> uses >> users >> state;
        if (!name.empty() && state != "Unloading") names.insert(kernels_name(name));
    }
    return names;
}

/// modules.builtin ("kernel/net/ipv4/tcp_bbr.ko") or modules.dep ("kernel/drivers/vhost/vhost_net.ko.xz: FILES").
Result<Names> listed(const Root &root, const std::string &index) {
    std::istringstream lines(TRY(text_or_nothing(root, index)));
    Names names;
    for (std::string line; std::getline(lines, line);) {
        const std::string path = line.substr(0, line.find(':'));
        const std::string file = path.substr(path.rfind('/') + 1);
        names.insert(kernels_name(file.substr(0, file.find(".ko"))));
    }
    return names;
}

/// A built-in module has no initstate; one that comes or goes is not live.
Result<bool> live_in_sysfs(const Root &root, const std::string &module) {
    const std::string folder = "sys/module/" + kernels_name(module);
    if (!root.exists(folder)) return false;
    const auto state = TRY(text_or_nothing(root, folder + "/initstate"));
    return state.empty() || state.starts_with("live");
}

Result<Names> present(const Root &root, const std::string &release, const Names &asked) {
    const auto running = TRY(loaded(root));
    const auto built_in = TRY(listed(root, "lib/modules/" + release + "/modules.builtin"));
    Names names;
    for (const std::string &module : asked) {
        if (!is_module_name(module)) continue;
        const bool in_sysfs = TRY(live_in_sysfs(root, module));
        const std::string name = kernels_name(module);
        if (in_sysfs || running.count(name) != 0 || built_in.count(name) != 0) names.insert(module);
    }
    return names;
}

Result<Names> loadable(const Root &root, const std::string &release, const Names &asked) {
    const auto all = TRY(listed(root, "lib/modules/" + release + "/modules.dep"));
    Names names;
    for (const std::string &module : asked)
        if (all.count(kernels_name(module)) != 0) names.insert(module);
    return names;
}

Result<std::map<std::string, std::string>> sysctls(const Root &root, const Names &asked) {
    std::map<std::string, std::string> values;
    for (const std::string &name : asked) {
        auto value = read_sysctl(root, name);
        if (value) {
            values[name] = *std::move(value);
        } else if (value.error().kind != ErrorKind::not_found) {
            return within("read " + name, std::move(value).error());
        }
    }
    return values;
}

/// The first "vendor_id : GenuineIntel" of /proc/cpuinfo.
std::string cpu_vendor(const Root &root) {
    std::istringstream lines(root.read("proc/cpuinfo").value_or(""));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string name, colon, vendor;
        fields >> name >> colon >> vendor;
        if (name == "vendor_id" && colon == ":") return vendor;
    }
    return "";
}

}  // namespace

Result<plan::HostFacts> host_facts(const Root &root, const std::set<std::string> &asked_sysctls,
                                   const std::set<std::string> &asked_modules) {
    plan::HostFacts facts;
    facts.kernel = TRY(line_of(root, "proc/sys/kernel/osrelease"));
    facts.boot_id = TRY(line_of(root, "proc/sys/kernel/random/boot_id"));
    facts.modules = TRY(present(root, facts.kernel, asked_modules));
    facts.loadable = TRY(loadable(root, facts.kernel, asked_modules));
    facts.sysctls = TRY(sysctls(root, asked_sysctls));
    facts.sysctl_lines = sysctl_lines(root, asked_sysctls);
    facts.tuned_lines = tuned_lines(root, asked_sysctls);
    facts.cpu_vendor = cpu_vendor(root);
    facts.memory = memory(root);
    facts.node_memory = node_memory(root);
    facts.pools = pools(root);
    facts.default_page_kib = default_page_kib(root);
    facts.hugetlbfs_pages = hugetlbfs_pages(root);
    facts.transparent_pages = transparent_pages(root);
    facts.qemu_reads_nodes = qemu_reads_nodes(root);
    facts.bridge_filter_users = bridge_filter_users(root);
    if (root.exists("run/numad.pid")) facts.thread_movers.insert("numad");
    facts.online_cpus = online_cpus(root);
    facts.possible_cpus = possible_cpus(root);
    facts.offline_cpus = offline_cpus(root);
    facts.isolated_cpus = isolated_cpus(root);
    facts.tickless_cpus = tickless_cpus(root);
    facts.partitions = partitions(root);
    facts.guest_cpus = guest_cpus(root);
    return facts;
}

}  // namespace kvmtune::facts
