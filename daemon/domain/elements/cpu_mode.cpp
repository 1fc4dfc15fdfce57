// <cpu mode=...>. libvirt forgets the model, its vendor and how to match it when the mode becomes host-passthrough, so
// what names a model is part of the value: "custom match=exact model=Nehalem fallback=forbid". With another mode it is
// left where it stands; when the value comes back, what is missing of it is made again.
#include <algorithm>
#include <map>

#include "daemon/domain/elements/keys.hpp"
#include "daemon/domain/elements/kind.hpp"
#include "daemon/domain/encoding.hpp"
#include "daemon/domain/values.hpp"

namespace kvmtune::domain {

namespace {

/// A word of the value, without blanks.
std::string as_word(const std::string &text) {
    std::string out;
    for (const char c : text) out += c == '%' ? "%25" : c == ' ' ? "%20" : std::string(1, c);
    return out;
}

std::string from_word(std::string word) {
    for (std::size_t at = word.find('%'); at != std::string::npos; at = word.find('%', at + 1))
        word.replace(at, 3, word.compare(at, 3, "%20") == 0 ? " " : "%");
    return word;
}

Result<plan::Value> mode_value(const Document &document, const std::string &) {
    const Tree &tree = document.tree();
    const NodeId cpu = tree.child(Tree::root, "cpu");
    const auto mode = attribute_value(document, cpu, "mode");
    if (mode == "host-passthrough" || mode == "maximum") return mode;
    std::string out = mode.value_or("");
    const auto add = [&](const std::string &name, const plan::Value &value) {
        if (value && !value->empty()) out += (out.empty() ? "" : " ") + name + '=' + as_word(*value);
    };
    const NodeId model = tree.child(cpu, "model");
    if (model != no_node) add("match", attribute_value(document, cpu, "match"));
    add("model", Values(document).text(model));
    add("fallback", attribute_value(document, model, "fallback"));
    add("vendor_id", attribute_value(document, model, "vendor_id"));
    add("vendor", Values(document).text(tree.child(cpu, "vendor")));
    return out.empty() ? mode : plan::Value(out);
}

/// The words of a value by name; that of the mode is empty.
std::map<std::string, std::string> words_of(const std::string &value) {
    std::map<std::string, std::string> words;
    for (std::size_t from = 0; from < value.size();) {
        const std::size_t end = std::min(value.find(' ', from), value.size());
        const std::string word = value.substr(from, end - from);
        const std::size_t equal = word.find('=');
        if (equal == std::string::npos) {
            words[""] = word;
        } else {
            words[word.substr(0, equal)] = from_word(word.substr(equal + 1));
        }
        from = end + 1;
    }
    return words;
}

/// Makes the elements again that a value names and the document has no more.
void put_model(Draft &draft, NodeId cpu, const std::map<std::string, std::string> &words) {
    const Encoding encoding = draft.document().encoding();
    const bool named = words.contains("model") || words.contains("fallback") || words.contains("vendor_id");
    if (named && draft.child(cpu, "model") == no_node) {
        std::string text = "<model";
        for (const char *name : {"fallback", "vendor_id"})
            if (const auto word = words.find(name); word != words.end())
                text += std::string(" ") + name + "='" + escaped(word->second, encoding, '\'') + "'";
        const auto model = words.find("model");
        text += model == words.end() ? "/>" : ">" + escaped(model->second, encoding, '\'') + "</model>";
        draft.add_text(draft.place(cpu, "model"), text);
    }
    const auto vendor = words.find("vendor");
    if (vendor != words.end() && draft.child(cpu, "vendor") == no_node)
        draft.add_text(draft.place(cpu, "vendor"), "<vendor>" + escaped(vendor->second, encoding, '\'') + "</vendor>");
}

Result<> put_mode(Draft &draft, const std::string &, const plan::Value &value) {
    if (!value) {
        draft.drop(draft.document().tree().child(Tree::root, "cpu"), "mode");
        return {};
    }
    const auto words = words_of(*value);
    const NodeId cpu = child_or_fragment(draft, Tree::root, "cpu", "cpu");
    if (const auto mode = words.find(""); mode != words.end()) {
        draft.set(cpu, "mode", mode->second);
    } else {
        draft.drop(cpu, "mode");
    }
    if (const auto match = words.find("match"); match != words.end()) draft.set(cpu, "match", match->second);
    put_model(draft, cpu, words);
    return {};
}

}  // namespace

const ElementKind cpu_mode = {"cpu/mode", "", is_nothing, mode_value, put_mode};

}  // namespace kvmtune::domain
