// libFuzzer: any bytes make the round trip or are refused.
//   CXX=clang++ meson setup build-fuzz -Db_sanitize=address,undefined -Db_lundef=false
//   -Dcpp_args=-fsanitize=fuzzer-no-link ninja -C build-fuzz tests/unit/domain/domain-fuzz &&
//   build-fuzz/tests/unit/domain/domain-fuzz -max_len=4096 CORPUS
#include <cstdio>
#include <cstdlib>

#include "tests/unit/domain/round_trip.hpp"

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size) {
    const std::string bytes(reinterpret_cast<const char *>(data), size);
    const std::string complaint = kvmtune::domain::samples::round_trip(bytes);
    if (complaint.empty() || complaint == "unreadable") return 0;
    std::fprintf(stderr, "%s\n", complaint.c_str());
    std::abort();
}
