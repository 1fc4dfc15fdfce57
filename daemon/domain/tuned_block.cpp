#include "daemon/domain/tuned_block.hpp"

#include <algorithm>
#include <initializer_list>

#include "daemon/domain/elements.hpp"
#include "daemon/domain/words.hpp"

namespace kvmtune::domain {

namespace {

/// Reads the block of one document.
class BlockReader {
  public:
    explicit BlockReader(const Document &document) : document_(document), tree_(document.tree()) {}

    Result<Tuned> read(NodeId block);

  private:
    tl::unexpected<Error> bad(NodeId id, const std::string &cause) const {
        return document_.error_at(tree_[id].start_tag.begin, cause);
    }
    Result<> check_attributes(NodeId id, std::initializer_list<std::string_view> allowed) const;
    Result<std::string> required(NodeId id, const std::string &name) const;
    plan::Value optional(NodeId id, std::string_view name) const;
    Result<> check_version(NodeId block) const;
    Result<> read_hold(NodeId id);
    Result<> read_worker(NodeId id);

    const Document &document_;
    const Tree &tree_;
    Tuned tuned_;
};

Result<> BlockReader::check_attributes(NodeId id, std::initializer_list<std::string_view> allowed) const {
    for (const Attribute &attribute : tree_.attributes_of(id)) {
        if (attribute.space == declaration_space) continue;
        const bool known = std::find(allowed.begin(), allowed.end(), attribute.name) != allowed.end();
        if (!known || !attribute.space.empty()) {
            return document_.error_at(attribute.whole.begin, "an attribute that kvmtune does not write here");
        }
    }
    if (!all_blank(tree_[id].text)) return bad(id, "text in an element of kvmtune");
    return {};
}

Result<std::string> BlockReader::required(NodeId id, const std::string &name) const {
    const Attribute *found = tree_.attribute(id, name);
    if (found == nullptr) return bad(id, "the attribute " + name + " is missing");
    return found->value;
}

plan::Value BlockReader::optional(NodeId id, std::string_view name) const {
    const Attribute *found = tree_.attribute(id, name);
    return found == nullptr ? plan::Value() : plan::Value(found->value);
}

Result<> BlockReader::check_version(NodeId block) const {
    const std::string version = TRY(required(block, "version"));
    if (version == "1") return {};
    return document_.error_at(tree_.attribute(block, "version")->raw.begin,
                              "a block of another version of kvmtune; this one knows version 1",
                              ErrorKind::unsupported);
}

Result<> BlockReader::read_hold(NodeId id) {
    TRY(check_attributes(id, {"element", "original", "asked", "granted"}));
    const std::string element = TRY(required(id, "element"));
    if (worker_named(element)) return bad(id, "a hold that kvmtune writes in another way");
    if (!is_element(element)) {
        return document_.error_at(tree_.attribute(id, "element")->raw.begin,
                                  "a hold of an element that this version of kvmtune does not know",
                                  ErrorKind::unsupported);
    }
    plan::Hold hold;
    hold.original = optional(id, "original");
    hold.asked = TRY(required(id, "asked"));
    hold.granted = optional(id, "granted");
    for (const NodeId child : tree_.children(id)) {
        if (!is_ours(tree_, child, "earlier")) return bad(child, "an element that kvmtune does not write here");
        TRY(check_attributes(child, {"value"}));
        hold.earlier.push_back(TRY(required(child, "value")));
        if (tree_[child].first_child != no_node)
            return bad(child, "an element with something in it that kvmtune did not write");
    }
    const plan::Target target{plan::TargetKind::element, document_.uuid(), element};
    if (!tuned_.holds.emplace(target, std::move(hold)).second) return bad(id, "a second hold of the same element");
    return {};
}

Result<> BlockReader::read_worker(NodeId id) {
    TRY(check_attributes(id, {"mac", "queue", "cpus"}));
    if (tree_[id].first_child != no_node) return bad(id, "an element with something in it that kvmtune did not write");
    const std::string mac = TRY(required(id, "mac"));
    if (!is_element("interface/" + mac + "/driver/name")) return bad(id, "mac is no MAC address in lower case");
    const auto queue = number_in(TRY(required(id, "queue")));
    if (!queue) return bad(id, "queue is no number");
    const plan::Target target{plan::TargetKind::element, document_.uuid(), worker_element({mac, *queue})};
    const auto cpus = CpuSet::parse(TRY(required(id, "cpus")));
    if (!cpus || cpus->empty()) return bad(id, "cpus is no list of CPUs");
    if (!tuned_.holds.emplace(target, plan::Hold{"", std::nullopt, cpus->text(), cpus->text(), {}}).second)
        return bad(id, "a second entry of the same worker");
    return {};
}

Result<Tuned> BlockReader::read(NodeId block) {
    TRY(check_version(block));
    TRY(check_attributes(block, {"version"}));
    for (const NodeId id : tree_.children(block)) {
        if (is_ours(tree_, id, "hold")) {
            TRY(read_hold(id));
        } else if (is_ours(tree_, id, "vhost")) {
            TRY(read_worker(id));
        } else if (!is_ours(tree_, id, "policy")) {
            return bad(id, "an element that kvmtune does not write here");
        }
    }
    return std::move(tuned_);
}

/// The block's text, indented by two blanks a level.
class BlockWriter {
  public:
    explicit BlockWriter(Encoding encoding) : encoding_(encoding) {}

