// One policy file while its sections are read: the members of tables, their values, and all that is wrong with them.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "daemon/policy/document.hpp"
#include "daemon/policy/policy.hpp"
#include "daemon/policy/values.hpp"

namespace kvmtune::policy {

class Reading {
  public:
    explicit Reading(std::string file) : file_(std::move(file)) {}

    /// The members of a section that are read; all others are mistakes.
    [[nodiscard]] Table members(const std::string &path, const Node &section, const std::vector<std::string> &known);

    /// The value, or nothing and what is wrong with it under its path.
    template <class T>
    [[nodiscard]] std::optional<T> value(const std::string &path, const Node &node, Read<T> (*reader)(const Node &)) {
        auto read = reader(node);
        if (read) return *std::move(read);
        for (const Note &note : read.error()) mistake(note.at, path + ": " + note.what);
        return std::nullopt;
    }

    void mistake(Position at, std::string what) { mistakes_.push_back({file_, at.line, at.column, std::move(what)}); }
    /// "FILE:LINE".
    [[nodiscard]] std::string source(Position at) const { return file_ + ":" + std::to_string(at.line); }
    /// By line and column.
    [[nodiscard]] std::vector<Mistake> mistakes() &&;

  private:
    std::string file_;
    std::vector<Mistake> mistakes_;
};

/// The policy with what a file's [host] says on top.
[[nodiscard]] plan::Policy with_host(plan::Policy before, const Node &section, Reading &reading);
/// The policy with what a file's [network.NAME] sections say on top.
[[nodiscard]] plan::Policy with_networks(plan::Policy before, const Node &sections, Reading &reading);
/// The policy with a file's [[domain]] sections in front.
[[nodiscard]] plan::Policy with_domains(plan::Policy before, const Node &sections, Reading &reading);

}  // namespace kvmtune::policy
