// On files of this machine: whether its file systems take O_DIRECT is asked of the kernel here too.
#include "daemon/facts/disks.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/file.hpp"

namespace disks_test {

using namespace kvmtune;
using namespace kvmtune::facts;

namespace {

/// A folder next to the test program, which is not in memory as a rule.
class Folder {
  public:
    explicit Folder(const std::string &where) : path_(where + "/kvmtune-disks-XXXXXX") { ::mkdtemp(path_.data()); }
    Folder(const Folder &) = delete;
    Folder &operator=(const Folder &) = delete;
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] std::string path(const std::string &file) const { return path_ + "/" + file; }
    [[nodiscard]] plan::DiskProbe probe(const std::string &file) const {
        const Root root = Root::open(path_).value();
        return probe_disks(root, {"/" + file}).at("/" + file);
    }

  private:
    std::string path_;
};

bool is_in_memory(const std::string &path) {
    struct statfs system = {};
    return ::statfs(path.c_str(), &system) == 0 && system.f_type == TMPFS_MAGIC;
}

bool opens_directly(const std::string &path) {
    return static_cast<bool>(Fd(::open(path.c_str(), O_RDONLY | O_DIRECT | O_CLOEXEC)));
}

}  // namespace

TEST_CASE("a file that is fully allocated, and one with holes") {
    const Folder folder(std::filesystem::current_path().string());
    std::ofstream(folder.path("full")) << std::string(1u << 16, 'x');
    std::ofstream(folder.path("holes")) << "";
    std::filesystem::resize_file(folder.path("holes"), 1u << 20);
    Fd full(::open(folder.path("full").c_str(), O_RDONLY | O_CLOEXEC));
    REQUIRE(::fsync(full.get()) == 0);
    const bool direct = opens_directly(folder.path("full")) && !is_in_memory(folder.path("full"));

    const auto probe = folder.probe("full");
    CHECK(probe.direct == direct);
    CHECK(probe.fully_allocated == direct);
    CHECK(probe.why_not.empty() == direct);
    const auto sparse = folder.probe("holes");
    CHECK(sparse.direct == direct);
    CHECK_FALSE(sparse.fully_allocated);
    if (direct) CHECK(sparse.why_not == "it has holes: 0 of 1048576 bytes are allocated");
}

TEST_CASE("a file in memory takes no O_DIRECT, whatever its file system says") {
    if (!is_in_memory("/dev/shm")) return;
    const Folder folder("/dev/shm");
    std::ofstream(folder.path("disk")) << std::string(8192, 'x');
    const auto probe = folder.probe("disk");
    CHECK_FALSE(probe.direct);
    CHECK_FALSE(probe.fully_allocated);
    CHECK((probe.why_not == "it lives in memory (tmpfs)" || probe.why_not == "its file system has no O_DIRECT"));
}

TEST_CASE("what is no disk is not opened, and says why") {
    const Folder folder(std::filesystem::current_path().string());
    std::filesystem::create_directory(folder.path("folder"));
    REQUIRE(::mkfifo(folder.path("pipe").c_str(), 0600) == 0);
    for (const std::string file : {"folder", "pipe"}) {
        const auto probe = folder.probe(file);
        CHECK_FALSE(probe.direct);
        CHECK(probe.why_not == "it is neither a block device nor a file");
    }
    CHECK(folder.probe("none").why_not == "No such file or directory");
    const Root root = Root::open("/").value();
    for (const std::string path : {"relative", "", "/x/../etc/passwd", "/x/.."})
        CHECK(probe_disks(root, {path}).at(path).why_not == "it is no absolute path");
}

TEST_CASE("a probe leaves a file as it was") {
    const Folder folder(std::filesystem::current_path().string());
    std::ofstream(folder.path("disk")) << "bytes";
    struct stat before = {};
    struct stat after = {};
    REQUIRE(::stat(folder.path("disk").c_str(), &before) == 0);
    CHECK(folder.probe("disk").why_not.find("not") == std::string::npos);
    REQUIRE(::stat(folder.path("disk").c_str(), &after) == 0);
    CHECK(before.st_mtim.tv_nsec == after.st_mtim.tv_nsec);
    CHECK(before.st_atim.tv_nsec == after.st_atim.tv_nsec);
    CHECK(before.st_size == after.st_size);
}

}  // namespace disks_test
