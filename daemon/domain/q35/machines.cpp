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

bool is_q35(std::string_view machine) {
    return machine == "q35" || machine.starts_with("pc-q35");
}

bool is_q35(const Document &document) {
    const Tree &tree = document.tree();
    return is_q35(tree.value(tree.child(tree.child(Tree::root, "os"), "type"), "machine"));
}

}  // namespace kvmtune::domain::q35
