#include "daemon/facts/disks.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "base/file.hpp"

namespace kvmtune::facts {

namespace {

plan::DiskProbe refused(const std::string &why) {
    return {false, false, why};
}

/// Since Linux 6.6 a tmpfs opens with O_DIRECT too, and copies all the same.
bool lives_in_memory(const Fd &fd) {
    struct statfs system = {};
    if (::fstatfs(fd.get(), &system) != 0) return false;
    return system.f_type == TMPFS_MAGIC || system.f_type == RAMFS_MAGIC;
}

/// st_blocks counts units of 512 bytes, whatever the file system's blocks are.
plan::DiskProbe with_holes_counted(const struct stat &file) {
    const auto allocated = static_cast<std::uint64_t>(file.st_blocks) * 512;
    const auto size = static_cast<std::uint64_t>(file.st_size);
    if (S_ISBLK(file.st_mode) || allocated >= size) return {true, true, ""};
    return {true, false,
            "it has holes: " + std::to_string(allocated) + " of " + std::to_string(size) + " bytes are allocated"};
}

/// The kind of file is looked at first: to open a device of another kind may do something to it.
plan::DiskProbe probe(const Root &root, const std::string &path) {
    const std::string full = root.full(path.substr(1));
    struct stat file = {};
    if (::stat(full.c_str(), &file) != 0) return refused(std::strerror(errno));
    if (!S_ISREG(file.st_mode) && !S_ISBLK(file.st_mode)) return refused("it is neither a block device nor a file");
    const Fd fd(::open(full.c_str(), O_RDONLY | O_DIRECT | O_NONBLOCK | O_NOCTTY | O_CLOEXEC));
    if (!fd && errno == EINVAL) return refused("its file system has no O_DIRECT");
    if (!fd) return refused(std::strerror(errno));
    if (::fstat(fd.get(), &file) != 0) return refused(std::strerror(errno));
    if (lives_in_memory(fd)) return refused("it lives in memory (tmpfs)");
    return with_holes_counted(file);
}

}  // namespace

std::map<std::string, plan::DiskProbe> probe_disks(const Root &root, const std::set<std::string> &paths) {
    std::map<std::string, plan::DiskProbe> probes;
    for (const std::string &path : paths) {
        const bool inside = path.starts_with('/') && path.find("/../") == std::string::npos && !path.ends_with("/..");
        probes[path] = inside ? probe(root, path) : refused("it is no absolute path");
    }
    return probes;
}

}  // namespace kvmtune::facts
