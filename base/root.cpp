// Paths are resolved with plain openat(2) below the descriptor; ".." is refused. Symbolic links inside the tree are
// followed by the kernel: what lies in the tree belongs to root.
#include "base/root.hpp"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <memory>

namespace kvmtune {

namespace {

Result<> inside(const std::string &path) {
    const bool leaves =
        path == ".." || path.starts_with("../") || path.ends_with("/..") || path.find("/../") != std::string::npos;
    if (path.starts_with('/') || leaves) return failure(ErrorKind::invalid, path + ": not a path inside the tree");
    return {};
}

/// "" is the tree itself.
const char *relative(const std::string &path) {
    return path.empty() ? "." : path.c_str();
}

std::string folder_of(const std::string &path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
}

}  // namespace

Result<Root> Root::open(const std::string &directory) {
    Fd fd(::open(directory.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return system_failure(directory, errno);
    auto path = directory;
    while (path.size() > 1 && path.ends_with('/')) path.pop_back();
    return Root(std::move(fd), std::move(path));
}

std::string Root::full(const std::string &path) const {
    return path_ == "/" ? path_ + path : path_ + "/" + path;
}

Result<std::string> Root::read(const std::string &path) const {
    TRY(inside(path));
    const Fd fd(::openat(fd_.get(), relative(path), O_RDONLY | O_CLOEXEC));
    if (!fd) return system_failure(full(path), errno);
    auto text = read_all(fd.get());
    if (!text) return within(full(path), std::move(text).error());
    if (witness_ != nullptr) witness_->saw_file(path, *text);
    return text;
}

bool Root::exists(const std::string &path) const {
    const bool is_there = inside(path) && ::faccessat(fd_.get(), relative(path), F_OK, 0) == 0;
    if (is_there && witness_ != nullptr) witness_->saw_entry(path);
    return is_there;
}

Result<std::vector<std::string>> Root::list(const std::string &path) const {
    TRY(inside(path));
    Fd fd(::openat(fd_.get(), relative(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) return system_failure(full(path), errno);
    struct Close {
        void operator()(DIR *directory) const { ::closedir(directory); }
    };
    const std::unique_ptr<DIR, Close> directory(::fdopendir(fd.get()));
    if (!directory) return system_failure(full(path), errno);
    fd.release();
    std::vector<std::string> names;
    while (const auto *entry = ::readdir(directory.get())) {
        std::string name = entry->d_name;
        if (name != "." && name != "..") names.push_back(std::move(name));
    }
    std::sort(names.begin(), names.end());
    if (witness_ != nullptr) witness_->saw_folder(path, names);
    return names;
}

Result<std::string> Root::link(const std::string &path) const {
    TRY(inside(path));
    char target[4096];
    const auto length = ::readlinkat(fd_.get(), relative(path), target, sizeof target);
    if (length < 0) return system_failure(full(path), errno);
    std::string text(target, static_cast<std::size_t>(length));
    if (witness_ != nullptr) witness_->saw_link(path, text);
    return text;
}

Result<> Root::write(const std::string &path, std::string_view text) const {
    TRY(inside(path));
    const Fd fd(::openat(fd_.get(), relative(path), O_WRONLY | O_TRUNC | O_CLOEXEC));
    if (!fd) return system_failure(full(path), errno);
    const auto count = ::write(fd.get(), text.data(), text.size());
    if (count < 0) return system_failure(full(path), errno);
    if (static_cast<std::size_t>(count) != text.size()) return failure(ErrorKind::failed, full(path) + ": short write");
    return {};
}

Result<> Root::replace(const std::string &path, std::string_view text, mode_t mode) const {
    TRY(inside(path));
    const auto fresh = path + ".kvmtune-new";
    ::unlinkat(fd_.get(), fresh.c_str(), 0);
    const Fd fd(::openat(fd_.get(), fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode));
    if (!fd) return system_failure(full(path), errno);
    const auto give_up = [&](const Error &error) {
        ::unlinkat(fd_.get(), fresh.c_str(), 0);
        return within(full(path), error);
    };
    if (::fchmod(fd.get(), mode) != 0) return give_up(system_failure("set its mode", errno).value());
    if (const auto written = write_all(fd.get(), text); !written) return give_up(written.error());
    if (::fsync(fd.get()) != 0) return give_up(system_failure("sync", errno).value());
    if (::renameat(fd_.get(), fresh.c_str(), fd_.get(), path.c_str()) != 0)
        return give_up(system_failure("rename", errno).value());
    return sync_directory(folder_of(path));
}

Result<Fd> Root::open_for_append(const std::string &path, mode_t mode) const {
    TRY(inside(path));
    const bool fresh = !exists(path);
    Fd fd(::openat(fd_.get(), path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, mode));
    if (!fd) return system_failure(full(path), errno);
    if (fresh) TRY(sync_directory(folder_of(path)));
    return fd;
}

Result<> Root::remove(const std::string &path) const {
    TRY(inside(path));
    if (::unlinkat(fd_.get(), path.c_str(), 0) != 0) {
        if (errno == ENOENT || errno == ENOTDIR) return {};
        return system_failure("remove " + full(path), errno);
    }
    return sync_directory(folder_of(path));
}

Result<> Root::remove_directory(const std::string &path) const {
    TRY(inside(path));
    if (::unlinkat(fd_.get(), path.c_str(), AT_REMOVEDIR) == 0) return {};
    if (errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST) return {};
    return system_failure("remove " + full(path), errno);
}

Result<> Root::make_directories(const std::string &path, mode_t mode) const {
    TRY(inside(path));
    for (std::size_t slash = 0; slash != std::string::npos;) {
        slash = path.find('/', slash + 1);
        const auto part = path.substr(0, slash);
        if (::mkdirat(fd_.get(), part.c_str(), mode) == 0) {
            TRY(sync_directory(folder_of(part)));
        } else if (errno != EEXIST) {
            return system_failure("make " + full(part), errno);
        }
    }
    return {};
}

Result<> Root::sync_directory(const std::string &path) const {
    const Fd fd(::openat(fd_.get(), relative(path), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd || ::fsync(fd.get()) != 0) return system_failure("sync " + full(path), errno);
    return {};
}

}  // namespace kvmtune
