#include "daemon/domain/q35/machines.hpp"

namespace kvmtune::domain::q35 {

bool is_i440fx(std::string_view machine) {
    // Before QEMU 1.4 a version alone; "rhel6..." are those of RHEL 6.
    return machine == "pc" || machine == "ubuntu" || machine.starts_with("pc-i440fx") || machine.starts_with("pc-0.") ||
           machine.starts_with("pc-1.") || machine.starts_with("rhel6");
}

bool is_ancient(std::string_view machine) {
    return machine.starts_with("pc-0.") || machine.starts_with("pc-1.") || machine.starts_with("rhel6");
}

std::string successor_of(std::string_view machine) {
    constexpr std::string_view start = "pc-i440fx-";
    const auto version = machine.starts_with(start) ? machine.substr(start.size()) : std::string_view();
    const bool codename = !version.empty() && version[0] >= 'a' && version[0] <= 'z' && !version.starts_with("rhel");
    return codename || machine == "ubuntu" ? "ubuntu-q35" : "q35";
}

bool is_q35(std::string_view machine) {
    return machine == "q35" || machine == "ubuntu-q35" || machine.starts_with("pc-q35");
}

bool is_q35(const Document &document) {
    const Tree &tree = document.tree();
    return is_q35(tree.value(tree.child(tree.child(Tree::root, "os"), "type"), "machine"));
}

}  // namespace kvmtune::domain::q35
