// A file tree below one directory descriptor: "/" in production, a folder in tests and with --root. All that kvmtune
// reads and writes of the host goes through it, by paths without a leading slash, which never leave the tree.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include "base/file.hpp"
#include "base/result.hpp"

namespace kvmtune {

/// Hears what is read of a tree, as it was found at that moment.
class Witness {
  public:
    Witness() = default;
    Witness(const Witness &) = delete;
    Witness &operator=(const Witness &) = delete;
    virtual ~Witness() = default;

    virtual void saw_file(const std::string &path, const std::string &text) = 0;
    virtual void saw_folder(const std::string &path, const std::vector<std::string> &names) = 0;
    virtual void saw_link(const std::string &path, const std::string &target) = 0;
    /// Something is there; no more was asked.
    virtual void saw_entry(const std::string &path) = 0;
};

class Root {
  public:
    /// The tree at this directory.
    [[nodiscard]] static Result<Root> open(const std::string &directory);

    /// From now on the witness hears of all that is read and is there. It must outlive the tree.
    void tell(Witness &witness) { witness_ = &witness; }

    /// The tree's own path, for messages and for libraries that want one.
    [[nodiscard]] const std::string &path() const { return path_; }
    [[nodiscard]] bool is_machine() const { return path_ == "/"; }
    /// The full path of a file in the tree.
    [[nodiscard]] std::string full(const std::string &path) const;

    [[nodiscard]] Result<std::string> read(const std::string &path) const;
    [[nodiscard]] bool exists(const std::string &path) const;
    /// Names in a directory without "." and "..", sorted; not_found if there is none.
    [[nodiscard]] Result<std::vector<std::string>> list(const std::string &path) const;
    /// Where a symbolic link points.
    [[nodiscard]] Result<std::string> link(const std::string &path) const;

    /// Writes into an existing file as it is, in one write(2), as a shell's ">" does: for /proc and /sys.
    [[nodiscard]] Result<> write(const std::string &path, std::string_view text) const;
    /// Replaces a file by a new one with this text and mode, durably (fsync of file and folder), or leaves it as it
    /// was.
    [[nodiscard]] Result<> replace(const std::string &path, std::string_view text, mode_t mode = 0644) const;
    /// Opens for appending, made with this mode if it is not there. The descriptor is close-on-exec.
    [[nodiscard]] Result<Fd> open_for_append(const std::string &path, mode_t mode = 0600) const;
    /// Removes a file, durably; one that is not there is no error.
    [[nodiscard]] Result<> remove(const std::string &path) const;
    /// Removes an empty directory; one that is not there or not empty is no error.
    [[nodiscard]] Result<> remove_directory(const std::string &path) const;
    /// Makes a directory and those above it, durably.
    [[nodiscard]] Result<> make_directories(const std::string &path, mode_t mode = 0755) const;

  private:
    Root(Fd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
    [[nodiscard]] Result<> sync_directory(const std::string &path) const;

    Fd fd_;
    std::string path_;
    Witness *witness_ = nullptr;
};

}  // namespace kvmtune
