#include "daemon/domain/second_reading.hpp"

#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>

#include <memory>
#include <optional>

namespace kvmtune::domain {

namespace {

struct Freed {
    void operator()(xmlParserCtxt *context) const { xmlFreeParserCtxt(context); }
};

/// What an error of libxml2's says, without its text: that may quote the document.
struct Refusal {
    int domain = 0;
    int code = 0;
    int line = 0;
    int column = 0;
    std::uint32_t place = 0;  ///< of the element that was read
};

std::string_view view(const xmlChar *text) {
    return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char *>(text));
}

std::string_view view(const xmlChar *begin, const xmlChar *end) {
    return {reinterpret_cast<const char *>(begin), static_cast<std::size_t>(end - begin)};
}

bool all_printable(std::string_view text) {
    for (const char c : text) {
        if (c < 0x20 || c == 0x7F || c == '&') return false;
    }
    return true;
}

/// Takes the parser's events and compares each with the scan.
class Reading {
  public:
    Reading(std::string_view bytes, const Scan &scan) : bytes_(bytes), scan_(scan) {
        tree_.nodes.reserve(scan.elements.size());
        tree_.attributes.reserve(scan.attributes.size());
    }

    void start(std::string_view name, std::string_view prefix, std::string_view space, const xmlChar **attributes,
               int count);
    void end(std::string_view name);
    void characters(std::string_view text) {
        if (!open_.empty()) tree_.nodes[open_.back()].text += text;
    }
    void refuse(Refusal refusal) {
        if (refusal_) return;
        refusal_ = refusal;
        refusal_->place = place();
    }

    [[nodiscard]] const std::optional<Refusal> &refusal() const { return refusal_; }
    [[nodiscard]] bool agrees() const {
        return agrees_ && open_.empty() && tree_.nodes.size() == scan_.elements.size();
    }
    /// The place of the element that is read now.
    [[nodiscard]] std::uint32_t place() const {
        const std::size_t next = tree_.nodes.size();
        return next < scan_.elements.size() ? scan_.elements[next].start_tag.begin : 0;
    }
    [[nodiscard]] Tree take() { return std::move(tree_); }

  private:
    std::string_view text(Span part) const { return bytes_.substr(part.begin, part.end - part.begin); }
    bool same_name(Span part, std::string_view prefix, std::string_view name) const;
    bool add_attributes(const ScannedElement &element, const xmlChar **attributes, int count);
    void link(NodeId id, NodeId parent);