    std::string text(const Tuned &tuned, const std::vector<std::string> &users);

  private:
    void attribute(std::string_view name, const plan::Value &value) {
        if (value) out_ += " " + std::string(name) + "='" + escaped(*value, encoding_, '\'') + "'";
    }
    void hold(const std::string &element, const plan::Hold &hold);
    void worker(const plan::NicQueue &queue, const std::string &cpus);

    Encoding encoding_;
    std::string out_;
};

void BlockWriter::hold(const std::string &element, const plan::Hold &hold) {
    out_ += "\n  <kvmtune:hold";
    attribute("element", element);
    attribute("original", hold.original);
    attribute("asked", hold.asked);
    attribute("granted", hold.granted);
    out_ += hold.earlier.empty() ? "/>" : ">";
    for (const std::string &value : hold.earlier) {
        out_ += "\n    <kvmtune:earlier";
        attribute("value", value);
        out_ += "/>";
    }
    if (!hold.earlier.empty()) out_ += "\n  </kvmtune:hold>";
}

void BlockWriter::worker(const plan::NicQueue &queue, const std::string &cpus) {
    out_ += "\n  <kvmtune:vhost";
    attribute("mac", queue.first);
    attribute("queue", std::to_string(queue.second));
    attribute("cpus", cpus);
    out_ += "/>";
}

std::string BlockWriter::text(const Tuned &tuned, const std::vector<std::string> &users) {
    out_ = "<kvmtune:tuned";
    attribute("xmlns:kvmtune", std::string(our_space));
    attribute("version", "1");
    out_ += ">";
    for (const std::string &element : users) out_ += "\n  " + element;
    for (const auto &[target, each] : tuned.holds) {
        const auto queue = worker_named(target.name);
        queue ? worker(*queue, each.asked) : hold(target.name, each);
    }
    return out_ + "\n</kvmtune:tuned>";
}

}  // namespace

bool is_ours(const Tree &tree, NodeId id, std::string_view name) {
    return tree[id].space == our_space && tree[id].name == name;
}

Result<Tuned> read_block(const Document &document, NodeId block) {
    return BlockReader(document).read(block);
}

std::string block_text(const Tuned &tuned, const std::vector<std::string> &users, Encoding encoding) {
    return BlockWriter(encoding).text(tuned, users);
}

}  // namespace kvmtune::domain
