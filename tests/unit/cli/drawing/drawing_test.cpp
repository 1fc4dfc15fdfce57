// The pictures as documents: what libxml2 reads of them.
#include "daemon/cli/drawing/drawing.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "daemon/answers/json.hpp"
#include "daemon/domain/scan.hpp"
#include "daemon/domain/second_reading.hpp"
#include "tests/unit/cli/hosts.hpp"

namespace drawing_test {

using namespace kvmtune;

namespace {

constexpr std::string_view svg_space = "http://www.w3.org/2000/svg";

std::string svg_on(const plan::Situation &situation) {
    return cli::svg_of(situation.host.topology, occupancy_of(situation, plan::When::planned), plan::When::planned);
}

domain::Tree read(const std::string &svg) {
    const auto scanned = domain::scan(svg, "picture");
    REQUIRE_MESSAGE(scanned.has_value(), scanned.error().what);
    auto tree = domain::tree_of(svg, "picture", *scanned);
    REQUIRE_MESSAGE(tree.has_value(), tree.error().what);
    return *std::move(tree);
}

std::vector<std::string> texts_of(const domain::Tree &tree, std::string_view element) {
    std::vector<std::string> texts;
    for (const domain::Node &node : tree.nodes)
        if (node.name == element) texts.push_back(node.text);
    return texts;
}

bool has(const std::vector<std::string> &texts, const std::string &text) {
    return std::find(texts.begin(), texts.end(), text) != texts.end();
}

/// A guest of this name on CPU 1 of two, beside a guest "b" that runs anywhere.
std::string svg_with(const std::string &name) {
    plan::Topology topology;
    topology.cpus = {{0, 0}, {1, 1}};
    topology.nodes = {{0, plan::gib, {0, 1}}};
    plan::Occupancy occupancy;
    occupancy.housekeeping = {0};
    occupancy.uses[1] = {{name, plan::Role::vcpu, 0, true}};
    occupancy.floating = {"b", name};
    return cli::svg_of(topology, occupancy, plan::When::now);
}

}  // namespace

TEST_CASE("each host's picture is well-formed, of SVG's elements alone, and refers to nothing outside") {
    const std::set<std::string> elements = {"svg", "title", "defs", "pattern", "path", "circle", "rect", "g", "text"};
    for (const auto &file : cli::host_files()) {
        CAPTURE(file);
        const auto tree = read(svg_on(cli::situation_on(file)));
        for (const domain::Node &node : tree.nodes) {
            CHECK(node.space == svg_space);
            CHECK(elements.count(node.name) == 1);
        }
        for (const domain::Attribute &attribute : tree.attributes) {
            CHECK_FALSE(attribute.name.starts_with("on"));
            CHECK(attribute.name != "href");
            CHECK(attribute.name != "style");
            if (attribute.value.starts_with("url(")) CHECK(attribute.value.starts_with("url(#kvmtune-"));
        }
    }
}

TEST_CASE("it has its size, its view box and a ground of its own") {
    const auto tree = read(svg_with("web"));
    CHECK(tree.value(domain::Tree::root, "version") == "1.1");
    const std::string width(tree.value(domain::Tree::root, "width"));
    const std::string height(tree.value(domain::Tree::root, "height"));
    CHECK(tree.value(domain::Tree::root, "viewBox") == "0 0 " + width + " " + height);
    bool has_ground = false;
    for (domain::NodeId id = 0; id < tree.size(); ++id)
        if (tree[id].name == "rect" && tree.value(id, "width") == width && tree.value(id, "height") == height)
            has_ground = has_ground || tree.value(id, "fill") == "#ffffff";
    CHECK(has_ground);
}

TEST_CASE("no letter is smaller than 11 pixels, with 8 CPUs and with 384") {
    for (const auto *host : {"numa:1(memory=64GB) core:4 pu:2", "package:2 numa:4(memory=256GB) l3:4 core:6 pu:2"}) {
        const auto tree = read(svg_on(cli::situation_on(host)));
        unsigned texts = 0;
        for (domain::NodeId id = 0; id < tree.size(); ++id)
            if (tree[id].name == "text") {
                ++texts;
                CHECK(std::stoi(std::string(tree.value(id, "font-size"))) >= 11);
            }
        CHECK(texts > 8);
    }
}

TEST_CASE("names of guests are text, whatever they are") {
    for (const std::string name :
         {"</text><script>alert(1)</script>", "\"/><image href='x'/>", "<!--", "]]>", "&amp;&x;"}) {
        CAPTURE(name);
        const auto tree = read(svg_with(name));
        CHECK(texts_of(tree, "script").empty());
        CHECK(texts_of(tree, "image").empty());
        CHECK(has(texts_of(tree, "text"), name));
        CHECK(has(texts_of(tree, "title"), "CPU 1, core 1, L3 0, node 0, package 0\n" + name + ": vCPU 0"));
        CHECK(has(texts_of(tree, "text"), "run anywhere: b, " + name));
    }
}

TEST_CASE("names of bytes that are no text do no harm, and long ones are whole in the tooltip") {
    CHECK(has(texts_of(read(svg_with("a\x01\xff\033[31m")), "text"), "a\ufffd\ufffd\ufffd[31m"));
    CHECK(has(texts_of(read(svg_with("\u202efdp")), "text"), "\ufffdfdp"));
    CHECK_FALSE(texts_of(read(svg_with("")), "text").empty());
    const std::string name(5000, 'x');
    const auto tree = read(svg_with(name));
    for (const auto &text : texts_of(tree, "text")) CHECK(text.size() < 300);
    CHECK(has(texts_of(tree, "title"), name + "\nvCPUs 1"));
}

TEST_CASE("the title says whether it is so or to be so") {
    plan::Topology topology;
    topology.cpus = {{}};
    topology.nodes = {{0, plan::gib, {0}}};
    const auto now = texts_of(read(cli::svg_of(topology, {}, plan::When::now)), "title");
    const auto planned = texts_of(read(cli::svg_of(topology, {}, plan::When::planned)), "title");
    CHECK(has(now, "Who sits on which CPU"));
    CHECK(has(planned, "Who is to sit on which CPU"));
}

TEST_CASE("an answer's picture is that of what it tells") {
    const auto situation = cli::situation_on("numa:2(memory=64GB) l3:1 core:4 pu:2");
    const auto occupancy = occupancy_of(situation, plan::When::planned);
    auto answer = answers::json_of(situation.host.topology, occupancy);
    answer.add("planned", true);
    CHECK(cli::svg_of_topology(answer) == svg_on(situation));
}

TEST_CASE("a role of a later version is left out, and an answer without anything is a picture still") {
    const auto answer = parse_json(R"({"nodes":[{"index":0,"memory":1073741824,"cpus":"0"}],"cpus":[{"index":0,
        "uses":[{"domain":"web","role":"oracle","number":0,"ours":true}]}]})");
    REQUIRE(answer.has_value());
    const auto texts = texts_of(read(cli::svg_of_topology(*answer)), "text");
    CHECK(has(texts, "free"));
    CHECK_FALSE(has(texts, "web"));
    CHECK_FALSE(read(cli::svg_of_topology(Json())).nodes.empty());
}

}  // namespace drawing_test
