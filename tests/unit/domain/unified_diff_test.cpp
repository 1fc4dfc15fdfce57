#include "daemon/domain/unified_diff.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <random>
#include <vector>

#include "daemon/domain/elements.hpp"
#include "tests/unit/domain/samples.hpp"

namespace unified_diff_test {

using namespace kvmtune::domain;

namespace {

/// A directory that goes away with its files.
class Scratch {
  public:
    Scratch() {
        std::string pattern = (std::filesystem::temp_directory_path() / "kvmtune-diff-XXXXXX").string();
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        path_ = pattern;
    }
    ~Scratch() { std::filesystem::remove_all(path_); }
    Scratch(const Scratch &) = delete;
    Scratch &operator=(const Scratch &) = delete;

    /// What diff(1) prints.
    [[nodiscard]] std::string diff(const std::string &left, const std::string &right) const {
        std::ofstream(path_ / "left", std::ios::binary) << left;
        std::ofstream(path_ / "right", std::ios::binary) << right;
        const std::string command = "LC_ALL=C diff -u --label a --label b '" + (path_ / "left").string() + "' '" +
                                    (path_ / "right").string() + "'";
        FILE *pipe = popen(command.c_str(), "r");
        REQUIRE(pipe != nullptr);
        std::string out;
        std::array<char, 4096> buffer{};
        for (std::size_t n = 0; (n = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;) out.append(buffer.data(), n);
        CHECK(pclose(pipe) != -1);
        return out;
    }

  private:
    std::filesystem::path path_;
};

using Random = std::mt19937;

std::size_t below(Random &random, std::size_t limit) {
    return random() % limit;
}

std::vector<std::string> lines_of_sample(Random &random) {
    static const auto samples = samples::all();
    std::vector<std::string> lines;
    const std::string &bytes = samples[below(random, 3)].bytes;
    for (std::size_t from = 0; from < bytes.size();) {
        const std::size_t end = bytes.find('\n', from) + 1;
        lines.push_back(bytes.substr(from, end - from));
        from = end;
    }
    return lines;
}

std::vector<std::string> few_kinds_of_lines(Random &random) {
    std::vector<std::string> lines(below(random, 120));
    for (std::string &line : lines) line = std::string(1, static_cast<char>('a' + below(random, 4))) + "\n";
    return lines;
}

std::vector<std::string> many_equal_lines(Random &random) {
    std::vector<std::string> lines(below(random, 600));
    for (std::string &line : lines) {
        line = below(random, 3) == 0 ? "</address>\n" : std::to_string(below(random, 400)) + "\n";
    }
    return lines;
}

void mutate(Random &random, std::vector<std::string> &lines) {
    for (std::size_t edits = below(random, 12); edits > 0; --edits) {
        const std::size_t at = below(random, lines.size() + 1);
        const auto place = lines.begin() + static_cast<std::ptrdiff_t>(at);
        const auto end = lines.begin() + static_cast<std::ptrdiff_t>(std::min(lines.size(), at + below(random, 6)));
        switch (below(random, 4)) {
            case 0:
                lines.erase(place, end);
                break;
            case 1:
                lines.insert(place, "new " + std::to_string(random() % 5) + "\n");
                break;
            case 2: {
                const std::vector<std::string> copy(place, end);
                const auto target = static_cast<std::ptrdiff_t>(below(random, lines.size() + 1));
                lines.insert(lines.begin() + target, copy.begin(), copy.end());
                break;
            }
            default:
                if (place != lines.end()) *place = "changed " + *place;
        }
    }
}

std::string joined(Random &random, const std::vector<std::string> &lines) {
    std::string out;
    for (const std::string &line : lines) out += line;
    if (!out.empty() && below(random, 6) == 0) out.pop_back();
    return out;
}

}  // namespace

TEST_CASE("equal texts have no diff") {
    CHECK(unified_diff("", "", "a", "b").empty());
    CHECK(unified_diff("x\n", "x\n", "a", "b").empty());
    CHECK(unified_diff("x", "x", "a", "b").empty());
}

TEST_CASE("a small diff, its empty ranges and missing line ends") {
    CHECK(unified_diff("1\n2\n3\n4\n5\n", "1\n2\n3\n4\nfive\n", "old", "new") ==
          "--- old\n+++ new\n@@ -2,4 +2,4 @@\n 2\n 3\n 4\n-5\n+five\n");
    CHECK(unified_diff("", "x\n", "a", "b") == "--- a\n+++ b\n@@ -0,0 +1 @@\n+x\n");
    CHECK(unified_diff("x\ny\n", "", "a", "b") == "--- a\n+++ b\n@@ -1,2 +0,0 @@\n-x\n-y\n");
    CHECK(unified_diff("x", "x\n", "a", "b") == "--- a\n+++ b\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+x\n");
}

TEST_CASE("a diff is what diff -u prints, for randomly changed texts") {
    const Scratch scratch;
    Random random(20240229);
    const std::array kinds = {lines_of_sample, few_kinds_of_lines, many_equal_lines};
    for (int round = 0; round < 450; ++round) {
        CAPTURE(round);
        std::vector<std::string> lines = kinds[static_cast<std::size_t>(round) % kinds.size()](random);
        const std::string left = joined(random, lines);
        mutate(random, lines);
        if (below(random, 20) == 0) lines = kinds[static_cast<std::size_t>(round) % kinds.size()](random);
        const std::string right = joined(random, lines);
        const std::string expected = scratch.diff(left, right);
        const std::string ours = unified_diff(left, right, "a", "b");
        CHECK(ours == expected);
        if (ours != expected) return;
    }
}

TEST_CASE("the diff of an edited document shows the edit") {
    const Document document = samples::parsed(samples::recipe_guest());
    const Document edited = *with(document, {{"interface/52:54:00:12:34:56/driver/queues", "8"}});
    CHECK(unified_diff(document.bytes(), edited.bytes(), "a", "b") ==
          "--- a\n+++ b\n@@ -24,6 +24,7 @@\n       <mac address='52:54:00:12:34:56'/>\n       <source "
          "network='default'/>\n       "
          "<model type='virtio'/>\n+      <driver queues='8'/>\n     </interface>\n     <console type='pty'/>\n   "
          "</devices>\n");
}

}  // namespace unified_diff_test
