#include "guest-agent/code_pages.hpp"

#include <link.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>

namespace kvmtune::agent {

namespace {

/// The pages of one segment, if they are as they are in the file.
void leave(std::uintptr_t base, const ElfW(Phdr) & segment) {
    if (segment.p_type != PT_LOAD || (segment.p_flags & PF_W) != 0) return;
    const auto page = static_cast<std::uintptr_t>(sysconf(_SC_PAGESIZE));
    const std::uintptr_t start = (base + segment.p_vaddr) / page * page;
    const std::uintptr_t end = base + segment.p_vaddr + segment.p_memsz;
    (void)madvise(reinterpret_cast<void *>(start), end - start, MADV_DONTNEED);
}

/// The program itself comes first, libraries are not asked for.
int leave_first(dl_phdr_info *object, std::size_t, void *) noexcept {
    for (ElfW(Half) i = 0; i < object->dlpi_phnum; ++i) leave(object->dlpi_addr, object->dlpi_phdr[i]);
    return 1;
}

}  // namespace

void leave_code_pages() {
    (void)dl_iterate_phdr(leave_first, nullptr);
}

}  // namespace kvmtune::agent
