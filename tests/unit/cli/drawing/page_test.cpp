// Where things are on the pages of all hosts in tests/hosts, and of a few more.
#include "daemon/cli/drawing/page.hpp"

#include <doctest/doctest.h>

#include <set>

#include "tests/unit/cli/hosts.hpp"

namespace drawing_page_test {

using namespace kvmtune;
using namespace kvmtune::cli::drawing;

namespace {

std::vector<std::string> hosts() {
    std::vector<std::string> hosts = {"numa:2(memory=64GB) l3:1 core:2 pu:2",
                                      "core:1 pu:1",
                                      "numa:16(memory=16GB) package:1 l3:1 core:1 pu:1",
                                      "package:1 core:4 pu:8",
                                      "numa:1(memory=64GB) package:2 l3:2 core:4 pu:2",
                                      "numa:2(memory=256GB) package:1 l3:1 core:64 pu:2",
                                      "package:2 numa:4(memory=256GB) l3:4 core:6 pu:2"};
    for (const auto &file : cli::host_files()) hosts.push_back(file);
    return hosts;
}

Page page_on(const plan::Situation &situation) {
    return page_for(situation.host.topology, occupancy_of(situation, plan::When::planned), plan::When::planned);
}

std::set<unsigned> cpus_in(const Frame &frame) {
    std::set<unsigned> cpus;
    for (const Frame *cell : frames_of(Level::cpu, frame)) cpus.insert(cell->cpu);
    return cpus;
}

bool overlap(const std::vector<const Frame *> &frames) {
    for (std::size_t i = 0; i < frames.size(); ++i)
        for (std::size_t k = i + 1; k < frames.size(); ++k)
            if (frames[i]->box.overlaps(frames[k]->box)) return true;
    return false;
}

bool encloses(const Frame &frame) {
    for (const Frame &one : frame.inside)
        if (!frame.box.contains(one.box) || !encloses(one)) return false;
    return true;
}

}  // namespace

TEST_CASE("each CPU has one cell, no two overlap, and each is within its node") {
    for (const auto &host : hosts()) {
        CAPTURE(host);
        const auto situation = cli::situation_on(host);
        const auto page = page_on(situation);
        const auto cells = frames_of(Level::cpu, page.host);
        const auto nodes = frames_of(Level::node, page.host);
        CHECK(cells.size() == situation.host.topology.cpus.size());
        CHECK(cpus_in(page.host).size() == cells.size());
        for (const Level level : {Level::cpu, Level::core, Level::cache, Level::node, Level::package})
            CHECK_FALSE(overlap(frames_of(level, page.host)));
        CHECK(encloses(page.host));
        REQUIRE(nodes.size() == situation.host.topology.nodes.size());
        for (const plan::Node &node : situation.host.topology.nodes) {
            const std::set<unsigned> own(node.cpus.begin(), node.cpus.end());
            unsigned found = 0;
            for (const Frame *frame : nodes)
                if (cpus_in(*frame) == own) ++found;
            CHECK(found >= 1);
        }
    }
}

TEST_CASE("all is on the page, and the legend is below the host") {
    for (const auto &host : hosts()) {
        CAPTURE(host);
        const auto page = page_on(cli::situation_on(host));
        const Box whole = {0, 0, page.size.width, page.size.height};
        CHECK(whole.contains(page.host.box));
        for (const GuestEntry &entry : page.guests) {
            CHECK(whole.contains(entry.letter));
            CHECK(entry.letter.y >= page.host.box.bottom());
            for (const Line &line : entry.places) CHECK(line.y < page.size.height);
        }
        for (const SignEntry &entry : page.signs) {
            CHECK(whole.contains(entry.cell));
            CHECK_FALSE(entry.cell.overlaps(page.host.box));
        }
        for (const Line &line : page.remarks) CHECK(line.y < page.size.height);
    }
}

TEST_CASE("entries of the legend do not overlap, with sixty guests of long names either") {
    auto situation = cli::situation_on("package:2 numa:4(memory=256GB) l3:4 core:6 pu:2");
    for (unsigned i = 0; i < 60; ++i)
        situation.domains.push_back(cli::wishing(std::string(200, 'm') + std::to_string(i), 3, plan::gib, 2));
    const auto page = page_on(situation);
    CHECK(page.guests.size() == 66);
    for (std::size_t i = 0; i < page.guests.size(); ++i)
        for (std::size_t k = i + 1; k < page.guests.size(); ++k)
            CHECK_FALSE(page.guests[i].letter.overlaps(page.guests[k].letter));
    for (const GuestEntry &entry : page.guests) CHECK(entry.name.text.size() < 100);
}

TEST_CASE("a page is of a size for people, with 8 CPUs and with 384") {
    const auto few = page_on(cli::situation_on("package:1 core:4 pu:2"));
    CHECK(few.size.width <= 800);
    CHECK(few.size.height <= 800);
    const auto many = page_on(cli::situation_on("package:2 numa:4(memory=256GB) l3:4 core:6 pu:2"));
    CHECK(frames_of(Level::cpu, many.host).size() == 384);
    CHECK(many.size.width <= 1640);
    CHECK(many.size.height <= 2400);
    const auto one_cache = page_on(cli::situation_on("numa:2(memory=256GB) package:1 l3:1 core:64 pu:2"));
    CHECK(one_cache.size.width <= 1640);
}

TEST_CASE("siblings are below each other, and what shares a cache is in one frame") {
    const auto host = host_frame(cli::situation_on("package:1 l3:2 core:2 pu:2").host.topology, 2000);
    const auto cores = frames_of(Level::core, host);
    REQUIRE(cores.size() == 4);
    CHECK(cpus_in(*cores[0]) == std::set<unsigned>{0, 1});
    CHECK(cores[0]->inside[0].box.x == cores[0]->inside[1].box.x);
    CHECK(cores[0]->inside[0].box.y < cores[0]->inside[1].box.y);
    const auto caches = frames_of(Level::cache, host);
    REQUIRE(caches.size() == 2);
    CHECK(cpus_in(*caches[1]) == std::set<unsigned>{4, 5, 6, 7});
    CHECK(caches[1]->heading == "L3 1");
}

TEST_CASE("a node of several packages says in its frames which they are; a package is no frame then") {
    const auto host = host_frame(cli::situation_on("numa:1 package:2 l3:1 core:2 pu:1").host.topology, 2000);
    CHECK(frames_of(Level::package, host).empty());
    const auto caches = frames_of(Level::cache, host);
    REQUIRE(caches.size() == 2);
    CHECK(caches[1]->heading == "package 1, L3 1");
}

TEST_CASE("a node without CPUs is there") {
    plan::Topology topology;
    topology.cpus = {{}};
    topology.nodes = {{0, 8 * plan::gib, {0}}, {1, 16 * plan::gib, {}}};
    const auto host = host_frame(topology, 2000);
    const auto nodes = frames_of(Level::node, host);
    REQUIRE(nodes.size() == 2);
    CHECK(nodes[1]->heading == "node 1, 16.0 GiB");
    CHECK(nodes[1]->detail == "no CPUs");
    CHECK(nodes[0]->detail == "CPUs 0");
}

}  // namespace drawing_page_test
