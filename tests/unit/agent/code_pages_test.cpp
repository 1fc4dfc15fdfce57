#include "guest-agent/code_pages.hpp"

#include <doctest/doctest.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <sstream>
#include <string>

namespace code_pages_test {

using namespace kvmtune;

namespace {

std::string own_path() {
    std::array<char, 4096> path{};
    const ssize_t length = readlink("/proc/self/exe", path.data(), path.size());
    return length > 0 ? std::string(path.data(), static_cast<std::size_t>(length)) : "";
}

/// KiB of the program's own executable code that are mapped now.
unsigned mapped_code() {
    const std::string path = own_path();
    std::ifstream file("/proc/self/smaps");
    bool is_own = false;
    unsigned sum = 0;
    for (std::string line; std::getline(file, line);) {
        std::istringstream fields(line);
        std::string first;
        std::string second;
        fields >> first >> second;
        const bool begins_mapping = first.find('-') != std::string::npos;
        if (begins_mapping) is_own = second == "r-xp" && line.find(path) != std::string::npos;
        if (is_own && first == "Rss:") sum += static_cast<unsigned>(std::stoul(second));
    }
    return sum;
}

}  // namespace

TEST_CASE("the program gives its code back to the page cache and runs on") {
    const unsigned before = mapped_code();
    REQUIRE(before > 0);
    agent::leave_code_pages();
    const unsigned after = mapped_code();
    CHECK(after > 0);
    CHECK(after < before);
}

}  // namespace code_pages_test
