#include <fcntl.h>

#include <cerrno>

#include "base/file.hpp"
#include "daemon/policy/policy.hpp"

namespace kvmtune::policy {

namespace {

const std::string main_file = "etc/kvmtune/kvmtune.toml";
const std::string drop_in_folder = "etc/kvmtune/kvmtune.d";

Mistake unreadable(const std::string &name, Error error) {
    const std::string prefix = name + ": ";
    if (error.what.starts_with(prefix)) error.what.erase(0, prefix.size());
    return {name, 0, 0, std::move(error.what)};
}

/// The files of the tree in the order in which they are read. Only what is not there is left out: a policy that cannot
/// be read is no missing one.
tl::expected<std::vector<PolicyText>, Mistake> policy_texts(const Root &root) {
    std::vector<std::string> files{main_file};
    const auto names = root.list(drop_in_folder);
    if (!names && names.error().kind != ErrorKind::not_found)
        return tl::unexpected(unreadable(root.full(drop_in_folder), names.error()));
    for (const std::string &name : names.value_or(std::vector<std::string>{}))
        if (name.ends_with(".toml") && !name.starts_with('.')) files.push_back(drop_in_folder + "/" + name);

    std::vector<PolicyText> texts;
    for (const std::string &file : files) {
        auto text = root.read(file);
        if (text) {
            texts.push_back({root.full(file), *std::move(text)});
        } else if (file != main_file || text.error().kind != ErrorKind::not_found) {
            return tl::unexpected(unreadable(root.full(file), std::move(text).error()));
        }
    }
    return texts;
}

tl::expected<std::vector<PolicyText>, Mistake> policy_text(const std::string &file) {
    const Fd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    Result<std::string> text = fd ? read_all(fd.get()) : system_failure(file, errno);
    if (!text) return tl::unexpected(unreadable(file, std::move(text).error()));
    return std::vector<PolicyText>{{file, *std::move(text)}};
}

}  // namespace

std::string text_of(const Mistake &mistake) {
    if (mistake.line == 0) return mistake.file + ": " + mistake.what;
    const std::string place = std::to_string(mistake.line) + ":" + std::to_string(mistake.column);
    return mistake.file + ":" + place + ": " + mistake.what;
}

PolicyOrMistakes load_policy(const Root &root, const std::optional<std::string> &only) {
    const auto texts = only ? policy_text(*only) : policy_texts(root);
    if (!texts) return tl::unexpected(std::vector<Mistake>{texts.error()});
    return read_policy(*texts);
}

}  // namespace kvmtune::policy
