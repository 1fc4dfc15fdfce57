// Hosts of many kinds with the same guests: what is planned for them, as kvmtune topology draws it, beside the pictures
// in tests/hosts. KVMTUNE_DRAW_HOSTS=yes draws them anew, to be looked at.
#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "daemon/answers/json.hpp"
#include "daemon/cli/drawing/drawing.hpp"
#include "daemon/cli/topology_view.hpp"
#include "daemon/plan/occupancy.hpp"
#include "tests/unit/cli/hosts.hpp"

namespace hosts_test {

using namespace kvmtune;

namespace {

std::string read(const std::filesystem::path &path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

std::string text_of(const plan::Situation &situation) {
    const auto occupancy = occupancy_of(situation, plan::When::planned);
    auto text = cli::text_of_topology(answers::json_of(situation.host.topology, occupancy), cli::Palette::plain());
    for (const plan::Finding &finding : occupancy.findings) text += finding.about + ": " + finding.what + "\n";
    return text;
}

std::string svg_of(const plan::Situation &situation) {
    return cli::svg_of(situation.host.topology, occupancy_of(situation, plan::When::planned), plan::When::planned);
}

void compare(const std::filesystem::path &golden, const std::string &picture) {
    if (std::getenv("KVMTUNE_DRAW_HOSTS") != nullptr) std::ofstream(golden, std::ios::binary) << picture;
    CHECK_MESSAGE(read(golden) == picture, golden.filename());
}

}  // namespace

TEST_CASE("each host is as its picture shows it") {
    for (auto file : cli::host_files()) {
        const auto situation = cli::situation_on(file);
        compare(file.replace_extension(".txt"), text_of(situation));
        if (std::filesystem::exists(file.replace_extension(".svg"))) compare(file, svg_of(situation));
    }
    CHECK(cli::host_files().size() >= 10);
}

// Where a CPU's sibling is offline, hwloc has its core inside its caches, and others around theirs.
TEST_CASE("a CPU whose sibling is offline is a core of its own") {
    const auto host = cli::situation_on(std::string(KVMTUNE_TEST_HOSTS) + "/offline-cpus.topology").host.topology;
    CHECK(host.siblings(3) == CpuSet{3});
    CHECK(host.siblings(18) == CpuSet{18});
    CHECK(host.siblings(16) == CpuSet{16, 17});
}

}  // namespace hosts_test
