#include "daemon/domain/fragment.hpp"

#include <cassert>
#include <set>

#include "daemon/domain/built_in_fragments.hpp"
#include "daemon/domain/scan.hpp"
#include "daemon/domain/words.hpp"

namespace kvmtune::domain {

namespace {

struct Holes {
    std::string element;
    std::set<std::string> names;
};

bool is_hole(std::string_view value) {
    return value.size() > 3 && value.starts_with("${") && value.find('}') == value.size() - 1;
}

/// The name of a fragment's element and of its holes.
Result<Holes> holes_of(const std::string &text, const std::string &file) {
    const Scan found = TRY(scan(text, file));
    const auto part = [&](Span span) { return text.substr(span.begin, span.end - span.begin); };
    if (const auto bad = first_bad_byte(text, Encoding::ascii)) {
        return error_in(text, found.encoding, file, *bad, "a fragment must be in ASCII");
    }
    if (!all_blank(text.substr(0, found.elements.front().start_tag.begin))) {
        return error_in(text, found.encoding, file, 0, "a fragment must start with its element");
    }
    const ScannedElement &root = found.elements.front();
    if (const std::size_t behind = text.find_first_not_of(" \t\r\n", root.end_tag.end); behind != npos)
        return error_in(text, found.encoding, file, static_cast<std::uint32_t>(behind),
                        "a fragment must end with its element");
    Holes holes{part(found.elements.front().name), {}};
    std::size_t counted = 0;
    for (const ScannedAttribute &attribute : found.attributes) {
        const std::string value = part(attribute.raw);
        if (!is_hole(value) || attribute.raw.begin != attribute.name.end + 2) continue;
        holes.names.insert(value.substr(2, value.size() - 3));
        ++counted;
    }
    std::size_t seen = 0;
    for (std::size_t at = text.find("${"); at != npos; at = text.find("${", at + 1)) {
        if (++seen > counted)
            return error_in(text, found.encoding, file, at,
                            "a hole must be all of an attribute's value, as in name='${name}'");
    }
    return holes;
}

/// Without carriage returns and the line ends behind the last line.
std::string plain_lines(std::string text) {
    std::erase(text, '\r');
    return std::string(trimmed(text));
}

}  // namespace

const Fragments &Fragments::built_in() {
    static const Fragments fragments = [] {
        Fragments made;
        for (const auto &[name, text] : built_in_fragments()) made.texts_[name] = plain_lines(text);
        return made;
    }();
    return fragments;
}

Result<Fragments> Fragments::replaced(const std::string &name, const std::string &text, const std::string &file) const {
    const auto bad = [&](const std::string &cause) { return failure(ErrorKind::invalid, file + ":1:1: " + cause); };
    const auto ours = texts_.find(name);
    if (ours == texts_.end()) return bad("there is no fragment of this name");
    const Holes wanted = TRY(holes_of(ours->second, file));
    const Holes holes = TRY(holes_of(text, file));
    if (holes.element != wanted.element) return bad("the element must be <" + wanted.element + ">");
    for (const std::string &hole : wanted.names) {
        if (!holes.names.contains(hole)) return bad("the hole ${" + hole + "} is missing");
    }
    for (const std::string &hole : holes.names) {
        if (!wanted.names.contains(hole)) return bad("there is no value for a hole in it");
    }
    Fragments out = *this;
    out.texts_[name] = plain_lines(text);
    return out;
}

const std::string &Fragments::text(std::string_view name) const {
    const auto found = texts_.find(name);
    assert(found != texts_.end());
    return found->second;
}

std::string filled(const std::string &text, const std::map<std::string, std::string> &values, Encoding encoding) {
    std::string out;
    std::size_t from = 0;
    for (std::size_t at = text.find("${"); at != npos; at = text.find("${", from)) {
        const std::size_t close = text.find('}', at);
        out += text.substr(from, at - from);
        from = close + 1;
        if (const auto value = values.find(text.substr(at + 2, close - at - 2)); value != values.end()) {
            out += escaped(value->second, encoding, text[at - 1]);
            continue;
        }
        out.erase(out.find_last_of(" \t\n", out.find_last_of('=')));  // the attribute's name and the blank before it
        ++from;                                                       // the closing quote
    }
    return out + text.substr(from);
}

}  // namespace kvmtune::domain
