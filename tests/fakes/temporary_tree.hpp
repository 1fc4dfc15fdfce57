// A folder of its own for a test, gone with it, and the Root at it. In memory where there is /dev/shm: tests sync a
// lot.
#pragma once

#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "base/root.hpp"

namespace kvmtune::fakes {

class TemporaryTree {
  public:
    TemporaryTree() : folder_(fresh_folder()), root_(Root::open(folder_).value()) {}
    TemporaryTree(const TemporaryTree &) = delete;
    TemporaryTree &operator=(const TemporaryTree &) = delete;
    ~TemporaryTree() {
        std::error_code ignored;
        std::filesystem::remove_all(folder_, ignored);
    }

    [[nodiscard]] const Root &root() const { return root_; }

    void add_folder(const std::string &path) const { std::filesystem::create_directories(folder_ + "/" + path); }

    /// Adds or overwrites a file, with the folders above it.
    void add(const std::string &path, const std::string &text) const {
        const std::filesystem::path full = folder_ + "/" + path;
        std::filesystem::create_directories(full.parent_path());
        std::ofstream(full, std::ios::binary) << text;
    }

    /// The text of a file; empty if there is none.
    [[nodiscard]] std::string text(const std::string &path) const {
        std::ifstream file(folder_ + "/" + path, std::ios::binary);
        return {std::istreambuf_iterator<char>(file), {}};
    }

    [[nodiscard]] unsigned mode(const std::string &path) const {
        struct stat found = {};
        return ::stat((folder_ + "/" + path).c_str(), &found) == 0 ? found.st_mode & 07777U : 0;
    }

    /// All that is there: each path with "folder", or a file's text after "text ".
    [[nodiscard]] std::map<std::string, std::string> contents() const {
        std::map<std::string, std::string> found;
        for (const auto &entry : std::filesystem::recursive_directory_iterator(folder_)) {
            const auto path = entry.path().string().substr(folder_.size() + 1);
            found[path] = entry.is_directory() ? "folder" : "text " + text(path);
        }
        return found;
    }

  private:
    static std::string fresh_folder() {
        const std::filesystem::path memory = "/dev/shm";
        const auto above = std::filesystem::is_directory(memory) ? memory : std::filesystem::temp_directory_path();
        auto pattern = (above / "kvmtune-test-XXXXXX").string();
        if (::mkdtemp(pattern.data()) == nullptr) std::abort();
        return pattern;
    }

    std::string folder_;
    Root root_;
};

}  // namespace kvmtune::fakes
