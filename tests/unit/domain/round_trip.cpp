#include "tests/unit/domain/round_trip.hpp"

#include <set>
#include <vector>

#include "daemon/domain/elements.hpp"
#include "daemon/domain/facts.hpp"
#include "daemon/domain/metadata.hpp"
#include "daemon/domain/normal.hpp"
#include "daemon/domain/redacted.hpp"
#include "daemon/domain/unified_diff.hpp"

namespace kvmtune::domain::samples {

namespace {

/// The edits that this document allows, and what takes them back.
struct Trip {
    std::vector<Edit> there;
    std::vector<Edit> back;
};

Trip trip_of(const Document &document) {
    Trip trip;
    const std::vector<Edit> wanted = {{"cputune/vcpupin/0", "0"},
                                      {"cputune/vcpupin/2", "2"},
                                      {"cputune/emulatorpin", "8-9"},
                                      {"interface/52:54:00:12:34:56/driver/name", "vhost"},
                                      {"interface/52:54:00:12:34:56/driver/queues", "8"},
                                      {"interface/52:54:00:12:34:56/driver/rx_queue_size", "1024"},
                                      {"interface/52:54:00:12:34:56/mtu", "9000"},
                                      {"cputune/iothreadpin/1", "6"},
                                      {"numatune/memory/mode", "restrictive"},
                                      {"numatune/memory/nodeset", "0"},
                                      {"numatune/memnode", "0 1"},
                                      {"memoryBacking/hugepages", "2048"},
                                      {"cpu/mode", "host-passthrough"},
                                      {"cpu/check", "none"},
                                      {"cpu/topology", "sockets=1 dies=1 cores=4 threads=2"},
                                      {"cpu/feature/topoext", "require"},
                                      {"cpu/numa", "0-3:524288 4-7:524288"},
                                      {"disk/vda/driver/cache", "none"},
                                      {"disk/vda/driver/io", "native"},
                                      {"channel/org.kvmtune.agent.0", "virtio"}};
    for (const Edit &edit : wanted) {
        const auto now = value_of(document, edit.element);
        const bool of_cells = edit.element == "cpu/numa" || edit.element == "numatune/memnode";
        if (!now || (of_cells && *now)) continue;  // a user's cells stay
        trip.there.push_back(edit);
        trip.back.push_back({edit.element, *now});
    }
    return trip;
}

Tuned block_of(const Document &document, const Trip &trip) {
    Tuned tuned;
    for (std::size_t i = 0; i < trip.there.size(); ++i) {
        tuned.holds[{plan::TargetKind::element, document.uuid(), trip.there[i].element}] = {
            "", trip.back[i].value, *trip.there[i].value, trip.there[i].value, {}};
    }
    return tuned;
}

/// Whether every value that an edit may replace is written as it reads, without a reference or a tab in it.
bool values_read_as_written(const Document &document) {
    for (const Attribute &attribute : document.tree().attributes) {
        const std::string raw = document.bytes().substr(attribute.raw.begin, attribute.raw.end - attribute.raw.begin);
        static const std::set<std::string> names = {
            "cache",   "check",  "clusters", "cores",         "cpuset", "dies",    "io",      "mode", "name",
            "nodeset", "policy", "queues",   "rx_queue_size", "size",   "sockets", "threads", "unit"};
        const bool replaced = names.contains(attribute.name);
        if (replaced && raw != attribute.value) return false;
    }
    return true;
}

/// Whether it is the document again: byte for byte, or in meaning where a replaced value was written in another way.
bool is_again(const Result<Document> &back, const Document &document) {
    if (!back) return false;
    return values_read_as_written(document) ? back->bytes() == document.bytes() : same_meaning(*back, document);
}

/// Whether all bytes of the left come in the right, in this order.
bool comes_in(const std::string &left, const std::string &right) {
    std::size_t at = 0;
    for (const char c : right) {
        if (at < left.size() && left[at] == c) ++at;
    }
    return at == left.size();
}

bool only_adds(const Trip &trip) {
    for (const Edit &edit : trip.back) {
        if (edit.value) return false;
    }
    return true;
}

}  // namespace

std::string round_trip(const std::string &bytes) {
    const auto document = Document::parse(bytes, "f.xml");
    if (!document) return document.error().what.starts_with("f.xml:") ? "unreadable" : "an error without a place";
    static_cast<void>(facts_of(*document));
    static_cast<void>(redacted(*document));

    const Trip trip = trip_of(*document);
    const auto there = with(*document, trip.there);
    if (!there) return "there: " + there.error().what;
    for (const Edit &edit : trip.there) {
        const plan::Target target{plan::TargetKind::element, "", edit.element};
        if (!plan::same_value(target, *value_of(*there, edit.element), edit.value)) return "not there: " + edit.element;
    }
    if (only_adds(trip) && !comes_in(bytes, there->bytes())) return "bytes were lost on the way there";
    if (!is_again(with(*there, trip.back), *document)) return "not back: " + there->bytes();

    if (bytes.find("tuned") != std::string::npos) return "";  // a block of its own would go as well
    const auto held = with_tuned(*there, block_of(*document, trip));
    if (!held) return "holds: " + held.error().what;
    const auto without = without_us(*held);
    if (!without) return "without us: " + without.error().what;
    return is_again(without, *document) ? "" : "not without us: " + unified_diff(bytes, without->bytes(), "a", "b");
}

}  // namespace kvmtune::domain::samples
