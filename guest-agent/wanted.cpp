#include "guest-agent/wanted.hpp"

#include "base/json.hpp"
#include "guest-agent/knobs.hpp"

namespace kvmtune::agent {

namespace {

constexpr int wanted_version = 1;

/// What tells this machine from others; empty where the firmware says nothing.
std::string machine_of(const Root &root) {
    const std::string text = root.read("sys/class/dmi/id/product_uuid").value_or("");
    return text.substr(0, text.find('\n'));
}

bool is_for(const Json &json, const std::string &machine) {
    const Json *number = json.find("wanted");
    const Json *named = json.find("machine");
    return number != nullptr && *number == Json(wanted_version) && named != nullptr && *named == Json(machine);
}

std::map<std::string, std::string> knobs_in(const Json &json) {
    std::map<std::string, std::string> knobs;
    const Json *member = json.find("knobs");
    if (member == nullptr || member->object() == nullptr) return knobs;
    for (const auto &[knob, value] : *member->object()) {
        if (value.text() != nullptr && Knobs::check(knob, *value.text())) knobs.emplace(knob, *value.text());
    }
    return knobs;
}

}  // namespace

Wanted::Wanted(const Root &root) : root_(root), machine_(machine_of(root)) {
    const auto text = root_.read(path);
    if (!text) return;
    const auto json = parse_json(*text, 4);
    if (json && is_for(*json, machine_)) knobs_ = knobs_in(*json);
}

Result<> Wanted::keep(std::map<std::string, std::string> knobs) {
    if (knobs == knobs_ && !is_behind_) return {};
    knobs_ = std::move(knobs);
    is_behind_ = true;
    TRY(knobs_.empty() ? root_.remove(path) : write());
    is_behind_ = false;
    return {};
}

Result<> Wanted::write() const {
    Json values{Json::Object{}};
    for (const auto &[knob, value] : knobs_) values.add(knob, value);
    Json json;
    json.add("wanted", wanted_version);
    json.add("machine", machine_);
    json.add("knobs", std::move(values));
    TRY(root_.make_directories(folder, 0700));
    return root_.replace(path, json.pretty(), 0600);
}

}  // namespace kvmtune::agent
