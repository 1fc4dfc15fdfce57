#include "daemon/domain/scan.hpp"

#include <algorithm>
#include <charconv>

#include "daemon/domain/words.hpp"

namespace kvmtune::domain {

namespace {

bool starts_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == ':' ||
           static_cast<unsigned char>(c) >= 0x80;
}

bool continues_name(char c) {
    return starts_name(c) || (c >= '0' && c <= '9') || c == '-' || c == '.';
}

/// Whether it is the inside of "&...;".
bool is_reference(std::string_view inside) {
    if (!inside.starts_with('#')) {
        return inside == "amp" || inside == "lt" || inside == "gt" || inside == "quot" || inside == "apos";
    }
    const bool hexadecimal = inside.starts_with("#x");
    inside.remove_prefix(hexadecimal ? 2 : 1);
    std::uint32_t code = 0;
    const auto [end, error] =
        std::from_chars(inside.data(), inside.data() + inside.size(), code, hexadecimal ? 16 : 10);
    return error == std::errc() && end == inside.data() + inside.size() && is_xml_character(code);
}

class Scanner {
  public:
    Scanner(std::string_view bytes, const std::string &name) : bytes_(bytes), name_(name) {}

    Result<Scan> run();

  private:
    tl::unexpected<Error> bad(std::size_t at, const std::string &cause) const {
        return error_in(bytes_, scan_.encoding, name_, at, cause);
    }
    bool next_is(std::string_view text) const { return bytes_.substr(at_, text.size()) == text; }
    char here() const { return at_ < bytes_.size() ? bytes_[at_] : '\0'; }
    bool skip_blanks();
    Span skip_name();
    Span span(std::size_t begin, std::size_t end) const {
        return {static_cast<std::uint32_t>(begin), static_cast<std::uint32_t>(end)};
    }
    std::string_view text(Span part) const { return bytes_.substr(part.begin, part.end - part.begin); }
    void note_other() {
        if (!open_.empty()) scan_.elements[open_.back()].has_other = true;
    }

    Result<> check_bytes();
    Result<> declaration();
    Result<std::pair<std::string_view, std::string_view>> pseudo_attribute();
    Result<> markup();
    Result<> characters();
    Result<> references(std::size_t begin, std::size_t end) const;
    Result<> comment();
    Result<> cdata();
    Result<> instruction();
    Result<> start_tag();
    Result<> attribute(ScannedElement &element);
    Result<> end_tag();

