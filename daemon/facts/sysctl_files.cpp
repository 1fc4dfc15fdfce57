#include "daemon/facts/sysctl_files.hpp"

#include <array>
#include <map>
#include <sstream>

#include "base/canonical.hpp"
#include "daemon/facts/settings_line.hpp"
#include "daemon/plan/own_files.hpp"

namespace kvmtune::facts {

namespace {

constexpr std::array sysctl_folders = {"etc/sysctl.d", "run/sysctl.d", "usr/local/lib/sysctl.d", "usr/lib/sysctl.d"};

/// File name -> path of the file that counts.
std::map<std::string, std::string> files_that_count(const Root &root) {
    std::map<std::string, std::string> found;
    for (const std::string folder : sysctl_folders)
        for (const std::string &name : root.list(folder).value_or(std::vector<std::string>{}))
            if (name.ends_with(".conf") && !name.starts_with('.')) found.try_emplace(name, folder + "/" + name);
    return found;
}

/// The dotted name of a key. If its first separator is a slash, it is a path; else it is a dotted name already.
std::string sysctl_named(std::string key) {
    const auto separator = key.find_first_of("./");
    if (separator == std::string::npos || key[separator] == '.') return key;
    for (char &c : key) {
        if (c == '/') {
            c = '.';
        } else if (c == '.') {
            c = '/';
        }
    }
    return key;
}

}  // namespace

std::vector<plan::SysctlLine> sysctl_lines(const Root &root, const std::set<std::string> &asked) {
    std::vector<plan::SysctlLine> found;
    for (const auto &[file, path] : files_that_count(root)) {
        if (path == plan::own_files::sysctls) continue;
        std::istringstream lines(root.read(path).value_or(""));
        unsigned number = 0;
        for (std::string line; std::getline(lines, line);) {
            ++number;
            const std::string text = trimmed(line);
            const auto equals = text.find('=');
            if (says_nothing(text) || equals == std::string::npos) continue;
            const std::string key = trimmed(text.substr(text[0] == '-' ? 1 : 0, equals - (text[0] == '-' ? 1 : 0)));
            const std::string name = sysctl_named(key);
            if (asked.count(name) != 0)
                found.push_back({path, number, name, canonical_sysctl(text.substr(equals + 1))});
        }
    }
    return found;
}

}  // namespace kvmtune::facts
