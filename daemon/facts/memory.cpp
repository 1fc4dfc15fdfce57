#include "daemon/facts/memory.hpp"

#include <algorithm>
#include <map>
#include <sstream>
#include <string>

#include "base/number.hpp"
#include "daemon/facts/free_blocks.hpp"

namespace kvmtune::facts {

namespace {

constexpr const char *nodes_folder = "sys/devices/system/node";

/// Lines of "MemTotal:  197651712 kB", or "Node 0 MemTotal:  98825856 kB", in KiB.
std::map<std::string, std::uint64_t> table_of(const Root &root, const std::string &file) {
    std::map<std::string, std::uint64_t> table;
    std::istringstream lines(root.read(file).value_or(""));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string name, node;
        std::uint64_t amount = 0;
        fields >> name;
        if (name == "Node") fields >> node >> name;
        if (fields >> amount && name.ends_with(':')) table[name.substr(0, name.size() - 1)] = amount;
    }
    return table;
}

std::uint64_t bytes_of(const std::map<std::string, std::uint64_t> &table, const std::string &name) {
    const auto found = table.find(name);
    return found == table.end() ? 0 : found->second * 1024;
}

/// The number N of an entry PREFIX N SUFFIX.
std::optional<std::uint64_t> numbered(const std::string &entry, const std::string &prefix, const std::string &suffix) {
    if (!entry.starts_with(prefix) || !entry.ends_with(suffix)) return std::nullopt;
    if (entry.size() <= prefix.size() + suffix.size()) return std::nullopt;
    return whole_number<std::uint64_t>(entry.substr(prefix.size(), entry.size() - prefix.size() - suffix.size()));
}

std::vector<std::uint64_t> numbers_in(const Root &root, const std::string &folder, const std::string &prefix,
                                      const std::string &suffix) {
    std::vector<std::uint64_t> numbers;
    for (const std::string &entry : root.list(folder).value_or(std::vector<std::string>{}))
        if (const auto number = numbered(entry, prefix, suffix)) numbers.push_back(*number);
    std::sort(numbers.begin(), numbers.end());
    return numbers;
}

std::vector<unsigned> nodes(const Root &root) {
    std::vector<unsigned> all;
    for (const std::uint64_t node : numbers_in(root, nodes_folder, "node", ""))
        all.push_back(static_cast<unsigned>(node));
    return all;
}

Result<std::uint64_t> pages_at(const Root &root, const std::string &file) {
    auto text = TRY(root.read(file));
    text.resize(text.find_last_not_of(" \n") + 1);
    const auto pages = whole_number<std::uint64_t>(text);
    if (!pages) return failure(ErrorKind::invalid, root.full(file) + ": \"" + text + "\" is no number of pages");
    return *pages;
}

/// Three numbers: what the kernel granted, how far the pool would reach with free blocks, and free bytes.
std::optional<plan::PoolLimit> limit_of(const Root &root, const plan::PoolName &pool) {
    std::istringstream text(root.read(plan::pool_limit_file(pool)).value_or(""));
    plan::PoolLimit limit;
    if (!(text >> limit.granted >> limit.reach)) return std::nullopt;
    if (std::uint64_t free = 0; text >> free) limit.free = free;
    return limit;
}

/// "2M", "1G", "64K" in KiB.
std::optional<std::uint64_t> size_in(const std::string &text) {
    const std::map<char, std::uint64_t> units = {{'K', 1}, {'M', 1024}, {'G', 1024 * 1024}};
    if (text.empty() || units.count(text.back()) == 0) return std::nullopt;
    const auto amount = whole_number<std::uint64_t>(text.substr(0, text.size() - 1));
    if (!amount) return std::nullopt;
    return *amount * units.at(text.back());
}

}  // namespace

std::uint64_t memory(const Root &root) {
    return bytes_of(table_of(root, "proc/meminfo"), "MemTotal");
}

std::uint64_t default_page_kib(const Root &root) {
    const auto size = bytes_of(table_of(root, "proc/meminfo"), "Hugepagesize");
    return size == 0 ? 2048 : size / 1024;
}

std::vector<plan::NodeMemory> node_memory(const Root &root) {
    std::vector<plan::NodeMemory> all;
    auto blocks = free_blocks(root);
    for (const unsigned node : nodes(root)) {
        const auto table = table_of(root, std::string(nodes_folder) + "/node" + std::to_string(node) + "/meminfo");
        if (table.count("MemTotal") == 0) continue;
        const std::uint64_t free =
            bytes_of(table, "MemFree") + bytes_of(table, "Active(file)") + bytes_of(table, "Inactive(file)");
        all.push_back({node, bytes_of(table, "MemTotal"), free, std::move(blocks[node])});
    }
    return all;
}

std::vector<plan::HugePagePool> pools(const Root &root) {
    std::vector<plan::HugePagePool> all;
    for (const unsigned node : nodes(root)) {
        const std::string folder = std::string(nodes_folder) + "/node" + std::to_string(node) + "/hugepages";
        for (const std::uint64_t page_kib : numbers_in(root, folder, "hugepages-", "kB"))
            if (auto found = pool(root, {node, page_kib})) all.push_back(*std::move(found));
    }
    return all;
}

/// The kernel's nr_hugepages of a node counts surplus pages too; what is written to it does not.
Result<plan::HugePagePool> pool(const Root &root, const plan::PoolName &name) {
    const std::string folder = plan::pool_folder(name);
    const auto all = TRY(pages_at(root, folder + "/nr_hugepages"));
    const auto free = TRY(pages_at(root, folder + "/free_hugepages"));
    const auto surplus = TRY(pages_at(root, folder + "/surplus_hugepages"));
    plan::HugePagePool pool;
    pool.node = name.node;
    pool.page_kib = name.page_kib;
    pool.surplus = std::min(surplus, all);
    pool.total = all - pool.surplus;
    pool.free = std::min(free, all);
    pool.limit = limit_of(root, name);
    return pool;
}

std::uint64_t pages_on_top(const Root &root, std::uint64_t page_kib) {
    const std::string size = "sys/kernel/mm/hugepages/hugepages-" + std::to_string(page_kib) + "kB/";
    const auto most = pages_at(root, size + "nr_overcommit_hugepages").value_or(0);
    return most - std::min(most, pages_at(root, size + "surplus_hugepages").value_or(0));
}

std::string transparent_pages(const Root &root) {
    const auto words = root.read("sys/kernel/mm/transparent_hugepage/enabled").value_or("");
    const auto open = words.find('[');
    const auto close = words.find(']', std::min(open, words.size()));
    return close == std::string::npos ? "" : words.substr(open + 1, close - open - 1);
}

std::optional<std::set<std::uint64_t>> hugetlbfs_pages(const Root &root) {
    const auto text = root.read("proc/mounts");
    if (!text) return std::nullopt;
    std::set<std::uint64_t> sizes;
    std::istringstream lines(*text);
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string device, folder, type, options;
        fields >> device >> folder >> type >> options;
        if (type != "hugetlbfs") continue;
        const auto at = options.find("pagesize=");
        const auto named = at == std::string::npos ? "" : options.substr(at + 9, options.find(',', at) - at - 9);
        sizes.insert(size_in(named).value_or(default_page_kib(root)));
    }
    return sizes;
}

}  // namespace kvmtune::facts
