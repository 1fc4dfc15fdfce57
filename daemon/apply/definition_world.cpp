#include "daemon/apply/definition_world.hpp"

#include <algorithm>

#include "daemon/domain/elements.hpp"
#include "daemon/domain/normal.hpp"
#include "daemon/domain/nvram.hpp"
#include "daemon/domain/q35/machines.hpp"

namespace kvmtune::apply {

using domain::Document;
using domain::Edit;
using domain::Tuned;
using plan::Change;
using plan::Hold;
using plan::Target;
using plan::TargetKind;

namespace {

/// Nothing to do: what it gives back is back, and held by nobody.
bool is_over(const Change &change, const plan::Value &now, const Tuned &tuned) {
    return change.gives_back && tuned.holds.count(change.target) == 0 && same_value(change.target, now, change.to);
}

std::vector<std::string> added_controllers(const Document &before, const Document &after) {
    const auto old = domain::controllers_in(before);
    std::vector<std::string> added;
    for (const auto &controller : domain::controllers_in(after))
        if (std::find(old.begin(), old.end(), controller) == old.end()) added.push_back(controller);
    return added;
}

bool is_converted(const Tuned &tuned, const std::string &uuid) {
    return tuned.holds.count(plan::machine_target(uuid)) != 0;
}

bool gives_back_chipset(const std::vector<Change> &changes) {
    return std::any_of(changes.begin(), changes.end(),
                       [](const Change &change) { return change.gives_back && is_machine(change.target); });
}

/// Holds and edits that put on this document what was held on another one. Its own values are what was before us.
struct Again {
    plan::Holds holds;
    std::vector<Change> changes;
};

Result<Again> again_on(const Document &document, const plan::Holds &holds) {
    Again again;
    for (const auto &[target, hold] : holds) {
        auto value = domain::value_of(document, target.name);
        if (!value && value.error().kind == ErrorKind::not_found) continue;
        if (!value) return tl::unexpected<Error>(std::move(value).error());
        Change change;
        change.target = target;
        change.from = *value;
        change.to = hold.asked;
        again.changes.push_back(std::move(change));
        again.holds[target] = Hold{hold.epoch, *std::move(value), hold.asked, std::nullopt, hold.earlier};
    }
    return again;
}

/// The document without the controllers that came after the other one, as far as nothing uses them. Those of another
/// chipset are no additions.
Document without_added(Document document, const Document &before) {
    if (domain::q35::is_q35(document) != domain::q35::is_q35(before)) return document;
    const auto added = added_controllers(before, document);
    return domain::without_unused(document, added).value_or(document);
}

}  // namespace

DefinitionWorld::DefinitionWorld(const Root &root, Hypervisor &hypervisor, Step step, domain::Fragments fragments)
    : hypervisor_(hypervisor), root_(root), store_(root), step_(std::move(step)), fragments_(std::move(fragments)) {}

void DefinitionWorld::stepped() const {
    if (step_) step_();
}

void DefinitionWorld::expect(const std::string &uuid, const std::string &definition) {
    expected_[uuid] = definition;
}

Result<Document> DefinitionWorld::definition(const std::string &uuid) const {
    auto record = TRY(hypervisor_.domain(uuid));
    if (!record.persistent) return failure(ErrorKind::not_found, record.name + ": it has no persistent definition");
    return Document::parse(std::move(record.definition), record.name);
}

Result<Document> DefinitionWorld::define(const Document &document) {
    auto given = TRY(hypervisor_.define(document.bytes()));
    stepped();
    expect(document.uuid(), given);
    return Document::parse(std::move(given), document.name());
}

Result<plan::Observed> DefinitionWorld::observe(const std::set<Target> &targets) {
    plan::Observed observed;
    std::map<std::string, Document> documents;
    for (const auto &target : targets) {
        if (documents.count(target.owner) == 0) {
            auto document = definition(target.owner);
            if (!document && document.error().kind == ErrorKind::not_found) continue;
            if (!document) return tl::unexpected<Error>(std::move(document).error());
            documents.emplace(target.owner, *std::move(document));
        }
        auto value = domain::value_of(documents.at(target.owner), target.name);
        if (value) {
            observed[target] = {*std::move(value), {}};
            if (is_machine(target)) observed[target].way_back = TRY(way_back(documents.at(target.owner)));
        } else if (value.error().kind != ErrorKind::not_found) {
            return tl::unexpected<Error>(std::move(value).error());
        }
    }
    return observed;
}

Result<plan::Holds> DefinitionWorld::holds() {
    plan::Holds all;
    for (const auto &record : TRY(hypervisor_.domains())) {
        if (!record.persistent) continue;
        // One that cannot be read, as when a newer kvmtune wrote it, is no reason to do nothing on this host.
        const auto document = Document::parse(record.definition, record.name);
        const auto holds = document ? domain::holds_in(*document) : Result<plan::Holds>(plan::Holds{});
        if (holds) all.insert(holds->begin(), holds->end());
    }
    return all;
}

bool DefinitionWorld::together(const Change &left, const Change &right) const {
    return left.target.kind == TargetKind::element && right.target.kind == TargetKind::element &&
           left.target.owner == right.target.owner;
}

Result<> DefinitionWorld::make(const std::vector<Change> &effect) {
    const auto now = TRY(definition(effect.front().target.owner));
    const auto expected = expected_.find(now.uuid());
    if (expected != expected_.end() && expected->second != now.bytes())
        return failure(ErrorKind::changed, now.name() + ": its definition changed since it was read");
    auto tuned = TRY(domain::tuned_in(now));
    std::vector<Change> changes;
    for (const auto &change : effect) {
        const auto value = TRY(domain::value_of(now, change.target.name));
        if (is_over(change, value, tuned)) continue;
        if (!same_value(change.target, value, change.from))
            return failure(ErrorKind::changed, now.name() + ": " + change.target.name + " changed since it was read");
        changes.push_back(change);
    }
    if (changes.empty()) return {};
    auto edits = domain::edits_of(changes);
    const auto controllers = domain::taken_controllers(edits);
    tuned.holds = plan::held_after(std::move(tuned.holds), changes);
    if (gives_back_chipset(changes)) return give_back_chipset(now, std::move(tuned));
    const auto less = TRY(domain::with(now, edits, tuned, fragments_));
    const auto next = TRY(domain::without_unused(less, controllers));
    if (tuned.holds.empty()) return give_back_all(now, next);
    return give(now, std::move(tuned), next, edits);
}

Result<> DefinitionWorld::keep_before(const Document &now, const Tuned &tuned) {
    const auto before = TRY(store_.before(now.uuid()));
    const auto after = TRY(store_.after(now.uuid()));
    if (tuned.holds.empty()) {
        TRY(store_.keep_before(now.uuid(), now.bytes()));
    } else if (before && after && *after != now.bytes()) {
        TRY(store_.forget_before(now.uuid()));  // edited since: what was before is no longer what would be without us
    } else if (before && !after && is_converted(tuned, now.uuid())) {
        TRY(adopt(now));
    } else if (before && !after) {
        const auto old = TRY(Document::parse(*before, now.name()));
        const auto bare = TRY(domain::without_us(now));
        if (!same_meaning(without_added(bare, old), old)) TRY(store_.forget_before(now.uuid()));
    } else {
        return {};
    }
    stepped();
    return {};
}

/// Before a conversion. What was before our first change, if that is known, else what would be without us.
Result<> DefinitionWorld::keep_way_back(const Document &now) {
    auto before = TRY(store_.before(now.uuid()));
    if (!before) {
        before = TRY(domain::without_us(now)).bytes();
        TRY(store_.keep_before(now.uuid(), *before));
        stepped();
    }
    TRY(store_.keep_unconverted(now.uuid(), *before));
    stepped();
    const auto path = domain::nvram_in(now);
    // They may be kept from an earlier conversion, which its guest still runs with.
    if (!path || TRY(store_.nvram(now.uuid()))) return {};
    const auto variables = root_.read(*path);
    if (!variables && variables.error().kind == ErrorKind::not_found) return {};
    if (!variables) return within("its UEFI variables cannot be kept", variables.error());
    TRY(store_.keep_nvram(now.uuid(), *variables));
    stepped();
    return {};
}

/// Of a domain that has its old chipset again. While it still runs with the other one, they are in use; if it was
/// started since, or is somebody else's Q35 now, it goes on with what it has.
Result<> DefinitionWorld::give_nvram_back(const std::string &uuid) {
    const auto kept = TRY(store_.nvram(uuid));
    if (!kept) return {};
    const auto record = TRY(hypervisor_.domain(uuid));
    const auto next = TRY(Document::parse(record.definition, record.name));
    const auto path = domain::nvram_in(next);
    const auto now = path ? root_.read(*path) : Result<std::string>(failure(ErrorKind::not_found, ""));
    if (record.saved_image) return {};
    if (record.running) {
        const auto live = TRY(Document::parse(record.live, record.name));
        if (domain::q35::is_q35(live) && !domain::q35::is_q35(next)) return {};
    }
    if (now && *now == *kept) return store_.forget_nvram(uuid);
    const bool fits = path && !record.running && !domain::q35::is_q35(next);
    const bool is_given = fits && root_.replace(*path, *kept, 0600);
    stepped();
    if (!is_given)
        TRY(store_.set_aside(record.name, "nvram", *kept));
    else if (now)
        TRY(store_.set_aside(record.name, "nvram", *now));
    return store_.forget_nvram(uuid);
}

Result<plan::WayBack> DefinitionWorld::way_back(const Document &now) const {
    if (!TRY(store_.unconverted(now.uuid()))) return plan::WayBack::lost;
    const auto before = TRY(store_.before(now.uuid()));
    const auto after = TRY(store_.after(now.uuid()));
    const bool is_edited = !before || (after && *after != now.bytes());
    return is_edited ? plan::WayBack::edited : plan::WayBack::open;
}

Result<> DefinitionWorld::give_back_chipset(const Document &now, Tuned tuned) {
    const auto kept = TRY(store_.unconverted(now.uuid()));
    if (!kept) return failure(ErrorKind::not_found, now.name() + ": its definition from before Q35 is not kept here");
    const bool is_as_given = TRY(store_.before(now.uuid())) && TRY(store_.after(now.uuid())) == now.bytes();
    if (!is_as_given) {
        TRY(store_.set_aside(now.name(), "xml", now.bytes()));
        stepped();
    }
    const auto as_named = TRY(Document::parse(*kept, now.name()));
    const auto old = TRY(domain::renamed(as_named, now.name()));
    std::erase_if(tuned.holds, [](const auto &hold) { return hold.first.name.starts_with("controller/"); });
    auto again = TRY(again_on(old, tuned.holds));
    if (again.holds.empty()) return give_back_all(old, old);
    const auto edits = domain::edits_of(again.changes);
    tuned.holds = std::move(again.holds);
    const auto next = TRY(domain::with(old, edits, tuned, fragments_));
    return give(old, std::move(tuned), next, edits);
}

Result<> DefinitionWorld::give(const Document &now, Tuned tuned, const Document &next, const std::vector<Edit> &edits) {
    const auto held_before = TRY(domain::tuned_in(now));
    TRY(keep_before(now, held_before));
    if (is_converted(tuned, now.uuid()) && !is_converted(held_before, now.uuid())) TRY(keep_way_back(now));
    if (is_converted(tuned, now.uuid())) TRY(expect_change(now.uuid()));
    auto given = define(next);
    // It may be defined all the same, where the answer got lost: what was before is kept, and tidied up if it is not.
    if (!given) return tl::unexpected<Error>(std::move(given).error());
    const auto as_defined = tuned;
    for (const auto &edit : edits) {
        const auto hold = tuned.holds.find({TargetKind::element, now.uuid(), edit.element});
        if (hold == tuned.holds.end()) continue;
        if (auto value = domain::value_of(*given, edit.element)) hold->second.granted = *std::move(value);
    }
    for (const auto &controller : added_controllers(next, *given))
        tuned.holds[{TargetKind::element, now.uuid(), controller}] = Hold{"", std::nullopt, "present", "present", {}};
    if (tuned != as_defined) {
        const auto noted = TRY(domain::with_holds(*given, tuned.holds));
        given = TRY(define(noted));
    }
    TRY(store_.keep_after(now.uuid(), given->bytes()));
    stepped();
    return {};
}

Result<> DefinitionWorld::give_back_all(const Document &now, const Document &next) {
    const auto before = TRY(store_.before(now.uuid()));
    const auto after = TRY(store_.after(now.uuid()));
    auto last = next;
    if (before) {
        const auto old = TRY(Document::parse(*before, now.name()));
        last = without_added(std::move(last), old);
        if ((after && *after == now.bytes()) || same_meaning(last, old)) last = old;
    }
    TRY(define(last));
    TRY(store_.forget(now.uuid()));
    stepped();
    return {};
}

Result<> DefinitionWorld::forget(const Target &target) {
    const auto now = definition(target.owner);
    if (!now) return {};
    auto tuned = TRY(domain::tuned_in(*now));
    if (tuned.holds.erase(target) == 0) return {};
    const auto next = TRY(domain::with_holds(*now, tuned.holds));
    const bool is_as_given = TRY(store_.after(now->uuid())) == now->bytes();
    if (is_as_given) TRY(expect_change(now->uuid()));
    const auto given = TRY(define(next));
    return is_as_given ? store_.keep_after(now->uuid(), given.bytes()) : Result<>();
}

Result<> DefinitionWorld::tidy() {
    for (const auto &uuid : TRY(store_.uuids())) TRY(tidy_one(uuid));
    return {};
}

Result<> DefinitionWorld::tidy_one(const std::string &uuid) {
    const auto now = definition(uuid);
    if (!now && now.error().kind != ErrorKind::not_found) return {};
    const auto tuned = now ? domain::tuned_in(*now) : Result<Tuned>(Tuned{});
    if (!tuned) return {};
    // The only way back from Q35 stays when its domain is gone: it may be defined again as it was.
    const auto unconverted = TRY(store_.unconverted(uuid));
    if (!now && (unconverted || TRY(store_.nvram(uuid)))) return {};
    const bool is_taken_over = now && tuned->holds.empty() && domain::q35::is_q35(*now);
    if (unconverted && is_taken_over) TRY(store_.set_aside(now->name(), "xml", *unconverted));
    if (tuned->holds.empty()) TRY(store_.forget(uuid));
    if (!now) return {};
    if (!is_converted(*tuned, uuid)) return give_nvram_back(uuid);
    // A crash right after a conversion: what is edited from now on is somebody else's.
    const bool is_open = TRY(store_.before(uuid)) && !TRY(store_.after(uuid));
    return is_open ? adopt(*now) : Result<>();
}

/// Killed from here on, nobody knows whose the definition is that is there then: it is not taken for an edited one.
Result<> DefinitionWorld::expect_change(const std::string &uuid) {
    TRY(store_.forget_after(uuid));
    stepped();
    return {};
}

/// Nobody knows whether somebody edited it right after a crash: a copy tells.
Result<> DefinitionWorld::adopt(const Document &now) {
    TRY(store_.set_aside(now.name(), "xml", now.bytes()));
    return store_.keep_after(now.uuid(), now.bytes());
}

}  // namespace kvmtune::apply
