#include "daemon/facts/free_blocks.hpp"

#include <unistd.h>

#include <sstream>
#include <string>

#include "base/number.hpp"

namespace kvmtune::facts {

namespace {

std::uint64_t base_page_kib() {
    const long bytes = ::sysconf(_SC_PAGESIZE);
    return bytes < 1024 ? 4 : static_cast<std::uint64_t>(bytes) / 1024;
}

}  // namespace

/// Lines of "Node 0, zone   Normal   216   55  189 ...": counts of blocks of one page, two pages, four, ...
std::map<unsigned, std::map<std::uint64_t, std::uint64_t>> free_blocks(const Root &root) {
    std::map<unsigned, std::map<std::uint64_t, std::uint64_t>> blocks;
    std::istringstream lines(root.read("proc/buddyinfo").value_or(""));
    for (std::string line; std::getline(lines, line);) {
        std::istringstream fields(line);
        std::string word, number, zone;
        fields >> word >> number >> word >> zone;
        const auto node = whole_number<unsigned>(number.substr(0, number.find(',')));
        if (!node || zone == "DMA") continue;
        std::uint64_t kib = base_page_kib();
        for (std::uint64_t count = 0; fields >> count; kib *= 2) blocks[*node][kib] += count;
    }
    return blocks;
}

}  // namespace kvmtune::facts
