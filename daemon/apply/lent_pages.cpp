#include "daemon/apply/lent_pages.hpp"

#include <time.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <sstream>
#include <utility>
#include <vector>

#include "base/lock.hpp"
#include "daemon/apply/huge_pages.hpp"
#include "daemon/facts/memory.hpp"
#include "daemon/facts/threads.hpp"
#include "daemon/plan/guest_pages.hpp"
#include "daemon/plan/pool.hpp"

namespace kvmtune::apply {

namespace {

using plan::PoolName;

constexpr std::int64_t longest_start = 120;  ///< seconds between a guest's first hook and its QEMU
constexpr std::chrono::milliseconds lock_patience{1000};
/// While another guest's pages are made, which takes seconds; libvirt's hook waits for them.
constexpr std::chrono::milliseconds lend_patience{8000};

/// What a pool has more for a guest, what it would be without any loan, and all that the guest is to have of it.
struct Loan {
    std::uint64_t pages = 0;
    std::uint64_t base = 0;
    std::uint64_t needed = 0;
};

using Loans = std::map<PoolName, Loan>;

/// What was lent for a guest, as text:
///     web01
///     starting 4711          or: running
///     node0/2048kB 160 40 180    pages, the base, and what it needs
struct Record {
    std::string name;                     ///< the domain's
    std::optional<std::int64_t> started;  ///< seconds of CLOCK_BOOTTIME, while QEMU is not there yet
    Loans loans;
};

std::int64_t now() {
    timespec time{};
    ::clock_gettime(CLOCK_BOOTTIME, &time);
    return time.tv_sec;
}

std::string file_of(const std::string &uuid) {
    return std::string(lent_folder) + "/" + uuid;
}

std::string text_of(const Record &record) {
    std::string text = record.name + "\n" +
                       (record.started ? "starting " + std::to_string(*record.started) : std::string("running")) + "\n";
    for (const auto &[pool, loan] : record.loans)
        text += plan::pool_target(pool).name + " " + std::to_string(loan.pages) + " " + std::to_string(loan.base) +
                " " + std::to_string(loan.needed) + "\n";
    return text;
}

Record record_from(const std::string &text) {
    std::istringstream lines(text);
    Record record;
    std::string state;
    std::getline(lines, record.name);
    std::getline(lines, state);
    const std::string starting = "starting ";
    if (state.starts_with(starting)) {
        std::int64_t time = 0;
        std::from_chars(state.data() + starting.size(), state.data() + state.size(), time);
        record.started = time;
    }
    std::string pool;
    Loan loan;
    while (lines >> pool >> loan.pages >> loan.base >> loan.needed)
        if (const auto name = plan::pool_named({plan::TargetKind::pool, "", pool})) record.loans[*name] = loan;
    return record;
}

std::map<std::string, Record> records(const Root &root) {
    std::map<std::string, Record> all;
    for (const auto &uuid : root.list(lent_folder).value_or(std::vector<std::string>())) {
        if (uuid.find('.') != std::string::npos) continue;  // a process ended while it replaced a file
        if (const auto text = root.read(file_of(uuid))) all.emplace(uuid, record_from(*text));
    }
    return all;
}

Result<> write(const Root &root, const std::string &uuid, const Record &record) {
    TRY(root.make_directories(lent_folder));
    return root.replace(file_of(uuid), text_of(record));
}

Result<Fd> lock(const Root &root, std::chrono::milliseconds patience = lock_patience) {
    return take_lock(root, "run/kvmtune/pages.lock", patience);
}

/// What was lent of a pool for other guests than this one.
std::uint64_t lent_to_others(const std::map<std::string, Record> &all, const std::string &but, const PoolName &pool) {
    std::uint64_t pages = 0;
    for (const auto &[uuid, record] : all)
        if (const auto loan = record.loans.find(pool); uuid != but && loan != record.loans.end())
            pages += loan->second.pages;
    return pages;
}

/// Free pages of a pool that others are about to take.
std::uint64_t promised_to_others(const std::map<std::string, Record> &all, const std::string &but,
                                 const PoolName &pool) {
    std::uint64_t pages = 0;
    for (const auto &[uuid, record] : all)
        if (const auto loan = record.loans.find(pool); uuid != but && record.started && loan != record.loans.end())
            pages += loan->second.needed;
    return pages;
}

std::uint64_t less(std::uint64_t from, std::uint64_t by) {
    return from - std::min(from, by);
}

/// One node's pool, as far as a guest can have of it.
struct Offer {
    PoolName pool;
    std::uint64_t base = 0;    ///< pages without any loan
    std::uint64_t free = 0;    ///< pages that nobody is about to take
    std::uint64_t growth = 0;  ///< pages that it could have more
};

std::vector<Offer> offers_for(const Root &root, const plan::HugePagePolicy &policy, const plan::DomainFacts &facts,
                              std::uint64_t page_kib) {
    const auto all = records(root);
    std::map<unsigned, std::uint64_t> spare;
    for (const auto &node : facts::node_memory(root)) spare[node.node] = less(node.free, policy.kept_of(node.total));
    std::vector<Offer> offers;
    for (const auto &pool : facts::pools(root)) {
        if (pool.page_kib != page_kib) continue;
        const PoolName name{pool.node, pool.page_kib};
        offers.push_back({name, less(pool.total, lent_to_others(all, facts.uuid, name)),
                          less(pool.free, promised_to_others(all, facts.uuid, name)),
                          spare[pool.node] / (page_kib * 1024)});
    }
    std::stable_sort(offers.begin(), offers.end(), [](const Offer &left, const Offer &right) {
        return left.free + left.growth > right.free + right.growth;
    });
    return offers;
}

std::string refusal(const std::vector<Offer *> &offers, std::uint64_t needed, std::uint64_t page_kib) {
    std::string text = "it needs " + std::to_string(needed) + " huge pages of " + plan::page_text(page_kib);
    for (const Offer *offer : offers)
        text += ", node " + std::to_string(offer->pool.node) + " has " + std::to_string(offer->free) +
                " free and memory for " + std::to_string(offer->growth) + " more";
    return text + " (host.hugepages.keep_free stays free)";
}

/// What a piece of the guest's memory is to have of each pool, and how much of it is missing there: it is taken from
/// the offers. The first offer alone serves where it can.
Result<> add_loans(Loans &loans, std::vector<Offer> &all, const plan::PagePiece &piece, std::uint64_t page_kib) {
    std::vector<Offer *> offers;
    std::uint64_t there = 0;
    for (Offer &offer : all) {
        if (piece.nodes && !piece.nodes->contains(offer.pool.node)) continue;
        offers.push_back(&offer);
        there += offer.free + offer.growth;
    }
    if (there < piece.pages) return failure(ErrorKind::failed, refusal(offers, piece.pages, page_kib));
    std::uint64_t missing = piece.pages;
    const auto take = [&](Offer &offer) {
        const auto part = std::min(missing, offer.free + offer.growth);
        if (part == 0) return;
        const auto made = less(part, offer.free);
        Loan &loan = loans[offer.pool];
        loan.base = offer.base;
        loan.pages += made;
        loan.needed += part;
        offer.free = less(offer.free, part);
        offer.growth -= made;
        missing -= part;
    };
    const auto serves = [&](const Offer *offer) { return offer->free >= piece.pages; };
    const auto ready = std::find_if(offers.begin(), offers.end(), serves);
    if (ready != offers.end()) take(**ready);
    for (Offer *const offer : offers) take(*offer);
    return {};
}

/// Without compaction first, which takes its time and is seldom needed.
Result<> grow(const Root &root, const PoolName &pool, std::uint64_t by) {
    auto door = door_of(root, pool);
    const auto compact = std::exchange(door.compact, [] {});
    const auto size = TRY(door.look()).total + by;
    if (resize(door, size)) return {};
    compact();
    return resize(door, size);
}

/// What is above the base and not lent for others is its own: what somebody took from the pool is taken from that. What
/// is in use stays recorded, for later.
Result<> shrink(const Root &root, const std::map<std::string, Record> &all, const std::string &uuid) {
    Record left = all.at(uuid);
    left.started.reset();
    for (auto &[name, loan] : left.loans) {
        const auto door = door_of(root, name);
        const auto pool = TRY(door.look());
        loan.pages = std::min(loan.pages, less(pool.total, loan.base + lent_to_others(all, uuid, name)));
        loan.needed = 0;
        const auto back = std::min(loan.pages, less(pool.free, promised_to_others(all, uuid, name)));
        TRY(resize(door, pool.total - back));
        loan.pages -= back;
    }
    std::erase_if(left.loans, [](const auto &loan) { return loan.second.pages == 0; });
    return left.loans.empty() ? root.remove(file_of(uuid)) : write(root, uuid, left);
}

Result<> shrink_if_lent(const Root &root, const std::string &uuid) {
    const auto all = records(root);
    return all.count(uuid) == 0 ? Result<>() : shrink(root, all, uuid);
}

/// They are: what was not lent for it is none of ours.
Result<> take(const Root &root, const std::string &uuid, Record record) {
    record.started.reset();
    std::erase_if(record.loans, [](const auto &loan) { return loan.second.pages == 0; });
    return record.loans.empty() ? root.remove(file_of(uuid)) : write(root, uuid, record);
}

/// Of guests that have gone, or whose start is over.
Result<> settle(const Root &root) {
    for (const auto &[uuid, record] : records(root)) {
        const bool is_starting = record.started && now() - *record.started < longest_start;
        if (is_starting) continue;
        const bool runs = facts::qemu_pid(root, record.name).has_value();
        if (!runs) TRY(shrink_if_lent(root, uuid));
        if (runs && record.started) TRY(take(root, uuid, record));
    }
    return {};
}

}  // namespace

Result<> lend_pages(const Root &root, const plan::HugePagePolicy &policy, const plan::DomainFacts &facts) {
    if (!facts.backing.hugepages || facts.backing.pages_by_node || facts.memory == 0) return {};
    const auto page_kib = facts.backing.page_kib.value_or(facts::default_page_kib(root));
    const auto held = TRY(lock(root, lend_patience));
    TRY(settle(root));
    TRY(shrink_if_lent(root, facts.uuid));
    auto offers = offers_for(root, policy, facts, page_kib);
    Loans loans;
    for (const auto &piece : plan::pieces_of_guest(facts, page_kib)) TRY(add_loans(loans, offers, piece, page_kib));
    TRY(write(root, facts.uuid, {facts.name, now(), loans}));
    for (const auto &[pool, loan] : loans) {
        const auto grown = loan.pages == 0 ? Result<>() : grow(root, pool, loan.pages);
        if (grown) continue;
        TRY(shrink_if_lent(root, facts.uuid));
        return grown;
    }
    return {};
}

Result<> pages_are_taken(const Root &root, const std::string &uuid) {
    if (!root.exists(file_of(uuid))) return {};
    const auto held = TRY(lock(root));
    return take(root, uuid, record_from(TRY(root.read(file_of(uuid)))));
}

Result<> take_back_pages(const Root &root, const std::string &uuid) {
    if (!root.exists(file_of(uuid))) return {};
    const auto held = TRY(lock(root));
    return shrink_if_lent(root, uuid);
}

Result<> settle_lent_pages(const Root &root) {
    if (records(root).empty()) return {};
    const auto held = TRY(lock(root));
    return settle(root);
}

Result<> pages_have_left(const Root &root, const PoolName &pool, std::uint64_t pages) {
    if (records(root).empty()) return {};
    const auto held = TRY(lock(root));
    for (auto &[uuid, record] : records(root)) {
        const auto loan = record.loans.find(pool);
        if (loan == record.loans.end()) continue;
        Record lower = record;
        lower.loans.at(pool).base = less(loan->second.base, pages);
        TRY(write(root, uuid, lower));
    }
    return {};
}

}  // namespace kvmtune::apply
