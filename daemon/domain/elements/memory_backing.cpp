// <memoryBacking><hugepages>: "default" for the host's default size, or the size of all pages in KiB. Pages by guest
// node are shown ("1048576@0-1 2048") but never written.
#include "daemon/domain/elements/keys.hpp"
#include "daemon/domain/elements/kind.hpp"
#include "daemon/domain/values.hpp"

namespace kvmtune::domain {

namespace {

constexpr const char *host_default = "default";

NodeId hugepages_in(const Document &document) {
    const Tree &tree = document.tree();
    return tree.child(tree.child(Tree::root, "memoryBacking"), "hugepages");
}

Result<plan::Value> hugepages_value(const Document &document, const std::string &) {
    const Tree &tree = document.tree();
    const NodeId hugepages = hugepages_in(document);
    if (hugepages == no_node) return plan::Value();
    std::string out;
    for (const NodeId page : tree.children(hugepages, "page")) {
        const std::uint64_t bytes = TRY(Values(document).memory(page, tree.value(page, "size")));
        if (!out.empty()) out += ' ';
        out += std::to_string(bytes / 1024);
        if (tree.attribute(page, "nodeset") != nullptr) out += "@" + std::string(tree.value(page, "nodeset"));
    }
    return plan::Value(out.empty() ? host_default : out);
}

/// In the unit that is there, if it comes out even; in KiB else.
void set_size(Draft &draft, NodeId page, const std::string &kib) {
    const Tree &tree = draft.document().tree();
    const auto step = bytes_in("1", tree.value(page, "unit"));
    const auto bytes = bytes_in(kib, "KiB");
    if (step && bytes && *bytes % *step == 0) {
        draft.set(page, "size", std::to_string(*bytes / *step));
    } else {
        draft.set(page, "size", kib);
        draft.set(page, "unit", "KiB");
    }
}

/// Pages of one size in an element of the document: none, this one, or it with another size.
Result<> put_pages(Draft &draft, NodeId hugepages, const std::string &value) {
    const Document &document = draft.document();
    const auto pages = document.tree().children(hugepages, "page");
    if (pages.size() > 1 || (!pages.empty() && document.tree().attribute(pages.front(), "nodeset") != nullptr))
        return document.error_at(document.tree()[hugepages].start_tag.begin, "huge pages by guest node are not changed",
                                 ErrorKind::unsupported);
    if (value == host_default) {
        draft.remove(pages.front());
    } else if (pages.empty()) {
        draft.set(draft.add(draft.place(hugepages, "page"), "page"), "size", value);
    } else {
        set_size(draft, pages.front(), value);
    }
    return {};
}

Result<> put_hugepages(Draft &draft, const std::string &, const plan::Value &value) {
    const NodeId found = hugepages_in(draft.document());
    if (!value) {
        draft.remove(found);
        return {};
    }
    if (*value != host_default && !is_number(*value))
        return failure(ErrorKind::unsupported,
                       draft.document().name() + ": huge pages must be of the default size or of one size in KiB");
    if (found != no_node) return put_pages(draft, found, *value);
    const NodeId backing = child_or_bare(draft, Tree::root, "memoryBacking");
    const NodeId hugepages = child_or_fragment(draft, backing, "hugepages", "hugepages");
    if (*value != host_default) draft.set(draft.add(draft.place(hugepages, "page"), "page"), "size", *value);
    return {};
}

}  // namespace

const ElementKind hugepages = {"memoryBacking/hugepages", "", is_nothing, hugepages_value, put_hugepages};

}  // namespace kvmtune::domain
