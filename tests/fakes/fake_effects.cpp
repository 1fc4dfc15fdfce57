#include "tests/fakes/fake_effects.hpp"

#include <sstream>

namespace kvmtune::fakes {

using plan::Observation;
using plan::Target;
using plan::TargetKind;
using plan::Value;

namespace {

bool can_be_removed(TargetKind kind) {
    return kind != TargetKind::module && kind != TargetKind::sysctl;
}

}  // namespace

Result<Observation> FakeEffects::look(const Target &target) {
    if (const auto error = hidden.find(target); error != hidden.end()) return tl::unexpected<Error>(error->second);
    const auto at = values.find(target);
    if (at == values.end()) return failure(ErrorKind::not_found, text_of(target) + ": there is no such thing");
    const auto epoch = epochs.find(target);
    return Observation{at->second, epoch == epochs.end() ? "" : epoch->second};
}

Result<> FakeEffects::put(const Target &target, const Value &value) {
    if (before_put) before_put(target);
    if (const auto error = refusals.find(target); error != refusals.end()) return tl::unexpected<Error>(error->second);
    const auto at = values.find(target);
    if (at == values.end()) return failure(ErrorKind::not_found, text_of(target) + ": there is no such thing");
    if (!value && !can_be_removed(target.kind))
        return failure(ErrorKind::unsupported, text_of(target) + ": cannot be removed");
    puts_.push_back({target, value});
    if (const auto instead = granted.find(target); value && instead != granted.end()) {
        at->second = instead->second;
    } else {
        at->second = value && kernel ? Value(kernel(target, *value)) : value;
    }
    return {};
}

Result<> FakeEffects::give_back(const Target &target, const Value &original) {
    TRY(put(target, original));
    given_back_.push_back({target, original});
    return {};
}

std::string rounded_up(const std::string &text, unsigned step) {
    std::istringstream fields(text);
    std::string out;
    for (unsigned long number = 0; fields >> number;) {
        if (!out.empty()) out += ' ';
        out += std::to_string((number + step - 1) / step * step);
    }
    return out;
}

}  // namespace kvmtune::fakes
