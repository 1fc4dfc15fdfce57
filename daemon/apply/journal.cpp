#include "daemon/apply/journal.hpp"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstdio>
#include <optional>

#include "base/json.hpp"
#include "daemon/plan/pool.hpp"

namespace kvmtune::apply {

using plan::Hold;
using plan::Holds;
using plan::Target;
using plan::Value;

namespace {

constexpr const char *first_line = "kvmtune-journal 1";

/// CRC-32 as in IEEE 802.3 (reflected, polynomial 0xEDB88320).
std::uint32_t crc32(std::string_view text) {
    std::uint32_t crc = 0xffffffffU;
    for (const auto c : text) {
        crc ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1U) ^ ((crc & 1U) != 0 ? 0xedb88320U : 0U);
    }
    return ~crc;
}

std::string sealed(const std::string &record) {
    char sum[16];
    std::snprintf(sum, sizeof sum, "%08x ", crc32(record));
    return sum + record + "\n";
}

/// The record of a line, or nothing if the line is damaged.
std::optional<Json> opened(std::string_view line) {
    if (line.size() < 10 || sealed(std::string(line.substr(9))) != std::string(line) + "\n") return std::nullopt;
    auto record = parse_json(line.substr(9), 4);
    if (!record || record->object() == nullptr) return std::nullopt;
    return *std::move(record);
}

Json json_of(const Value &value) {
    return value ? Json(*value) : Json(nullptr);
}

Value value_from(const Json *json) {
    if (json == nullptr || json->text() == nullptr) return std::nullopt;
    return *json->text();
}

std::string hold_record(const Target &target, const Hold &hold) {
    Json record;
    record.add("hold", text_of(target));
    record.add("epoch", hold.epoch);
    record.add("original", json_of(hold.original));
    record.add("asked", hold.asked);
    if (!hold.earlier.empty()) {
        Json::Array earlier(hold.earlier.begin(), hold.earlier.end());
        record.add("earlier", std::move(earlier));
    }
    return record.line();
}

std::string granted_record(const Target &target, const Value &value) {
    Json record;
    record.add("granted", text_of(target));
    record.add("value", json_of(value));
    return record.line();
}

std::string drop_record(const Target &target) {
    Json record;
    record.add("drop", text_of(target));
    return record.line();
}

std::string text_in_force(const Holds &holds) {
    std::string text = std::string(first_line) + "\n";
    for (const auto &[target, hold] : holds) {
        text += sealed(hold_record(target, hold));
        if (hold.granted) text += sealed(granted_record(target, hold.granted));
    }
    return text;
}

std::vector<std::string> texts_of(const Json *json) {
    std::vector<std::string> texts;
    if (json == nullptr || json->array() == nullptr) return texts;
    for (const auto &item : *json->array())
        if (item.text() != nullptr) texts.push_back(*item.text());
    return texts;
}

Result<> replay(Holds &holds, const Json &record) {
    const auto target_in = [&](const char *verb) -> std::optional<Target> {
        const auto *text = record.find(verb);
        if (text == nullptr || text->text() == nullptr) return std::nullopt;
        auto target = plan::target_from(*text->text());
        if (!target) return std::nullopt;
        return *std::move(target);
    };
    if (const auto held = target_in("hold")) {
        const auto asked = value_from(record.find("asked"));
        const auto epoch = value_from(record.find("epoch"));
        if (!asked || !epoch) return failure(ErrorKind::invalid, "a hold without \"asked\" or \"epoch\"");
        holds[*held] =
            Hold{*epoch, value_from(record.find("original")), *asked, std::nullopt, texts_of(record.find("earlier"))};
        return {};
    }
    if (const auto given = target_in("granted")) {
        if (const auto at = holds.find(*given); at != holds.end())
            at->second.granted = value_from(record.find("value"));
        return {};
    }
    if (const auto dropped = target_in("drop")) {
        holds.erase(*dropped);
        return {};
    }
    return failure(ErrorKind::invalid, "a record of a kind that is not known");
}

/// Whether a hold's record reads back as that hold: JSON cannot carry text that is not UTF-8.
bool says(const std::string &record, const Target &target, const Hold &hold) {
    Holds read;
    const auto json = parse_json(record);
    return json && replay(read, *json) && read == Holds{{target, hold}};
}

}  // namespace

