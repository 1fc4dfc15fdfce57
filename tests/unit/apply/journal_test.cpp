#include "daemon/apply/journal.hpp"

#include <doctest/doctest.h>
#include <sys/resource.h>

#include <csignal>

#include "tests/fakes/temporary_tree.hpp"
#include "tests/unit/apply/runs.hpp"

namespace journal_test {

using namespace kvmtune;
using namespace kvmtune::apply;
using fakes::TemporaryTree;
using plan::Hold;
using plan::Holds;

namespace {

const std::string path = "run/kvmtune/journal";
const plan::Target one = sysctl("net.core.somaxconn");
const plan::Target two = file("etc/sysctl.d/60-kvmtune.conf");

Journal opened(const TemporaryTree &tree, Step step = {}) {
    auto journal = Journal::open(tree.root(), path, std::move(step));
    if (!journal) FAIL(journal.error().what);
    return *std::move(journal);
}

Holds read_again(const TemporaryTree &tree) {
    return opened(tree).holds();
}

/// A journal with both targets held, the first one granted.
std::string usual_text() {
    const TemporaryTree tree;
    auto journal = opened(tree);
    REQUIRE(journal.hold(one, "boot 1", "4096", "65535"));
    REQUIRE(journal.granted(one, "65535"));
    REQUIRE(journal.hold(two, "", std::nullopt, "a = \"b\"\n"));
    return tree.text(path);
}

std::vector<std::string> lines_of(const std::string &text) {
    std::vector<std::string> lines;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = text.find('\n', at);
        lines.push_back(end == std::string::npos ? text.substr(at) : text.substr(at, end + 1 - at));
        at += lines.back().size();
    }
    return lines;
}

/// Lets no file grow beyond a size while it lives: the disk is full.
class FullDisk {
  public:
    explicit FullDisk(std::size_t size) {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        handler_ = std::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit = {size, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    FullDisk(const FullDisk &) = delete;
    FullDisk &operator=(const FullDisk &) = delete;
    ~FullDisk() {
        ::setrlimit(RLIMIT_FSIZE, &before_);
        std::signal(SIGXFSZ, handler_);
    }

  private:
    rlimit before_ = {};
    void (*handler_)(int) = SIG_DFL;
};

}  // namespace

TEST_CASE("a journal is text that a person can read and cksum can check") {
    CHECK(usual_text() ==
          "kvmtune-journal 1\n"
          "71fef91d {\"hold\":\"sysctl:net.core.somaxconn\",\"epoch\":\"boot "
          "1\",\"original\":\"4096\",\"asked\":\"65535\"}\n"
          "5f9dd87c {\"granted\":\"sysctl:net.core.somaxconn\",\"value\":\"65535\"}\n"
          "5986866d {\"hold\":\"file:etc/sysctl.d/60-kvmtune.conf\",\"epoch\":\"\",\"original\":null,"
          "\"asked\":\"a = \\\"b\\\"\\n\"}\n");
}

TEST_CASE("no journal is no holds, and looking makes none") {
    const TemporaryTree tree;
    CHECK(read_again(tree).empty());
    CHECK(tree.contents().empty());
}

TEST_CASE("holds are read back as they were made") {
    const TemporaryTree tree;
    auto journal = opened(tree);
    REQUIRE(journal.hold(one, "boot 1", "4096", "65535"));
    CHECK((read_again(tree) == Holds{{one, {"boot 1", "4096", "65535", std::nullopt, {}}}}));
    REQUIRE(journal.granted(one, "65536"));
    CHECK((read_again(tree) == Holds{{one, {"boot 1", "4096", "65535", "65536", {}}}}));
    REQUIRE(journal.hold(two, "", std::nullopt, "text\n\twith \"all\"\\"));
    CHECK((read_again(tree) == journal.holds()));
    REQUIRE(journal.drop(one));
    CHECK((read_again(tree) == Holds{{two, {"", std::nullopt, "text\n\twith \"all\"\\", std::nullopt, {}}}}));
}

TEST_CASE("the journal is for root only, and its folder is made") {
    const TemporaryTree tree;
    auto journal = opened(tree);
    REQUIRE(journal.hold(one, "", "1", "2"));
    CHECK(tree.mode(path) == 0600);
    CHECK(tree.mode("run/kvmtune") == 0755);
}

TEST_CASE("a second hold keeps the original and knows all that was ours") {
    const TemporaryTree tree;
    auto journal = opened(tree);
    REQUIRE(journal.hold(one, "boot 1", "4096", "1000"));
    REQUIRE(journal.granted(one, "1024"));
    REQUIRE(journal.hold(one, "boot 1", "1024", "2000"));
    CHECK((journal.holds().at(one) == Hold{"boot 1", "4096", "2000", std::nullopt, {"1000", "1024"}}));
    REQUIRE(journal.granted(one, "2048"));
    REQUIRE(journal.hold(one, "", "2048", "1000"));
    CHECK((journal.holds().at(one) == Hold{"", "4096", "1000", std::nullopt, {"1000", "1024", "2000", "2048"}}));
    CHECK((read_again(tree) == journal.holds()));
}

TEST_CASE("with the last hold goes the file") {
    const TemporaryTree tree;
    auto journal = opened(tree);
    REQUIRE(journal.hold(one, "", "1", "2"));
    REQUIRE(journal.hold(two, "", "1", "2"));
    REQUIRE(journal.drop(one));
    CHECK(tree.root().exists(path));
    REQUIRE(journal.drop(two));
    CHECK_FALSE(tree.root().exists(path));
    REQUIRE(journal.hold(one, "", "1", "2"));
    CHECK((read_again(tree) == journal.holds()));
}

TEST_CASE("dropping what is not held writes nothing, granting it is an error") {
    const TemporaryTree tree;
    auto journal = opened(tree);
    CHECK(journal.drop(one));
    CHECK_FALSE(journal.granted(one, "1"));
    CHECK(tree.contents().empty());
    CHECK(journal.holds().empty());
}

TEST_CASE("tidying keeps what is in force and nothing else") {
    const TemporaryTree tree;
    auto journal = opened(tree);
    for (const auto *value : {"1", "2", "3"}) {
        REQUIRE(journal.hold(one, "boot 1", "0", value));
        REQUIRE(journal.granted(one, value));
    }
    REQUIRE(journal.hold(two, "", "x", "y"));
    const auto before = tree.text(path);
    const auto holds = journal.holds();
    REQUIRE(journal.tidy());
    CHECK(tree.text(path).size() < before.size());
    CHECK((journal.holds() == holds));
    CHECK((read_again(tree) == holds));
    CHECK(tree.mode(path) == 0600);
}

TEST_CASE("tidying a journal without holds removes it") {
    const TemporaryTree tree;
    tree.add(path, "kvmtune-journal 1\n");
    auto journal = opened(tree);
    REQUIRE(journal.tidy());
    CHECK_FALSE(tree.root().exists(path));
}

TEST_CASE("a journal that somebody removed is written again in full") {
    const TemporaryTree tree;
    auto journal = opened(tree);
    REQUIRE(journal.hold(one, "", "1", "2"));
    REQUIRE(tree.root().remove(path));
    REQUIRE(journal.hold(two, "", "3", "4"));
    CHECK((read_again(tree) == journal.holds()));
}

TEST_CASE("each record is on disk when its step is called") {
    const TemporaryTree tree;
    std::vector<std::string> texts;
    auto journal = opened(tree, [&] { texts.push_back(tree.text(path)); });
    REQUIRE(journal.hold(one, "", "1", "2"));
    REQUIRE(journal.granted(one, "2"));
    REQUIRE(journal.drop(one));
    REQUIRE(texts.size() == 3);
    CHECK(lines_of(texts[0]).size() == 2);
    CHECK(lines_of(texts[1]).size() == 3);
    CHECK(texts[2].empty());
}

TEST_CASE("cut at any byte, a journal says what its whole lines say, and goes on") {
    const auto text = usual_text();
    for (std::size_t size = 0; size <= text.size(); ++size) {
        CAPTURE(size);
        std::string whole;
        for (const auto &line : lines_of(text.substr(0, size)))
            if (line.ends_with('\n')) whole += line;
        const TemporaryTree tree;
        tree.add(path, whole);
        const auto expected = read_again(tree);

        tree.add(path, text.substr(0, size));
        auto journal = opened(tree);
        REQUIRE((journal.holds() == expected));
        CHECK(tree.text(path) == text.substr(0, size));
        REQUIRE(journal.hold(sysctl("a.b"), "", "1", "2"));
        CHECK((read_again(tree) == journal.holds()));
        CHECK(journal.holds().size() == expected.size() + 1);
    }
}

TEST_CASE("one wrong byte in a line before the last is an error that names the line, and nothing is deleted") {
    const auto lines = lines_of(usual_text());
    REQUIRE(lines.size() == 4);
    for (std::size_t number = 1; number + 1 < lines.size(); ++number) {
        for (std::size_t byte = 0; byte + 1 < lines[number].size(); ++byte) {
            CAPTURE(number);
            CAPTURE(byte);
            auto damaged = lines;
            damaged[number][byte] = static_cast<char>(damaged[number][byte] ^ 1);
            std::string text;
            for (const auto &line : damaged) text += line;
            const TemporaryTree tree;
            tree.add(path, text);
            const auto journal = Journal::open(tree.root(), path);
            REQUIRE_FALSE(journal);
            CHECK(journal.error().kind == ErrorKind::invalid);
            CHECK(journal.error().what.starts_with(tree.root().full(path) + ":" + std::to_string(number + 1) + ": "));
            CHECK(tree.text(path) == text);
        }
    }
}

TEST_CASE("a last line that does not fit its sum was announced to nobody") {
    auto text = usual_text();
    text[text.size() - 5] ^= 1;
    const TemporaryTree tree;
    tree.add(path, text);
    CHECK((read_again(tree) == Holds{{one, {"boot 1", "4096", "65535", "65535", {}}}}));
}

TEST_CASE("a version that is not known, or another file, is refused and kept") {
    for (const auto *text : {"kvmtune-journal 2\n", "kvmtune-journal 11\n", "kvmtune-journal 2", "# my notes\n",
                             "my notes", "\n", "\nkvmtune-journal 1\n"}) {
        CAPTURE(text);
        const TemporaryTree tree;
        tree.add(path, text);
        const auto journal = Journal::open(tree.root(), path);
        REQUIRE_FALSE(journal);
        CHECK(journal.error().kind == ErrorKind::unsupported);
        CHECK(tree.text(path) == text);
    }
}

TEST_CASE("a sealed record of a kind that is not known is refused, also as the last line") {
    const TemporaryTree tree;
    tree.add(path, "kvmtune-journal 1\nbedcae59 {\"keep\":\"sysctl:a.b\"}\n");
    const auto journal = Journal::open(tree.root(), path);
    REQUIRE_FALSE(journal);
    CHECK(journal.error().what == tree.root().full(path) + ":2: a record of a kind that is not known");
}

TEST_CASE("a journal that cannot be read is an error, not an empty one") {
    const TemporaryTree tree;
    tree.add_folder(path);
    CHECK_FALSE(Journal::open(tree.root(), path));
}

TEST_CASE("a value that JSON cannot carry is refused before anything is written") {
    const TemporaryTree tree;
    auto journal = opened(tree);
    const auto held = journal.hold(two, "", "caf\xe9\n", "ours\n");
    REQUIRE_FALSE(held);
    CHECK(held.error().kind == ErrorKind::invalid);
    CHECK(journal.holds().empty());
    CHECK(tree.contents().empty());
    CHECK(journal.hold(two, "", "caf\xc3\xa9\n", "ours\n"));
    CHECK((read_again(tree) == journal.holds()));
}

TEST_CASE("when the disk is full nothing is announced, and the next record finds a whole journal") {
    const auto full_size = usual_text().size();
    for (std::size_t room = 0; room < 40; ++room) {
        CAPTURE(room);
        const TemporaryTree tree;
        tree.add(path, usual_text());
        auto journal = opened(tree);
        const auto before = journal.holds();
        {
            const FullDisk disk(full_size + room);
            const auto held = journal.hold(sysctl("a.b"), "", "1", "2");
            REQUIRE_FALSE(held);
        }
        CHECK((journal.holds() == before));
        CHECK((read_again(tree) == before));
        REQUIRE(journal.hold(sysctl("a.c"), "", "1", "2"));
        CHECK((read_again(tree) == journal.holds()));
        CHECK(journal.holds().size() == before.size() + 1);
    }
}

TEST_CASE("a disk that stays full loses no hold") {
    const TemporaryTree tree;
    tree.add(path, usual_text());
    auto journal = opened(tree);
    const auto before = journal.holds();
    {
        const FullDisk disk(usual_text().size() + 5);
        CHECK_FALSE(journal.hold(sysctl("a.b"), "", "1", "2"));
        CHECK_FALSE(journal.hold(sysctl("a.b"), "", "1", "2"));
        CHECK_FALSE(journal.granted(two, "x"));
    }
    CHECK((read_again(tree) == before));
    CHECK((journal.holds() == before));
}

}  // namespace journal_test