    std::string_view bytes_;
    const std::string &name_;
    std::size_t at_ = 0;
    Scan scan_;
    std::vector<NodeId> open_;
};

bool Scanner::skip_blanks() {
    const std::size_t before = at_;
    while (at_ < bytes_.size() && is_blank(bytes_[at_])) ++at_;
    return at_ != before;
}

Span Scanner::skip_name() {
    const std::size_t begin = at_;
    if (at_ < bytes_.size() && starts_name(bytes_[at_])) {
        while (at_ < bytes_.size() && continues_name(bytes_[at_])) ++at_;
    }
    return span(begin, at_);
}

Result<Scan> Scanner::run() {
    if (bytes_.size() > scan_size_limit) return bad(0, "the document is larger than 16 MiB");
    if (bytes_.starts_with("\xFE\xFF") || bytes_.starts_with("\xFF\xFE") || bytes_.substr(0, 4).find('\0') != npos) {
        return bad(0, "UTF-16 and UTF-32 are not supported; the document must be in UTF-8, ISO-8859-1 or US-ASCII");
    }
    if (bytes_.starts_with(byte_order_mark)) at_ = byte_order_mark.size();
    if (next_is("<?xml") && at_ + 5 < bytes_.size() && is_blank(bytes_[at_ + 5])) TRY(declaration());
    TRY(check_bytes());
    while (at_ < bytes_.size()) TRY(here() == '<' ? markup() : characters());
    if (!open_.empty())
        return bad(scan_.elements[open_.back()].start_tag.begin, "the element that starts here is never closed");
    if (scan_.elements.empty()) return bad(bytes_.size(), "there is no element in the document");
    return std::move(scan_);
}

Result<> Scanner::check_bytes() {
    const auto found = first_bad_byte(bytes_, scan_.encoding);
    if (!found) return {};
    switch (scan_.encoding) {
        case Encoding::utf8:
            return bad(*found, "this is no character of XML in UTF-8");
        case Encoding::latin1:
            return bad(*found, "this is no character of XML in ISO-8859-1");
        case Encoding::ascii:
            break;
    }
    return bad(*found, "this is no character of XML in US-ASCII");
}

Result<std::pair<std::string_view, std::string_view>> Scanner::pseudo_attribute() {
    const std::size_t begin = at_;
    const Span name = skip_name();
    skip_blanks();
    if (name.empty() || here() != '=') return bad(begin, "the XML declaration is malformed");
    ++at_;
    skip_blanks();
    const char quote = here();
    const std::size_t close = bytes_.find(quote, at_ + 1);
    if ((quote != '\'' && quote != '"') || close == npos) return bad(at_, "the XML declaration is malformed");
    const Span value = span(at_ + 1, close);
    at_ = close + 1;
    return std::pair(text(name), text(value));
}

Result<> Scanner::declaration() {
    const bool marked = at_ != 0;
    at_ += 5;
    while (skip_blanks() && !next_is("?>")) {
        const std::size_t begin = at_;
        const auto [name, value] = TRY(pseudo_attribute());
        if (name == "version" && value != "1.0") return bad(begin, "only XML 1.0 is supported");
        if (name != "encoding") continue;
        const auto encoding = encoding_named(value);
        if (!encoding) return bad(begin, "this encoding is not supported; use UTF-8, ISO-8859-1 or US-ASCII");
        if (marked && *encoding != Encoding::utf8)
            return bad(begin, "the byte order mark says UTF-8, this another encoding");
        scan_.encoding = *encoding;
    }
    if (!next_is("?>")) return bad(at_, "the XML declaration is malformed");
    at_ += 2;
    return {};
}

Result<> Scanner::markup() {
    if (next_is("<!--")) return comment();
    if (next_is("<![CDATA[")) return cdata();
    if (next_is("<!DOCTYPE")) return bad(at_, "a DOCTYPE is not accepted in a domain's XML");
    if (next_is("<?")) return instruction();
    if (next_is("</")) return end_tag();
    return start_tag();
}

Result<> Scanner::characters() {
    const std::size_t begin = at_;
    at_ = std::min(bytes_.find('<', at_), bytes_.size());
    const std::string_view run = bytes_.substr(begin, at_ - begin);
    if (all_blank(run)) return {};
    if (open_.empty()) {
        return bad(begin + static_cast<std::size_t>(std::find_if_not(run.begin(), run.end(), is_blank) - run.begin()),
                   "text outside the root element");
    }
    if (const std::size_t close = run.find("]]>"); close != npos) return bad(begin + close, "\"]]>\" inside text");
    note_other();
    return references(begin, at_);
}

Result<> Scanner::references(std::size_t begin, std::size_t end) const {
    const std::string_view run = bytes_.substr(0, end);
    for (std::size_t at = run.find('&', begin); at != npos; at = run.find('&', at + 1)) {
        const std::size_t close = run.find(';', at);
        if (close == npos || !is_reference(run.substr(at + 1, close - at - 1))) {
            return bad(at, "this & starts no reference that XML knows without a DOCTYPE");
        }
    }
    return {};
}

Result<> Scanner::comment() {
    const std::size_t dashes = bytes_.find("--", at_ + 4);
    if (dashes == npos) return bad(at_, "the comment that starts here is never closed");
    if (bytes_.substr(dashes, 3) != "-->") return bad(dashes, "\"--\" inside a comment");
    note_other();
    at_ = dashes + 3;
    return {};
}

Result<> Scanner::cdata() {
    if (open_.empty()) return bad(at_, "text outside the root element");
    const std::size_t close = bytes_.find("]]>", at_);
    if (close == npos) return bad(at_, "the CDATA section that starts here is never closed");
    note_other();
    at_ = close + 3;
    return {};
}

Result<> Scanner::instruction() {
    const std::size_t begin = at_;
    at_ += 2;
    const Span target = skip_name();
    if (target.empty()) return bad(begin, "a processing instruction without a name");
    if (lower_case(text(target)) == "xml") return bad(begin, "an XML declaration behind the start of the document");
    const std::size_t close = bytes_.find("?>", at_);
    if (close == npos) return bad(begin, "the processing instruction that starts here is never closed");
    if (close != at_ && !is_blank(bytes_[at_])) return bad(at_, "a blank is missing here");
    note_other();
    at_ = close + 2;
    return {};
}

Result<> Scanner::start_tag() {
    ScannedElement element;
    const std::size_t begin = at_++;
    element.name = skip_name();
    element.first_attribute = static_cast<std::uint32_t>(scan_.attributes.size());
    if (element.name.empty()) return bad(begin, "this < starts no tag");
    if (open_.empty() && !scan_.elements.empty()) return bad(begin, "a second root element");
    if (open_.size() >= scan_depth_limit) return bad(begin, "more than 256 elements inside each other");
    for (bool blank = skip_blanks(); here() != '>' && here() != '/'; blank = skip_blanks()) {
        if (at_ >= bytes_.size()) return bad(begin, "the tag that starts here is never closed");
        if (!blank) return bad(at_, "a blank is missing here");
        TRY(attribute(element));
    }
    const bool closes_itself = here() == '/';
    if (closes_itself) ++at_;
    if (here() != '>') return bad(at_, "a > is missing here");
    ++at_;
    element.start_tag = span(begin, at_);
    element.end_tag = span(at_, at_);
    element.parent = open_.empty() ? no_node : open_.back();
    if (!closes_itself) open_.push_back(static_cast<NodeId>(scan_.elements.size()));
    scan_.elements.push_back(element);
    return {};
}

Result<> Scanner::attribute(ScannedElement &element) {
    ScannedAttribute found;
    const std::size_t begin = at_;
    found.name = skip_name();
    if (found.name.empty()) return bad(begin, "this is no attribute");
    skip_blanks();
    if (here() != '=') return bad(at_, "an = is missing here");
    ++at_;
    skip_blanks();
    const char quote = here();
    if (quote != '\'' && quote != '"') return bad(at_, "an attribute's value must be in quotes");
    const std::size_t close = bytes_.find(quote, at_ + 1);
    const std::size_t tag = bytes_.find('<', at_ + 1);
    if (close == npos && tag == npos) return bad(at_, "the quote that starts here is never closed");
    if (tag < close) return bad(tag, "a < inside an attribute's value");
    found.raw = span(at_ + 1, close);
    found.whole = span(begin, close + 1);
    TRY(references(found.raw.begin, found.raw.end));
    at_ = close + 1;
    for (std::uint32_t i = 0; i < element.attribute_count; ++i) {
        const Span other = scan_.attributes[element.first_attribute + i].name;
        if (text(other) == text(found.name)) return bad(begin, "this attribute is there twice");
    }
    if (++element.attribute_count > scan_attribute_limit) return bad(begin, "more than 256 attributes in one tag");
    scan_.attributes.push_back(found);
    return {};
}

Result<> Scanner::end_tag() {
    const std::size_t begin = at_;
    at_ += 2;
    const Span name = skip_name();
    if (name.empty()) return bad(begin, "an end tag without a name");
    if (open_.empty()) return bad(begin, "</" + utf8_of(text(name), scan_.encoding) + "> closes nothing");
    ScannedElement &element = scan_.elements[open_.back()];
    if (text(name) != text(element.name)) {
        return bad(begin, "</" + utf8_of(text(name), scan_.encoding) + "> where </" +
                              utf8_of(text(element.name), scan_.encoding) + "> must come");
    }
    skip_blanks();
    if (here() != '>') return bad(at_, "a > is missing here");
    ++at_;
    element.end_tag = span(begin, at_);
    open_.pop_back();
    return {};
}

}  // namespace

Result<Scan> scan(std::string_view bytes, const std::string &name) {
    return Scanner(bytes, name).run();
}

}  // namespace kvmtune::domain
