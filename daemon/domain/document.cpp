#include "daemon/domain/document.hpp"

#include <algorithm>
#include <optional>
#include <utility>

#include "daemon/domain/scan.hpp"
#include "daemon/domain/second_reading.hpp"
#include "daemon/domain/words.hpp"

namespace kvmtune::domain {

namespace {

/// A UUID as libvirt prints it; libvirt takes dashes anywhere and blanks around.
std::optional<std::string> canonical_uuid(std::string_view text) {
    std::string digits = lower_case(trimmed(text));
    std::erase(digits, '-');
    const bool hexadecimal = digits.find_first_not_of("0123456789abcdef") == std::string::npos;
    if (digits.size() != 32 || !hexadecimal) return std::nullopt;
    for (const std::size_t dash : {8u, 13u, 18u, 23u}) digits.insert(dash, 1, '-');
    return digits;
}

/// What libvirt's other documents are, in words.
std::string what_it_is(std::string_view root) {
    if (root == "domstatus") return ", the state of a running domain";
    if (root == "domainsnapshot") return ", a snapshot of a domain";
    if (root == "domaincheckpoint") return ", a checkpoint of a domain";
    return {};
}

}  // namespace

Result<Document> Document::parse(std::string bytes, std::string name) {
    Document document;
    document.bytes_ = std::move(bytes);
    document.name_ = std::move(name);
    const Scan scanned = TRY(scan(document.bytes_, document.name_));
    document.encoding_ = scanned.encoding;
    document.tree_ = TRY(tree_of(document.bytes_, document.name_, scanned));
    const Tree &tree = document.tree_;
    if (!tree.is(Tree::root, "domain")) return document.not_a_domain();
    document.index_ = index_of(tree);
    if (const NodeId id = tree.child(Tree::root, "uuid"); id != no_node) {
        const auto uuid = canonical_uuid(tree[id].text);
        if (!uuid) return document.error_at(tree[id].start_tag.begin, "this is no UUID");
        document.uuid_ = *uuid;
    }
    return document;
}

tl::unexpected<Error> Document::not_a_domain() const {
    const Node &root = tree_[Tree::root];
    const std::string where = root.space.empty() ? "" : " of a namespace";
    return error_at(root.start_tag.begin, "a <" + root.name + "> document" + where + what_it_is(root.name) +
                                              "; only <domain> documents are taken");
}

tl::unexpected<Error> Document::error_at(std::uint32_t offset, const std::string &cause, ErrorKind kind) const {
    return error_in(bytes_, encoding_, name_, offset, cause, kind);
}

}  // namespace kvmtune::domain
