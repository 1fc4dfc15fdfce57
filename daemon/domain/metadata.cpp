#include "daemon/domain/metadata.hpp"

#include <algorithm>

#include "daemon/domain/draft.hpp"
#include "daemon/domain/elements.hpp"
#include "daemon/domain/sections.hpp"
#include "daemon/domain/tuned_block.hpp"
#include "daemon/domain/words.hpp"

namespace kvmtune::domain {

namespace {

constexpr std::string_view policy_space = "urn:kvmtune:policy:1";

/// Our block, or no_node; it may stand inside another element of our namespace.
Result<NodeId> block_in(const Document &document) {
    const Tree &tree = document.tree();
    NodeId block = no_node;
    const auto take = [&](NodeId id) -> Result<> {
        if (!is_ours(tree, id, "tuned")) return {};
        if (block != no_node) return document.error_at(tree[id].start_tag.begin, "a second block of kvmtune");
        block = id;
        return {};
    };
    for (const NodeId id : inside(tree, "metadata")) {
        TRY(take(id));
        if (tree[id].space != our_space || tree[id].name == "tuned") continue;
        for (const NodeId inner : tree.children(id)) TRY(take(inner));
    }
    return block;
}

bool is_place(const plan::Hold &hold) {
    const auto cpus = CpuSet::parse(hold.asked);
    return !hold.original && cpus && !cpus->empty();
}

bool can_be_written(const plan::Hold &hold) {
    const auto good = [](const plan::Value &value) { return !value || !first_bad_byte(*value, Encoding::utf8); };
    return hold.epoch.empty() && good(hold.original) && good(hold.asked) && good(hold.granted) &&
           std::all_of(hold.earlier.begin(), hold.earlier.end(), good);
}

Result<> check(const Document &document, const Tuned &tuned) {
    for (const auto &[target, hold] : tuned.holds) {
        const bool fits =
            target.kind == plan::TargetKind::element && target.owner == document.uuid() && is_element(target.name);
        if (!fits || !can_be_written(hold) || (worker_named(target.name) && !is_place(hold))) {
            return failure(ErrorKind::invalid,
                           document.name() + ": this hold is none of this domain's: " + plan::text_of(target));
        }
    }
    return {};
}

/// The policy tags that somebody wrote into our block, as they stand there.
std::vector<std::string> users_elements(const Document &document, NodeId block) {
    std::vector<std::string> out;
    for (const NodeId id : document.tree().children(block)) {
        const Span whole = document.tree()[id].whole();
        if (is_ours(document.tree(), id, "policy"))
            out.push_back(document.bytes().substr(whole.begin, whole.end - whole.begin));
    }
    return out;
}

/// Where a new block goes: libvirt keeps one element of a namespace, so into one of ours that the user wrote, if there
/// is.
Where place_of_block(Draft &draft) {
    const Tree &tree = draft.document().tree();
    for (const NodeId id : inside(tree, "metadata")) {
        if (tree[id].space == our_space) return {id, Where::At::last, no_node};
    }
    NodeId metadata = draft.child(Tree::root, "metadata");
    if (metadata == no_node) metadata = draft.make(Tree::root, "metadata");
    return {metadata, Where::At::last, no_node};
}

Result<> put_block(Draft &draft, const Tuned &tuned) {
    const Document &document = draft.document();
    TRY(check(document, tuned));
    const NodeId block = TRY(block_in(document));
    const bool empty = tuned.holds.empty();
    if (block == no_node) {
        if (!empty) draft.add_text(place_of_block(draft), block_text(tuned, {}, document.encoding()));
        return {};
    }
    const bool is_there = TRY(read_block(document, block)) == tuned;
    if (is_there && !empty) return {};
    const auto users = users_elements(document, block);
    if (empty && users.empty()) {
        draft.remove(block);
    } else {
        draft.replace(block, block_text(tuned, users, document.encoding()));
    }
    return {};
}

}  // namespace

Result<Tuned> tuned_in(const Document &document) {
    const NodeId block = TRY(block_in(document));
    if (block == no_node) return Tuned();
    return read_block(document, block);
}

Result<plan::Holds> holds_in(const Document &document) {
    return TRY(tuned_in(document)).holds;
}

Result<WorkerCpus> worker_cpus_in(const Document &document) {
    WorkerCpus cpus;
    const auto holds = TRY(holds_in(document));
    for (const auto &[target, hold] : holds)
        if (const auto queue = worker_named(target.name)) cpus[*queue] = TRY(CpuSet::parse(hold.asked));
    return cpus;
}

Result<Document> with_tuned(const Document &document, const Tuned &tuned) {
    return with(document, {}, tuned);
}

Result<Document> with(const Document &document, const std::vector<Edit> &edits, const Tuned &tuned,
                      const Fragments &fragments) {
    Draft draft(document, fragments);
    TRY(put(draft, edits));
    TRY(put_block(draft, tuned));
    return draft.finish();
}

Result<Document> with_holds(const Document &document, const plan::Holds &holds) {
    Tuned tuned = TRY(tuned_in(document));
    tuned.holds = holds;
    return with_tuned(document, tuned);
}

std::set<std::string> policy_tags_in(const Document &document) {
    const Tree &tree = document.tree();
    std::set<std::string> tags;
    const auto take = [&](NodeId id) {
        const bool is_policy =
            tree[id].name == "policy" && (tree[id].space == our_space || tree[id].space == policy_space);
        if (!is_policy) return;
        std::string_view rest = trimmed(tree.value(id, "tag"));
        while (!rest.empty()) {
            const std::size_t end = std::min(rest.find_first_of(" \t\r\n"), rest.size());
            tags.emplace(rest.substr(0, end));
            rest = trimmed(rest.substr(end));
        }
    };
    for (const NodeId id : inside(tree, "metadata")) {
        take(id);
        if (tree[id].space != our_space && tree[id].space != policy_space) continue;
        for (const NodeId inner : tree.children(id)) take(inner);
    }
    return tags;
}

std::string own_policy_in(const Document &document) {
    const Tree &tree = document.tree();
    for (const NodeId id : inside(tree, "metadata"))
        if (tree[id].space == policy_space && tree[id].name == "policy" && !trimmed(tree[id].text).empty())
            return tree[id].text;
    return "";
}

}  // namespace kvmtune::domain