    std::string_view bytes_;
    const Scan &scan_;
    Tree tree_;
    std::vector<NodeId> open_;
    bool agrees_ = true;
    std::optional<Refusal> refusal_;
};

bool Reading::same_name(Span part, std::string_view prefix, std::string_view name) const {
    const std::string written = utf8_of(text(part), scan_.encoding);
    if (prefix.empty()) return written == name;
    return written.size() == prefix.size() + 1 + name.size() && written.starts_with(prefix) &&
           written[prefix.size()] == ':' && written.ends_with(name);
}

void Reading::link(NodeId id, NodeId parent) {
    if (parent == no_node) return;
    Node &above = tree_.nodes[parent];
    if (above.last_child == no_node) {
        above.first_child = id;
    } else {
        tree_.nodes[above.last_child].next = id;
    }
    above.last_child = id;
}

/// libxml2 gives attributes and declarations apart, each in document order.
bool Reading::add_attributes(const ScannedElement &element, const xmlChar **attributes, int count) {
    int taken = 0;
    for (std::uint32_t i = 0; i < element.attribute_count; ++i) {
        const ScannedAttribute &scanned = scan_.attributes[element.first_attribute + i];
        const std::string_view name = text(scanned.name);
        if (name == "xmlns" || name.starts_with("xmlns:")) {
            tree_.attributes.push_back({utf8_of(name, scan_.encoding), std::string(declaration_space),
                                        utf8_of(text(scanned.raw), scan_.encoding), scanned.whole, scanned.raw});
            continue;
        }
        if (taken == count) return false;
        const xmlChar **fields = attributes + 5 * taken++;
        const std::string_view value = view(fields[3], fields[4]);
        if (!same_name(scanned.name, view(fields[1]), view(fields[0]))) return false;
        if (all_printable(text(scanned.raw)) && text(scanned.raw) != value) return false;
        tree_.attributes.push_back({std::string(view(fields[0])), std::string(view(fields[2])), std::string(value),
                                    scanned.whole, scanned.raw});
    }
    return taken == count;
}

void Reading::start(std::string_view name, std::string_view prefix, std::string_view space, const xmlChar **attributes,
                    int count) {
    const std::size_t at = tree_.nodes.size();
    if (!agrees_ || at >= scan_.elements.size()) {
        agrees_ = false;
        return;
    }
    const ScannedElement &scanned = scan_.elements[at];
    const NodeId id = static_cast<NodeId>(at);
    const NodeId parent = open_.empty() ? no_node : open_.back();
    Node node;
    node.name = name;
    node.space = space;
    node.parent = parent;
    node.start_tag = scanned.start_tag;
    node.end_tag = scanned.end_tag;
    node.name_in_tag = scanned.name;
    node.has_other = scanned.has_other;
    node.first_attribute = static_cast<std::uint32_t>(tree_.attributes.size());
    node.attribute_count = scanned.attribute_count;
    tree_.nodes.push_back(std::move(node));
    link(id, parent);
    open_.push_back(id);
    agrees_ =
        parent == scanned.parent && same_name(scanned.name, prefix, name) && add_attributes(scanned, attributes, count);
}

void Reading::end(std::string_view name) {
    if (!agrees_) return;
    agrees_ = !open_.empty() && tree_.nodes[open_.back()].name == name;
    if (agrees_) open_.pop_back();
}

Reading &reading_of(void *data) {
    return *static_cast<Reading *>(data);
}

extern "C" {

static void on_start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *space, int,
                     const xmlChar **, int count, int, const xmlChar **attributes) noexcept {
    reading_of(data).start(view(name), view(prefix), view(space), attributes, count);
}

static void on_end(void *data, const xmlChar *name, const xmlChar *, const xmlChar *) noexcept {
    reading_of(data).end(view(name));
}

static void on_characters(void *data, const xmlChar *text, int length) noexcept {
    reading_of(data).characters(view(text, text + length));
}
}

xmlSAXHandler handler() {
    xmlSAXHandler sax{};
    sax.initialized = XML_SAX2_MAGIC;
    sax.startElementNs = on_start;
    sax.endElementNs = on_end;
    sax.characters = on_characters;
    sax.ignorableWhitespace = on_characters;
    sax.cdataBlock = on_characters;
    sax.serror = [](void *data, auto *error) {  // a pointer to const from libxml2 2.12 on
        if (error->level >= XML_ERR_ERROR)
            reading_of(data).refuse({error->domain, error->code, error->line, error->int2, 0});
    };
    return sax;
}

tl::unexpected<Error> refused(std::string_view bytes, const std::string &name, const Scan &scan,
                              const Reading &reading) {
    const Refusal &refusal = *reading.refusal();
    if (refusal.domain == XML_FROM_NAMESPACE) {
        return error_in(bytes, scan.encoding, name, refusal.place,
                        "a namespace prefix in this tag is not declared, or wrong");
    }
    return failure(ErrorKind::invalid, name + ":" + std::to_string(refusal.line) + ":" +
                                           std::to_string(refusal.column) + ": libxml2 refuses it (error " +
                                           std::to_string(refusal.code) + ")");
}

}  // namespace

Result<Tree> tree_of(std::string_view bytes, const std::string &name, const Scan &scan) {
    const std::unique_ptr<xmlParserCtxt, Freed> context(
        xmlCreateMemoryParserCtxt(bytes.data(), static_cast<int>(bytes.size())));
    if (!context) return failure(ErrorKind::failed, name + ": no memory to parse it");
    Reading reading(bytes, scan);
    *context->sax = handler();
    context->userData = &reading;
    // Without a DOCTYPE there are only XML's own five entities; NOENT makes libxml2 replace "&amp;" in attributes too.
    xmlCtxtUseOptions(context.get(), XML_PARSE_NONET | XML_PARSE_NOENT);
    xmlParseDocument(context.get());
    if (reading.refusal()) return refused(bytes, name, scan, reading);
    if (context->wellFormed == 0) return failure(ErrorKind::invalid, name + ":1:1: libxml2 refuses it");
    if (!reading.agrees()) {
        return error_in(bytes, scan.encoding, name, reading.place(),
                        "libxml2 reads this element differently; the document is left alone");
    }
    return reading.take();
}

}  // namespace kvmtune::domain
