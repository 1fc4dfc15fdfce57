// What must hold when `rewrite` is let loose on every document of tests/corpus, with and without the consent to change
// what the guest sees.
#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <regex>

#include "daemon/domain/facts.hpp"
#include "daemon/domain/metadata.hpp"
#include "tests/fakes/temporary_tree.hpp"
#include "tests/unit/cli/said.hpp"

namespace corpus_test {

using namespace kvmtune;

namespace {

constexpr unsigned cpus_of_topology = 16;
constexpr const char *topology = "numa:2(memory=8GB) core:4 pu:2";

struct Way {
    std::string name;
    std::vector<std::string> options;
};

const std::vector<Way> ways = {{"by default", {}}, {"with consent", {"--allow", "guest-abi"}}};

std::vector<std::string> files_of(const std::string &folder) {
    std::vector<std::string> files;
    for (const auto &entry : std::filesystem::directory_iterator(std::string(KVMTUNE_CORPUS) + "/" + folder))
        if (entry.is_regular_file()) files.push_back(entry.path().string());
    std::sort(files.begin(), files.end());
    return files;
}

std::vector<std::string> good_files() {
    auto files = files_of("valid");
    for (const char *folder : {"elsewhere", "i440fx", "i440fx/doubted", "i440fx/refused"}) {
        const auto more = files_of(folder);
        files.insert(files.end(), more.begin(), more.end());
    }
    return files;
}

std::string text_of(const std::string &file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// Rewrites files with a policy of its own, and texts by way of a file.
class Bench {
  public:
    Bench() {
        tree_.add("policy.toml", "");
        tree_.add("nothing.toml", "[host]\nprofile = \"none\"\n[[domain]]\nmatch = [\"*\"]\nprofile = \"none\"\n");
        tree_.add("q35.toml",
                  "[host]\nprofile = \"none\"\n[[domain]]\nmatch = [\"*\"]\nprofile = \"none\"\nmachine = \"q35\"\n");
    }

    cli::Said rewrite(const std::string &file, const Way &way, const std::string &policy = "policy.toml") const {
        std::vector<std::string> arguments = {"rewrite", file,       "--topology",
                                              topology,  "--policy", tree_.root().full(policy)};
        arguments.insert(arguments.end(), way.options.begin(), way.options.end());
        return cli::said(arguments);
    }
    std::string again(const std::string &text, const Way &way, const std::string &policy = "policy.toml") const {
        tree_.add("again.xml", text);
        return rewrite(tree_.root().full("again.xml"), way, policy).out;
    }

  private:
    fakes::TemporaryTree tree_;
};

/// Whether all bytes of the left come in the right, in this order.
bool comes_in(const std::string &left, const std::string &right) {
    std::size_t at = 0;
    for (const char c : right)
        if (at < left.size() && left[at] == c) ++at;
    return at == left.size();
}

bool only_added(const plan::Holds &holds) {
    return std::none_of(holds.begin(), holds.end(), [](const auto &held) { return held.second.original.has_value(); });
}

bool takes_queues(const plan::NicFacts &nic) {
    static const std::set<std::string> with_tap = {"network", "bridge", "ethernet", "direct"};
    return nic.model.starts_with("virtio") && with_tap.contains(nic.type);
}

bool is_held(const plan::Holds &holds, const std::string &uuid, const std::string &element) {
    return holds.contains({plan::TargetKind::element, uuid, element});
}

/// Whether the chipset of what it was made of was another: that is not taken back from the document alone.
bool is_converted(const std::string &text) {
    return text.find("element='os/machine'") != std::string::npos;
}

std::size_t agent_channels(const domain::Tree &tree) {
    std::size_t found = 0;
    for (const auto devices : tree.children(domain::Tree::root, "devices"))
        for (const auto channel : tree.children(devices, "channel"))
            if (tree.value(tree.child(channel, "target"), "name") == "org.kvmtune.agent.0") ++found;
    return found;
}

void check_pins(const plan::DomainFacts &facts, const plan::Holds &holds) {
    const CpuSet machine = CpuSet::range(0, cpus_of_topology - 1);
    for (const auto &[vcpu, cpus] : facts.vcpupins) {
        if (!is_held(holds, facts.uuid, "cputune/vcpupin/" + std::to_string(vcpu))) continue;
        CHECK(vcpu < facts.vcpus);
        CHECK(!cpus.empty());
        CHECK(machine.contains(cpus));
    }
    for (const auto &[thread, cpus] : facts.iothreadpins) {
        if (!is_held(holds, facts.uuid, "cputune/iothreadpin/" + std::to_string(thread))) continue;
        CHECK(facts.iothreads.contains(thread));
        CHECK(machine.contains(cpus));
    }
    if (is_held(holds, facts.uuid, "cputune/emulatorpin")) {
        CHECK(!facts.emulatorpin->empty());
        CHECK(machine.contains(*facts.emulatorpin));
    }
}

void check_consistent(const plan::DomainFacts &facts, const plan::Holds &holds) {
    if (facts.cpu && facts.cpu->topology) CHECK(facts.cpu->topology->cpus() == facts.vcpus);
    check_pins(facts, holds);
    for (const auto &nic : facts.nics) {
        for (const char *what : {"driver/name", "driver/queues", "driver/rx_queue_size"})
            if (is_held(holds, facts.uuid, "interface/" + nic.mac + "/" + what)) CHECK(takes_queues(nic));
        if (is_held(holds, facts.uuid, "interface/" + nic.mac + "/driver/queues")) CHECK(nic.queues <= facts.vcpus);
    }
    for (const auto &disk : facts.disks) {
        const bool direct = disk.cache == "none" || disk.cache == "directsync";
        if (is_held(holds, facts.uuid, "disk/" + disk.target + "/driver/io")) CHECK(direct);
    }
    const bool bound = facts.memory_mode == "strict" || facts.memory_mode == "restrictive";
    if (bound && is_held(holds, facts.uuid, "numatune/memory/mode")) CHECK(facts.memory_nodes);
}

}  // namespace

TEST_CASE("the corpus is there") {
    CHECK(files_of("valid").size() >= 150);
    CHECK(files_of("odd").size() >= 50);
    CHECK(files_of("elsewhere").size() >= 5);
    CHECK(files_of("i440fx").size() >= 40);
}

TEST_CASE("good documents stay good, consistent and, where we only add, themselves") {
    const Bench bench;
    for (const auto &file : good_files()) {
        for (const auto &way : ways) {
            CAPTURE(file);
            CAPTURE(way.name);
            const std::string before = text_of(file);
            const auto said = bench.rewrite(file, way);
            INFO(said.err);
            REQUIRE(said.status == 0);
            const auto document = domain::Document::parse(said.out, "after");
            REQUIRE_MESSAGE(document.has_value(), document.error().what);
            const auto facts = domain::facts_of(*document);
            REQUIRE_MESSAGE(facts.has_value(), facts.error().what);
            const auto holds = domain::holds_in(*document);
            REQUIRE(holds.has_value());
            check_consistent(*facts, *holds);
            if (only_added(*holds)) CHECK(comes_in(before, said.out));
            CHECK(agent_channels(document->tree()) <= 1);
        }
    }
}

TEST_CASE("a second rewrite changes nothing") {
    const Bench bench;
    for (const auto &file : good_files()) {
        for (const auto &way : ways) {
            CAPTURE(file);
            CAPTURE(way.name);
            const auto once = bench.rewrite(file, way).out;
            CHECK(bench.again(once, way) == once);
        }
    }
}

TEST_CASE("taking back all that was done gives the bytes of before") {
    const Bench bench;
    for (const auto &file : good_files()) {
        for (const auto &way : ways) {
            CAPTURE(file);
            CAPTURE(way.name);
            const auto tuned = bench.rewrite(file, way).out;
            const auto back = bench.again(tuned, way, "nothing.toml");
            CHECK(back.find("kvmtune:tuned") == std::string::npos);
            if (!is_converted(tuned)) CHECK(back == text_of(file));
            if (!is_converted(tuned)) continue;
            const auto converted = bench.rewrite(file, way, "q35.toml").out;
            CHECK(back == bench.again(converted, way, "nothing.toml"));
            CHECK(bench.again(back, way, "nothing.toml") == back);
        }
    }
}

/// A document without the record of what we gave before: with cells, memory mode and topology are others.
std::string without_earlier(const std::string &text) {
    static const std::regex earlier(R"(>\n +<kvmtune:earlier [^\n]*\n +</kvmtune:hold>)");
    return std::regex_replace(text, earlier, "/>");
}

TEST_CASE("consent that is taken back takes back what needed it") {
    const Bench bench;
    for (const auto &file : good_files()) {
        CAPTURE(file);
        const auto consented = bench.rewrite(file, ways[1]).out;
        if (is_converted(consented)) continue;
        const auto back = bench.again(consented, ways[0]);
        CHECK(without_earlier(back) == bench.rewrite(file, ways[0]).out);
    }
}

TEST_CASE("documents of i440FX are converted, with consent alone, but for those that would not survive it") {
    const Bench bench;
    for (const auto &file : files_of("i440fx")) {
        CAPTURE(file);
        CHECK_FALSE(is_converted(bench.rewrite(file, ways[0]).out));
        CHECK(is_converted(bench.rewrite(file, ways[1]).out));
    }
    for (const char *folder : {"i440fx/doubted", "i440fx/refused"})
        for (const auto &file : files_of(folder)) {
            CAPTURE(file);
            const auto said = bench.rewrite(file, ways[1]);
            CHECK_FALSE(is_converted(said.out));
            CHECK(said.err.find(": its chipset stays i440FX: it") != std::string::npos);
        }
}

TEST_CASE("odd documents give an error with its place and no output, or are left alone with a reason") {
    const Bench bench;
    for (const auto &file : files_of("odd")) {
        for (const auto &way : ways) {
            CAPTURE(file);
            CAPTURE(way.name);
            const auto said = bench.rewrite(file, way);
            CHECK(!said.err.empty());
            if (said.status == 0) continue;
            CHECK(said.status == cli::status::failed);
            CHECK(said.out.empty());
            CHECK(said.err.find(file + ":") != std::string::npos);
            CHECK(said.err.find(": ", said.err.find(file + ":") + file.size()) != std::string::npos);
        }
    }
}

TEST_CASE("guests of other kinds are not touched at all") {
    const Bench bench;
    for (const std::string name :
         {"arch-aarch64", "arch-s390x", "arch-ppc64le", "type-xen", "type-xen-hvm", "type-lxc", "type-bhyve", "type-vz",
          "type-hvf", "type-vmware", "type-test", "placeholder-in-type", "placeholder-in-arch"}) {
        const std::string file = std::string(KVMTUNE_CORPUS) + "/odd/" + name + ".xml";
        CAPTURE(file);
        const auto said = bench.rewrite(file, ways[1]);
        CHECK(said.status == 0);
        CHECK(said.out == text_of(file));
        CHECK(said.err.find("nothing of it is tuned") != std::string::npos);
    }
}

}  // namespace corpus_test
