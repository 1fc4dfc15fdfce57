#include "daemon/plan/policy.hpp"

#include <fnmatch.h>

#include <algorithm>

namespace kvmtune::plan {

namespace {

bool fits(const std::string &glob, const std::string &text) {
    return ::fnmatch(glob.c_str(), text.c_str(), 0) == 0;
}

bool matches(const std::string &pattern, const std::string &name, const std::string &uuid, const std::string &title,
             const std::set<std::string> &tags) {
    if (pattern.starts_with("uuid:")) return pattern.substr(5) == uuid;
    if (pattern.starts_with("title:")) return fits(pattern.substr(6), title);
    if (pattern.starts_with("metadata:")) return tags.count(pattern.substr(9)) != 0;
    return fits(pattern, name);
}

}  // namespace

const DomainPolicy *section_for(const Policy &policy, const std::string &name, const std::string &uuid,
                                const std::string &title, const std::set<std::string> &tags) {
    for (const auto &section : policy.domains) {
        const auto hit = [&](const std::string &pattern) { return matches(pattern, name, uuid, title, tags); };
        if (std::any_of(section.match.begin(), section.match.end(), hit)) return &section;
    }
    return nullptr;
}

}  // namespace kvmtune::plan