Result<Journal> Journal::open(const Root &root, std::string path, Step step) {
    Journal journal(root, std::move(path), std::move(step));
    const auto text = root.read(journal.path_);
    if (!text && text.error().kind == ErrorKind::not_found) return journal;
    if (!text) return tl::unexpected<Error>(text.error());
    std::string_view rest = *text;
    journal.torn_ = rest.empty();
    for (unsigned line_number = 1; !rest.empty(); ++line_number) {
        const auto end = rest.find('\n');
        const auto line = rest.substr(0, end);
        const bool whole = end != std::string_view::npos;
        const auto where = root.full(journal.path_) + ":" + std::to_string(line_number);
        if (line_number == 1 && (whole ? line != first_line : !std::string_view(first_line).starts_with(line)))
            return failure(ErrorKind::unsupported, where + ": not a journal of a version that this kvmtune knows");
        if (!whole) {
            journal.torn_ = true;
            break;
        }
        rest.remove_prefix(end + 1);
        if (line_number == 1) continue;
        const auto record = opened(line);
        if (!record && rest.empty()) {
            journal.torn_ = true;
            break;
        }
        if (!record)
            return failure(ErrorKind::invalid, where + ": damaged record; nothing is changed while it is there");
        if (auto replayed = replay(journal.holds_, *record); !replayed) return within(where, replayed.error());
    }
    return journal;
}

Result<> Journal::append(const std::string &record) {
    if (torn_) TRY(tidy());
    if (root_->exists(path_)) {
        const auto fd = TRY(root_->open_for_append(path_));
        torn_ = true;
        if (auto written = write_all(fd.get(), sealed(record)); !written)
            return within(root_->full(path_), std::move(written).error());
        if (::fdatasync(fd.get()) != 0) return system_failure("sync " + root_->full(path_), errno);
        torn_ = false;
    } else {
        if (const auto slash = path_.rfind('/'); slash != std::string::npos)
            TRY(root_->make_directories(path_.substr(0, slash), 0755));
        TRY(root_->replace(path_, text_in_force(holds_) + sealed(record), 0600));
    }
    if (step_) step_();
    return {};
}

Result<> Journal::hold(const Target &target, const std::string &epoch, const Value &original,
                       const std::string &asked) {
    const auto at = holds_.find(target);
    const auto *held = at == holds_.end() ? nullptr : &at->second;
    auto next = target.kind == plan::TargetKind::pool
                    ? pool_asked_for(held, epoch, plan::pages_in(original).value_or(0), asked)
                    : asked_for(held, epoch, original, asked);
    const auto record = hold_record(target, next);
    if (!says(record, target, next))
        return failure(ErrorKind::invalid, text_of(target) + ": its value is not UTF-8 and cannot be recorded");
    TRY(append(record));
    holds_[target] = std::move(next);
    return {};
}

Result<> Journal::granted(const Target &target, const Value &value) {
    const auto at = holds_.find(target);
    if (at == holds_.end()) return failure(ErrorKind::failed, text_of(target) + ": granted without a hold");
    TRY(append(granted_record(target, value)));
    at->second.granted = value;
    return {};
}

Result<> Journal::drop(const Target &target) {
    if (holds_.count(target) == 0) return {};
    if (holds_.size() == 1) {
        TRY(root_->remove(path_));
        torn_ = false;
        if (step_) step_();
    } else {
        TRY(append(drop_record(target)));
    }
    holds_.erase(target);
    return {};
}

Result<> Journal::tidy() {
    if (holds_.empty()) {
        TRY(root_->remove(path_));
        torn_ = false;
        return {};
    }
    TRY(root_->replace(path_, text_in_force(holds_), 0600));
    torn_ = false;
    return {};
}

}  // namespace kvmtune::apply
