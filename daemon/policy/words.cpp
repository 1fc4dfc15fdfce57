#include "daemon/policy/words.hpp"

namespace kvmtune::policy {

std::string quoted(const std::string &text) {
    return '"' + text + '"';
}

std::string one_of(const std::vector<std::string> &words) {
    std::string text;
    for (std::size_t i = 0; i < words.size(); ++i)
        text += (i == 0 ? "" : i + 1 == words.size() ? " or " : ", ") + quoted(words[i]);
    return text;
}

Read<std::string> word(const Node &node, const std::vector<std::string> &known,
                       const std::vector<std::string> &not_yet) {
    const std::string *text = node.text();
    if (text == nullptr) return wrong(node, "must be " + one_of(known) + ", not " + node.kind());
    if (std::count(known.begin(), known.end(), *text) != 0) return *text;
    if (std::count(not_yet.begin(), not_yet.end(), *text) != 0)
        return wrong(node, quoted(*text) + " is not supported by this version");
    return wrong(node, "must be " + one_of(known) + ", not " + quoted(*text) + did_you_mean(*text, known));
}

}  // namespace kvmtune::policy
