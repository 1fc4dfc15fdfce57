#include "base/sysctl.hpp"

#include <algorithm>
#include <cctype>

namespace kvmtune {

bool is_sysctl_name(const std::string &name) {
    if (name.empty() || name.size() > 255 || name.front() == '.' || name.back() == '.') return false;
    if (name.find("..") != std::string::npos || name.find('.') == std::string::npos) return false;
    const auto allowed = [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '.' || c == '_' || c == '-' || c == '/';
    };
    return std::all_of(name.begin(), name.end(), allowed) && name.front() != '/' && name.back() != '/' &&
           name.find("//") == std::string::npos;
}

std::string sysctl_path(const std::string &name) {
    auto path = name;
    for (auto &c : path) {
        if (c == '.') {
            c = '/';
        } else if (c == '/') {
            c = '.';
        }
    }
    return "proc/sys/" + path;
}

Result<std::string> read_sysctl(const Root &root, const std::string &name) {
    if (!is_sysctl_name(name)) return failure(ErrorKind::invalid, "\"" + name + "\" is not a sysctl's name");
    return canonical_sysctl(TRY(root.read(sysctl_path(name))));
}

Result<> write_sysctl(const Root &root, const std::string &name, const std::string &value) {
    if (!is_sysctl_name(name)) return failure(ErrorKind::invalid, "\"" + name + "\" is not a sysctl's name");
    auto written = root.write(sysctl_path(name), value + "\n");
    if (!written) return within("set " + name + " to \"" + value + "\"", std::move(written).error());
    return {};
}

}  // namespace kvmtune
