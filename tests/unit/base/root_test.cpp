#include "base/root.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <unistd.h>

#include <filesystem>

#include "tests/fakes/temporary_tree.hpp"

namespace root_test {

using kvmtune::ErrorKind;
using kvmtune::Root;
using kvmtune::fakes::TemporaryTree;

TEST_CASE("files are read below the tree, by paths without a leading slash") {
    const TemporaryTree tree;
    tree.add("proc/sys/kernel/x", "7\n");
    CHECK(tree.root().read("proc/sys/kernel/x") == "7\n");
    CHECK(tree.root().full("proc/x") == tree.root().path() + "/proc/x");
    CHECK_FALSE(tree.root().is_machine());
}

TEST_CASE("the machine's own tree is named without a second slash") {
    const auto root = Root::open("/").value();
    CHECK(root.is_machine());
    CHECK(root.full("proc/x") == "/proc/x");
    const TemporaryTree tree;
    CHECK(Root::open(tree.root().path() + "//")->path() == tree.root().path());
}

TEST_CASE("a tree that is not there, or is no folder, is not opened") {
    const TemporaryTree tree;
    tree.add("file", "");
    CHECK(Root::open(tree.root().full("nowhere")).error().kind == ErrorKind::not_found);
    CHECK(Root::open(tree.root().full("file")).error().kind == ErrorKind::not_found);
    CHECK_FALSE(Root::open(""));
}

TEST_CASE("what is missing is not found, and named by its full path") {
    const TemporaryTree tree;
    const auto text = tree.root().read("a/b");
    REQUIRE_FALSE(text);
    CHECK(text.error().kind == ErrorKind::not_found);
    CHECK(text.error().what == tree.root().full("a/b") + ": No such file or directory");
    CHECK(tree.root().list("a").error().kind == ErrorKind::not_found);
    CHECK(tree.root().link("a").error().kind == ErrorKind::not_found);
    CHECK(tree.root().write("a", "1").error().kind == ErrorKind::not_found);
    CHECK_FALSE(tree.root().exists("a"));
}

TEST_CASE("no path leaves the tree") {
    const TemporaryTree tree;
    tree.add("a/b", "x");
    for (const auto *path : {"/etc/passwd", "..", "../x", "a/..", "a/../b", "a/../../b"}) {
        CAPTURE(path);
        CHECK(tree.root().read(path).error().kind == ErrorKind::invalid);
        CHECK_FALSE(tree.root().exists(path));
        CHECK(tree.root().list(path).error().kind == ErrorKind::invalid);
        CHECK(tree.root().link(path).error().kind == ErrorKind::invalid);
        CHECK(tree.root().write(path, "x").error().kind == ErrorKind::invalid);
        CHECK(tree.root().replace(path, "x").error().kind == ErrorKind::invalid);
        CHECK(tree.root().open_for_append(path).error().kind == ErrorKind::invalid);
        CHECK(tree.root().remove(path).error().kind == ErrorKind::invalid);
        CHECK(tree.root().remove_directory(path).error().kind == ErrorKind::invalid);
        CHECK(tree.root().make_directories(path).error().kind == ErrorKind::invalid);
    }
    tree.add("a/..b", "dots in a name are no step up");
    CHECK(tree.root().exists("a/..b"));
}

TEST_CASE("a folder is listed in order, without itself and its parent") {
    const TemporaryTree tree;
    tree.add("d/b", "");
    tree.add("d/a", "");
    tree.add_folder("d/c");
    CHECK(tree.root().list("d").value() == std::vector<std::string>{"a", "b", "c"});
    CHECK(tree.root().list("").value() == std::vector<std::string>{"d"});
    CHECK_FALSE(tree.root().list("d/a"));
}

TEST_CASE("a link is shown as it is written") {
    const TemporaryTree tree;
    std::filesystem::create_symlink("../../devices/x", tree.root().full("link"));
    CHECK(tree.root().link("link") == "../../devices/x");
    CHECK_FALSE(tree.root().exists("link"));
}

TEST_CASE("writing keeps the file and leaves nothing of a longer text") {
    const TemporaryTree tree;
    tree.add("proc/x", "4194304\n");
    std::filesystem::create_hard_link(tree.root().full("proc/x"), tree.root().full("same"));
    REQUIRE(tree.root().write("proc/x", "1\n"));
    CHECK(tree.text("same") == "1\n");
}

TEST_CASE("replacing makes a new file with the mode asked for, whatever the umask") {
    const TemporaryTree tree;
    tree.add("etc/x", "old");
    std::filesystem::create_hard_link(tree.root().full("etc/x"), tree.root().full("before"));
    const auto umask_before = ::umask(0077);
    const auto replaced = tree.root().replace("etc/x", "new", 0644);
    ::umask(umask_before);
    REQUIRE(replaced);
    CHECK(tree.text("etc/x") == "new");
    CHECK(tree.mode("etc/x") == 0644);
    CHECK(tree.text("before") == "old");
    REQUIRE(tree.root().replace("etc/y", "", 0600));
    CHECK(tree.mode("etc/y") == 0600);
    CHECK(tree.root().list("etc").value() == std::vector<std::string>{"x", "y"});
}

TEST_CASE("replacing that fails leaves all as it was") {
    const TemporaryTree tree;
    tree.add("etc/folder/file", "x");
    const auto before = tree.contents();
    CHECK_FALSE(tree.root().replace("etc/folder", "text"));
    CHECK(tree.root().replace("none/file", "text").error().kind == ErrorKind::not_found);
    CHECK(tree.contents() == before);
}

TEST_CASE("what a replacing that was cut off left behind does not stop the next one") {
    const TemporaryTree tree;
    tree.add("etc/x.kvmtune-new", "half");
    REQUIRE(tree.root().replace("etc/x", "whole"));
    CHECK(tree.contents() == std::map<std::string, std::string>{{"etc", "folder"}, {"etc/x", "text whole"}});
}

TEST_CASE("appending makes the file once and adds to its end") {
    const TemporaryTree tree;
    for (const auto *text : {"one\n", "two\n"}) {
        const auto fd = tree.root().open_for_append("log").value();
        CHECK((::fcntl(fd.get(), F_GETFD) & FD_CLOEXEC) != 0);
        REQUIRE(kvmtune::write_all(fd.get(), text));
    }
    CHECK(tree.text("log") == "one\ntwo\n");
    CHECK(tree.mode("log") == 0600);
    CHECK(tree.root().open_for_append("none/log").error().kind == ErrorKind::not_found);
}

TEST_CASE("removing what is not there is no error") {
    const TemporaryTree tree;
    tree.add("a/file", "x");
    CHECK(tree.root().remove("a/file"));
    CHECK_FALSE(tree.root().exists("a/file"));
    CHECK(tree.root().remove("a/file"));
    CHECK(tree.root().remove("none/file"));
    CHECK_FALSE(tree.root().remove("a"));
}

TEST_CASE("only an empty folder is removed") {
    const TemporaryTree tree;
    tree.add("full/file", "x");
    tree.add_folder("empty");
    CHECK(tree.root().remove_directory("full"));
    CHECK(tree.root().remove_directory("empty"));
    CHECK(tree.root().remove_directory("none"));
    CHECK(tree.root().exists("full/file"));
    CHECK_FALSE(tree.root().exists("empty"));
}

TEST_CASE("folders are made with those above them, and again without error") {
    const TemporaryTree tree;
    REQUIRE(tree.root().make_directories("var/lib/kvmtune", 0755));
    REQUIRE(tree.root().make_directories("var/lib/kvmtune/x"));
    CHECK(tree.root().exists("var/lib/kvmtune/x"));
    tree.add("file", "");
    CHECK_FALSE(tree.root().make_directories("file/x"));
}

}  // namespace root_test
