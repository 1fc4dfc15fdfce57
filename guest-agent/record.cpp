#include "guest-agent/record.hpp"

#include <unistd.h>

#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <optional>
#include <vector>

namespace kvmtune::agent {

namespace {

constexpr int record_version = 1;
constexpr std::size_t sum_length = 8;

std::uint32_t crc32(std::string_view text) {
    std::uint32_t sum = ~0u;
    for (const char c : text) {
        sum ^= static_cast<unsigned char>(c);
        for (int bit = 0; bit < 8; ++bit) sum = (sum >> 1) ^ ((sum & 1u) != 0 ? 0xedb88320u : 0u);
    }
    return ~sum;
}

std::string line_of(const Json &step) {
    const std::string json = step.line();
    std::array<char, sum_length> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), crc32(json), 16).ptr;
    const std::string sum(digits.data(), end);
    return std::string(sum_length - sum.size(), '0') + sum + " " + json + "\n";
}

std::optional<Json> step_from(std::string_view line) {
    if (line.size() < sum_length + 1 || line[sum_length] != ' ') return std::nullopt;
    std::uint32_t sum = 0;
    const auto parsed = std::from_chars(line.data(), line.data() + sum_length, sum, 16);
    const std::string_view json = line.substr(sum_length + 1);
    if (parsed.ptr != line.data() + sum_length || sum != crc32(json)) return std::nullopt;
    auto step = parse_json(json, 4);
    if (!step) return std::nullopt;
    return std::move(*step);
}

/// The steps in a record's text. A torn last line, and nothing else, may be wrong.
Result<std::vector<Json>> steps_in(const std::string &text) {
    std::vector<Json> steps;
    for (std::size_t start = 0; start < text.size();) {
        const auto end = text.find('\n', start);
        const bool is_last = end == std::string::npos || end + 1 == text.size();
        auto step = step_from(std::string_view(text).substr(start, end == std::string::npos ? end : end - start));
        if (step && end != std::string::npos) {
            steps.push_back(std::move(*step));
        } else if (!is_last) {
            return failure(ErrorKind::failed, "line " + std::to_string(steps.size() + 1) + " is damaged");
        }
        start = is_last ? text.size() : end + 1;
    }
    return steps;
}

std::optional<std::string> member(const Json &step, std::string_view name) {
    const Json *found = step.find(name);
    if (found == nullptr || found->text() == nullptr) return std::nullopt;
    return *found->text();
}

Json first_line(const std::string &boot_id) {
    Json step;
    step.add("record", record_version);
    step.add("boot_id", boot_id);
    return step;
}

Json hold_step(const std::string &knob, const std::string &original, const std::string &epoch) {
    Json step;
    step.add("hold", knob);
    step.add("original", original);
    if (!epoch.empty()) step.add("epoch", epoch);
    return step;
}

Json claim_step(const std::string &knob, const std::string &value) {
    Json step;
    step.add("claim", knob);
    step.add("value", value);
    return step;
}

void replay(const Json &step, std::map<std::string, Held> &held) {
    if (const auto knob = member(step, "hold")) {
        held[*knob] = Held{member(step, "original").value_or(""), member(step, "epoch").value_or(""), {}};
    } else if (const auto claimed = member(step, "claim")) {
        held[*claimed].ours.insert(member(step, "value").value_or(""));
    } else if (const auto released = member(step, "release")) {
        held.erase(*released);
    }
}

/// What a record says is held in this boot: nothing if it is of another one.
Result<std::map<std::string, Held>> held_in(const std::string &text, const std::string &boot_id) {
    const std::vector<Json> steps = TRY(steps_in(text));
    std::map<std::string, Held> held;
    if (steps.empty()) return held;
    const Json *number = steps.front().find("record");
    if (number == nullptr || number->integer() == nullptr || *number->integer() != record_version) {
        return failure(ErrorKind::unsupported, "written by another version of the agent");
    }
    if (member(steps.front(), "boot_id") != boot_id) return held;
    for (const Json &step : steps) replay(step, held);
    return held;
}

std::string text_of(const std::map<std::string, Held> &held, const std::string &boot_id) {
    std::string text = line_of(first_line(boot_id));
    for (const auto &[knob, hold] : held) {
        text += line_of(hold_step(knob, hold.original, hold.epoch));
        for (const std::string &value : hold.ours) text += line_of(claim_step(knob, value));
    }
    return text;
}

}  // namespace

Result<Record> Record::open(const Root &root, const std::string &boot_id) {
    std::map<std::string, Held> held;
    if (root.exists(path)) {
        const std::string text = TRY(root.read(path));
        auto found = held_in(text, boot_id);
        if (!found) return within(root.full(path), found.error());
        held = std::move(*found);
    }
    TRY(root.make_directories(folder, 0700));
    TRY(root.replace(path, text_of(held, boot_id), 0600));
    Record record(TRY(root.open_for_append(path, 0600)));
    record.held_ = std::move(held);
    return record;
}

Result<> Record::hold(const std::string &knob, const std::string &original, const std::string &epoch) {
    TRY(append(hold_step(knob, original, epoch)));
    held_[knob] = Held{original, epoch, {}};
    return {};
}

Result<> Record::claim(const std::string &knob, const std::string &value) {
    const auto held = held_.find(knob);
    if (held == held_.end()) return failure(ErrorKind::invalid, knob + ": not held");
    if (held->second.ours.count(value) != 0) return {};
    TRY(append(claim_step(knob, value)));
    held->second.ours.insert(value);
    return {};
}

Result<> Record::release(const std::string &knob) {
    if (held_.count(knob) == 0) return {};
    Json step;
    step.add("release", knob);
    TRY(append(step));
    held_.erase(knob);
    return {};
}

Result<> Record::append(const Json &step) {
    const off_t before = lseek(file_.get(), 0, SEEK_END);
    auto written = write_all(file_.get(), line_of(step));
    if (written && fsync(file_.get()) == 0) return {};
    auto error = written ? system_failure("fsync", errno) : tl::unexpected<Error>(written.error());
    if (before < 0 || ftruncate(file_.get(), before) != 0) error.value().what += "; the record may be torn";
    return within(path, error.value());
}

}  // namespace kvmtune::agent
