// The keys of a policy, section by section. Each file is read on top of those before it, so that the later one wins.
#include <algorithm>
#include <tuple>

#include "daemon/policy/document.hpp"
#include "daemon/policy/near.hpp"
#include "daemon/policy/policy.hpp"
#include "daemon/policy/values.hpp"

namespace kvmtune::policy {

namespace {

/// A section's keys: those that are read, and those that are designed but not there yet.
struct Keys {
    std::vector<std::string> known;
    std::vector<std::string> not_yet;
};

class FileReader {
  public:
    FileReader(std::string file, plan::Policy before) : file_(std::move(file)), policy_(std::move(before)) {}

    void read(const Node &document);
    [[nodiscard]] plan::Policy policy() && { return std::move(policy_); }
    /// By line and column.
    [[nodiscard]] std::vector<Mistake> mistakes() &&;

  private:
    void host(const Node &section);
    void host_cpus(const Node &section);
    void host_sysctls(const Node &section);
    void domains(const Node &sections);
    [[nodiscard]] plan::DomainPolicy domain(const Node &section);

    /// The members of a section that are read; all others are mistakes.
    [[nodiscard]] Table members(const std::string &path, const Node &section, const Keys &keys);
    /// The value, or nothing and what is wrong with it under its path.
    template <class T>
    [[nodiscard]] std::optional<T> value(const std::string &path, const Node &node, Read<T> (*reader)(const Node &));
    /// A value of the host's, and where it came from.
    template <class T>
    [[nodiscard]] T host_value(const std::string &path, const Node &node, Read<T> (*reader)(const Node &));

    [[nodiscard]] std::string source(Position at) const { return file_ + ":" + std::to_string(at.line); }
    void mistake(Position at, std::string what) { mistakes_.push_back({file_, at.line, at.column, std::move(what)}); }

    std::string file_;
    plan::Policy policy_;
    std::vector<Mistake> mistakes_;
};

std::vector<Mistake> FileReader::mistakes() && {
    std::stable_sort(mistakes_.begin(), mistakes_.end(), [](const Mistake &left, const Mistake &right) {
        return std::tie(left.line, left.column) < std::tie(right.line, right.column);
    });
    return std::move(mistakes_);
}

Table FileReader::members(const std::string &path, const Node &section, const Keys &keys) {
    if (section.table() == nullptr) {
        mistake(section.at, path + ": must be a table, not " + section.kind());
        return {};
    }
    const auto among = [](const std::vector<std::string> &words, const std::string &word) {
        return std::count(words.begin(), words.end(), word) != 0;
    };
    Table read;
    for (const auto &[key, node] : *section.table()) {
        const std::string full = path.empty() ? key : path + "." + key;
        if (among(keys.known, key)) {
            read.emplace_back(key, node);
        } else if (among(keys.not_yet, key)) {
            mistake(node.at, full + ": not supported by this version");
        } else {
            mistake(node.at, full + ": unknown key" + did_you_mean(key, keys.known));
        }
    }
    return read;
}

template <class T>
std::optional<T> FileReader::value(const std::string &path, const Node &node, Read<T> (*reader)(const Node &)) {
    auto read = reader(node);
    if (read) return *std::move(read);
    for (const Note &note : read.error()) mistake(note.at, path + ": " + note.what);
    return {};
}

template <class T>
T FileReader::host_value(const std::string &path, const Node &node, Read<T> (*reader)(const Node &)) {
    policy_.sources[path] = source(node.at);
    return value(path, node, reader).value_or(T{});
}

void FileReader::read(const Node &document) {
    for (const auto &[key, node] : members("", document, {{"host", "domain"}, {"network"}})) {
        if (key == "host") host(node);
        if (key == "domain") domains(node);
    }
}

void FileReader::host(const Node &section) {
    const Keys keys{{"profile", "persist", "sysctl", "modules", "cpus"}, {"hugepages"}};
    auto &host = policy_.host;
    for (const auto &[key, node] : members("host", section, keys)) {
        const std::string path = "host." + key;
        if (key == "profile") host.profile = host_value(path, node, profile);
        if (key == "persist") host.persist = host_value(path, node, truth);
        if (key == "modules") host.modules = host_value(path, node, modules);
        if (key == "sysctl") host_sysctls(node);
        if (key == "cpus") host_cpus(node);
    }
}

void FileReader::host_cpus(const Node &section) {
    for (const auto &[key, node] : members("host.cpus", section, {{"housekeeping"}, {}}))
        policy_.host.housekeeping = host_value("host.cpus." + key, node, housekeeping);
}

void FileReader::host_sysctls(const Node &section) {
    const auto read = value("host.sysctl", section, sysctls).value_or(std::vector<Sysctl>{});
    for (const auto &[name, text, at] : read) {
        policy_.host.sysctls[name] = text;
        policy_.sources["host.sysctl." + name] = source(at);
    }
}

void FileReader::domains(const Node &sections) {
    if (sections.array() == nullptr)
        return mistake(sections.at, "domain: must be written as [[domain]], not as " + sections.kind());
    std::vector<plan::DomainPolicy> first;
    for (const Node &section : *sections.array()) first.push_back(domain(section));
    policy_.domains.insert(policy_.domains.begin(), first.begin(), first.end());
}

plan::DomainPolicy FileReader::domain(const Node &section) {
    const Keys keys{{"match", "profile", "cpus", "vhost_cpus", "queues", "allow", "strict", "migratable", "sysctl"},
                    {}};
    plan::DomainPolicy domain;
    domain.source = source(section.at);
    for (const auto &[key, node] : members("domain", section, keys)) {
        const std::string path = "domain." + key;
        domain.named.insert(key);
        if (key == "match") domain.match = value(path, node, patterns).value_or(domain.match);
        if (key == "profile") domain.profile = value(path, node, profile).value_or(domain.profile);
        if (key == "cpus") domain.cpus = value(path, node, cpu_policy).value_or(domain.cpus);
        if (key == "vhost_cpus") domain.vhost_cpus = value(path, node, count).value_or(domain.vhost_cpus);
        if (key == "queues") domain.queues = value(path, node, count).value_or(domain.queues);
        if (key == "allow") domain.allow = value(path, node, consents).value_or(domain.allow);
        if (key == "strict") domain.strict = value(path, node, truth).value_or(domain.strict);
        if (key == "migratable") domain.migratable = value(path, node, truth).value_or(domain.migratable);
        if (key != "sysctl") continue;
        for (const auto &[name, text, at] : value(path, node, guest_sysctls).value_or(std::vector<Sysctl>{})) {
            domain.guest_sysctls[name] = text;
            domain.named.insert("sysctl." + name);
        }
    }
    if (section.table() != nullptr && domain.named.count("match") == 0) mistake(section.at, "domain: match is missing");
    return domain;
}

}  // namespace

PolicyOrMistakes read_policy(const std::vector<PolicyText> &files) {
    plan::Policy policy;
    std::vector<Mistake> mistakes;
    for (const PolicyText &file : files) {
        const auto document = parse_document(file);
        if (!document) {
            mistakes.push_back(document.error());
            continue;
        }
        FileReader reader(file.name, std::move(policy));
        reader.read(*document);
        auto found = std::move(reader).mistakes();
        std::move(found.begin(), found.end(), std::back_inserter(mistakes));
        policy = std::move(reader).policy();
    }
    if (!mistakes.empty()) return tl::unexpected(std::move(mistakes));
    return policy;
}

}  // namespace kvmtune::policy
