// What was read of a host, kept so that it can be read again elsewhere: a witness of a tree that makes another tree of
// what it saw, with the contents of that moment. So nothing has to know which files facts are made of, and what is read
// of the copy is what was read of the host.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/root.hpp"

namespace kvmtune::facts {

class Recording final : public Witness {
  public:
    void saw_file(const std::string &path, const std::string &text) override;
    void saw_folder(const std::string &path, const std::vector<std::string> &names) override;
    void saw_link(const std::string &path, const std::string &target) override;
    void saw_entry(const std::string &path) override;

    /// Makes the tree in a folder, which must be empty or not yet there; it is for its owner alone, as not everybody
    /// may read all of it on the host. What was seen to be there and not looked into is an empty file.
    [[nodiscard]] Result<> write_to(const std::string &folder) const;
    /// Files with a content, and links.
    [[nodiscard]] std::size_t size() const { return files_.size() + links_.size(); }

  private:
    std::map<std::string, std::string> files_;  ///< text by path
    std::map<std::string, std::string> links_;  ///< target by path
    std::set<std::string> folders_;
    std::set<std::string> entries_;  ///< of which nothing more is known
};

}  // namespace kvmtune::facts
