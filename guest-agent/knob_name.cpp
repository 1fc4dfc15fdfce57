#include "guest-agent/knob_name.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

#include "base/links.hpp"
#include "base/sysctl.hpp"

namespace kvmtune::agent {

namespace {

constexpr unsigned most_int = std::numeric_limits<int>::max();
constexpr unsigned most_channels = 65535;
constexpr unsigned most_ring = 1u << 20;
constexpr std::size_t mac_length = 17;

enum class Shape { number, digit, flag, triple, word };

struct Allowed {
    const char *name;
    Shape shape;
};

constexpr std::array<Allowed, 12> allowed{{
    {"net.core.netdev_max_backlog", Shape::number},
    {"net.core.optmem_max", Shape::number},
    {"net.core.rmem_default", Shape::number},
    {"net.core.rmem_max", Shape::number},
    {"net.core.somaxconn", Shape::number},
    {"net.core.wmem_default", Shape::number},
    {"net.core.wmem_max", Shape::number},
    {"net.ipv4.tcp_congestion_control", Shape::word},
    {"net.ipv4.tcp_mtu_probing", Shape::digit},
    {"net.ipv4.tcp_rmem", Shape::triple},
    {"net.ipv4.tcp_window_scaling", Shape::flag},
    {"net.ipv4.tcp_wmem", Shape::triple},
}};

struct NicKnob {
    const char *name;
    KnobName::Kind kind;
};

constexpr std::array<NicKnob, 5> nic_knobs{{
    {"channels", KnobName::Kind::channels},
    {"mtu", KnobName::Kind::mtu},
    {"name", KnobName::Kind::name},
    {"rings/rx", KnobName::Kind::rx_ring},
    {"rings/tx", KnobName::Kind::tx_ring},
}};

const Allowed *allowed_sysctl(const std::string &name) {
    for (const Allowed &entry : allowed) {
        if (name == entry.name) return &entry;
    }
    return nullptr;
}

Result<> check_positive(const std::string &value) {
    if (TRY(number_from(value, most_int)) == 0) return failure(ErrorKind::invalid, "0 is too small");
    return {};
}

Result<> check_triple(const std::string &value) {
    unsigned last = 0;
    std::size_t start = 0;
    for (int field = 0; field < 3; ++field) {
        const auto end = field < 2 ? value.find(' ', start) : value.size();
        if (end == std::string::npos) return failure(ErrorKind::invalid, "not three numbers");
        const unsigned number = TRY(number_from(value.substr(start, end - start), most_int));
        if (number == 0 || number < last) return failure(ErrorKind::invalid, "not three ascending numbers");
        last = number;
        start = end + 1;
    }
    return {};
}

Result<> check_word(const std::string &value) {
    constexpr std::size_t longest = 15;  // TCP_CA_NAME_MAX, without its end
    const bool good = std::all_of(value.begin(), value.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
    });
    if (value.empty() || value.size() > longest || !good) return failure(ErrorKind::invalid, "not a name");
    return {};
}

bool is_kernel_name(const std::string &value) {
    return value.size() > 3 && value.starts_with("eth") &&
           value.find_first_not_of("0123456789", 3) == std::string::npos;
}

/// A name that one would give a link. Those that the kernel gives ("eth0") are given in the order of discovery: to ask
/// udev for one is to ask for a collision.
Result<> check_link_name(const std::string &value) {
    constexpr std::size_t longest = 15;  // IFNAMSIZ, without its end
    const bool good = std::all_of(value.begin(), value.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
               c == '.';
    });
    const bool has_letter = value.find_first_not_of("0123456789._-") != std::string::npos;
    if (value.size() > longest || !good || !has_letter) return failure(ErrorKind::invalid, "not a link's name");
    if (is_kernel_name(value)) return failure(ErrorKind::invalid, "a name that the kernel gives");
    return {};
}

Result<> check_shape(Shape shape, const std::string &value) {
    switch (shape) {
        case Shape::number:
            return check_positive(value);
        case Shape::digit:
            return number_from(value, 2).map([](unsigned) {});
        case Shape::flag:
            return number_from(value, 1).map([](unsigned) {});
        case Shape::triple:
            return check_triple(value);
        case Shape::word:
            return check_word(value);
    }
    return failure(ErrorKind::unsupported, "no such shape");
}

Result<> check_range(const std::string &value, unsigned least, unsigned most) {
    if (TRY(number_from(value, most)) < least) {
        return failure(ErrorKind::invalid, "less than " + std::to_string(least));
    }
    return {};
}

}  // namespace

std::vector<std::string> allowed_sysctls() {
    std::vector<std::string> names;
    for (const Allowed &entry : allowed) names.emplace_back(entry.name);
    return names;
}

std::vector<std::string> knobs_of_nics() {
    std::vector<std::string> names;
    for (const NicKnob &entry : nic_knobs) names.emplace_back(entry.name);
    return names;
}

Result<KnobName> knob_from(const std::string &knob) {
    const auto first = knob.find('/');
    const std::string folder = knob.substr(0, first);
    const std::string rest = first == std::string::npos ? "" : knob.substr(first + 1);
    if (folder == "sysctl" && allowed_sysctl(rest) != nullptr) return KnobName{KnobName::Kind::sysctl, rest};
    const std::string mac = rest.substr(0, mac_length);
    if (folder == "nic" && is_mac(mac)) {
        for (const NicKnob &entry : nic_knobs) {
            if (rest.substr(mac_length) == std::string("/") + entry.name) return KnobName{entry.kind, mac};
        }
    }
    return failure(ErrorKind::unsupported, "not on the agent's list");
}

Result<> check_value(const KnobName &knob, const std::string &value) {
    switch (knob.kind) {
        case KnobName::Kind::sysctl:
            return check_shape(allowed_sysctl(knob.key)->shape, value);
        case KnobName::Kind::channels:
            return check_range(value, 1, most_channels);
        case KnobName::Kind::mtu:
            return check_range(value, least_mtu, most_mtu);
        case KnobName::Kind::rx_ring:
        case KnobName::Kind::tx_ring:
            return check_range(value, 1, most_ring);
        case KnobName::Kind::name:
            return check_link_name(value);
    }
    return failure(ErrorKind::unsupported, "not on the agent's list");
}

Result<unsigned> number_from(const std::string &text, unsigned most) {
    unsigned number = 0;
    const char *end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, number);
    const bool leading_zero = text.size() > 1 && text[0] == '0';
    if (parsed.ec == std::errc::result_out_of_range) return failure(ErrorKind::invalid, "too large");
    if (parsed.ec != std::errc() || parsed.ptr != end || leading_zero) {
        return failure(ErrorKind::invalid, "not a whole number");
    }
    if (number > most) return failure(ErrorKind::invalid, "more than " + std::to_string(most));
    return number;
}

}  // namespace kvmtune::agent
