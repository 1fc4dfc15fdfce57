#include "daemon/libvirt/secret.hpp"

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace kvmtune::libvirt {

namespace {

constexpr std::string_view blanks = " \t\r\n";

/// Text with XML's five named entities resolved. libvirt writes no others into what it gives out.
std::string resolved(std::string_view text) {
    static constexpr std::array<std::pair<std::string_view, char>, 5> entities{
        {{"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}, {"&amp;", '&'}}};
    std::string result;
    while (!text.empty()) {
        const auto entity = std::find_if(entities.begin(), entities.end(),
                                         [&](const auto &each) { return text.starts_with(each.first); });
        result += entity == entities.end() ? text.front() : entity->second;
        text.remove_prefix(entity == entities.end() ? 1 : entity->first.size());
    }
    return result;
}

/// The quoted value in text such as " = 'value' ...", or nothing.
std::string_view quoted_value(std::string_view text) {
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    if (!text.starts_with('=')) return {};
    text.remove_prefix(1);
    text.remove_prefix(std::min(text.find_first_not_of(blanks), text.size()));
    if (!text.starts_with('\'') && !text.starts_with('"')) return {};
    const char quote = text.front();
    text.remove_prefix(1);
    return text.substr(0, text.find(quote));
}

/// The text after the ">" that ends a start tag, up to the next tag.
std::string_view element_text(std::string_view text) {
    const auto end = text.find('>');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
    return text.substr(0, text.find('<'));
}

/// Calls for the rest of the text behind each occurrence of a word.
template <class Visit>
void behind_each(std::string_view text, std::string_view word, Visit visit) {
    for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1))
        visit(text.substr(at + word.size()));
}

}  // namespace

std::vector<std::string> secrets_of(const std::string &xml) {
    std::vector<std::string> secrets;
    const auto add = [&secrets](std::string_view secret) {
        if (secret.empty()) return;
        secrets.emplace_back(secret);
        if (std::string plain = resolved(secret); plain != secret) secrets.push_back(std::move(plain));
    };
    behind_each(xml, "passwd", [&add](std::string_view rest) { add(quoted_value(rest)); });
    behind_each(xml, "<cookie", [&add](std::string_view rest) {
        if (!rest.starts_with('s')) add(element_text(rest));
    });
    return secrets;
}

Error without_secrets(Error error, const std::string &xml) {
    const auto secrets = secrets_of(xml);
    const bool shown = std::any_of(secrets.begin(), secrets.end(), [&error](const std::string &secret) {
        return error.what.find(secret) != std::string::npos;
    });
    if (shown) error.what = "refused by libvirt, for a reason that would show a secret of the document";
    return error;
}

}  // namespace kvmtune::libvirt
