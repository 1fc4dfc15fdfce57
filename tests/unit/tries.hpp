// How many random cases a test tries.
#pragma once

namespace kvmtune {

/// All of them; a tenth under AddressSanitizer, where each takes ten times as long and is looked at for something else.
constexpr unsigned tries(unsigned number) {
#ifdef __SANITIZE_ADDRESS__
    return number / 10;
#else
    return number;
#endif
}

}  // namespace kvmtune
