#include "daemon/facts/recording.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace kvmtune::facts {

namespace {

/// An empty folder, made if it is not there.
Result<Root> empty_folder(const std::string &folder) {
    if (::mkdir(folder.c_str(), 0700) != 0 && errno != EEXIST) return system_failure("make " + folder, errno);
    auto root = TRY(Root::open(folder));
    if (!TRY(root.list("")).empty()) return failure(ErrorKind::invalid, folder + ": it is not empty");
    return root;
}

std::string folder_above(const std::string &path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? "" : path.substr(0, slash);
}

/// Makes the folders above it; not durably, as there may be thousands of files.
Result<> make_folder(const std::string &root, const std::string &path) {
    if (path.empty() || ::mkdir((root + "/" + path).c_str(), 0700) == 0 || errno == EEXIST) return {};
    if (errno != ENOENT) return system_failure("make " + root + "/" + path, errno);
    TRY(make_folder(root, folder_above(path)));
    return make_folder(root, path);
}

Result<> write_file(const std::string &root, const std::string &path, const std::string &text) {
    TRY(make_folder(root, folder_above(path)));
    const std::string full = root + "/" + path;
    const Fd fd(::open(full.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!fd) return system_failure(full, errno);
    if (auto written = write_all(fd.get(), text); !written) return within(full, std::move(written).error());
    return {};
}

Result<> write_link(const std::string &root, const std::string &path, const std::string &target) {
    TRY(make_folder(root, folder_above(path)));
    const std::string full = root + "/" + path;
    if (::symlink(target.c_str(), full.c_str()) != 0) return system_failure(full, errno);
    return {};
}

bool is_made(const std::string &root, const std::string &path) {
    struct stat found = {};
    return ::lstat((root + "/" + path).c_str(), &found) == 0;
}

}  // namespace

/// The first sight counts where a file is read twice: facts were made of it.
void Recording::saw_file(const std::string &path, const std::string &text) {
    files_.try_emplace(path, text);
}

void Recording::saw_folder(const std::string &path, const std::vector<std::string> &names) {
    folders_.insert(path);
    for (const std::string &name : names) entries_.insert(path.empty() ? name : path + "/" + name);
}

void Recording::saw_link(const std::string &path, const std::string &target) {
    links_.try_emplace(path, target);
}

void Recording::saw_entry(const std::string &path) {
    entries_.insert(path);
}

Result<> Recording::write_to(const std::string &folder) const {
    const Root root = TRY(empty_folder(folder));
    for (const auto &[path, text] : files_) TRY(write_file(root.path(), path, text));
    for (const auto &[path, target] : links_) TRY(write_link(root.path(), path, target));
    for (const std::string &path : folders_) TRY(make_folder(root.path(), path));
    for (auto path = entries_.rbegin(); path != entries_.rend(); ++path)  // what is inside before what is around it
        if (!is_made(root.path(), *path)) TRY(write_file(root.path(), *path, ""));
    return {};
}

}  // namespace kvmtune::facts
