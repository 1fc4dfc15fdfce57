#include "daemon/facts/tuned.hpp"

#include <algorithm>
#include <array>
#include <sstream>

#include "base/canonical.hpp"
#include "daemon/facts/settings_line.hpp"

namespace kvmtune::facts {

namespace {

/// Of two profiles of one name the administrator's counts.
constexpr std::array profile_folders = {"etc/tuned/profiles", "etc/tuned", "usr/lib/tuned/profiles", "usr/lib/tuned"};
constexpr unsigned deepest = 16;

std::vector<std::string> words_of(std::string text) {
    std::replace(text.begin(), text.end(), ',', ' ');
    std::istringstream stream(text);
    std::vector<std::string> words;
    for (std::string word; stream >> word;) words.push_back(word);
    return words;
}

class Reading {
  public:
    Reading(const Root &root, const std::set<std::string> &asked) : root_(root), asked_(asked) {}

    void profile(const std::string &name, unsigned depth) {
        if (depth > deepest || name.find('/') != std::string::npos || !seen_.insert(name).second) return;
        for (const std::string folder : profile_folders) {
            const std::string path = folder + "/" + name + "/tuned.conf";
            if (const auto text = root_.read(path)) return file(path, *text, depth);
        }
    }

    [[nodiscard]] std::vector<plan::SysctlLine> lines() && { return std::move(lines_); }

  private:
    void file(const std::string &path, const std::string &text, unsigned depth) {
        std::istringstream lines(text);
        std::string section;
        unsigned number = 0;
        for (std::string raw; std::getline(lines, raw);) {
            ++number;
            const std::string line = trimmed(raw);
            if (says_nothing(line)) continue;
            if (line[0] == '[') {
                section = line.substr(1, line.find(']') - 1);
                continue;
            }
            const auto equals = line.find('=');
            if (equals == std::string::npos) continue;
            const std::string key = trimmed(line.substr(0, equals));
            const std::string value = trimmed(line.substr(equals + 1));
            if (section == "main" && key == "include")
                for (const std::string &name : words_of(value)) profile(name, depth + 1);
            if (section == "sysctl" && asked_.count(key) != 0)
                lines_.push_back({path, number, key, canonical_sysctl(value)});
        }
    }

    const Root &root_;
    const std::set<std::string> &asked_;
    std::set<std::string> seen_;
    std::vector<plan::SysctlLine> lines_;
};

}  // namespace

std::vector<plan::SysctlLine> tuned_lines(const Root &root, const std::set<std::string> &asked) {
    if (!root.exists("run/tuned/tuned.pid")) return {};
    Reading reading(root, asked);
    for (const std::string &name : words_of(root.read("etc/tuned/active_profile").value_or("")))
        reading.profile(name, 0);
    return std::move(reading).lines();
}

}  // namespace kvmtune::facts
