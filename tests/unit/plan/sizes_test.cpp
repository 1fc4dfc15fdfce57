#include "daemon/plan/sizes.hpp"

#include <doctest/doctest.h>

namespace sizes_test {

using namespace kvmtune::plan;

TEST_CASE("an amount is said in its largest unit, with a decimal where it is uneven") {
    CHECK(size_text(0) == "0 bytes");
    CHECK(size_text(1023) == "1023 bytes");
    CHECK(size_text(1024) == "1 KiB");
    CHECK(size_text(856064) == "836 KiB");
    CHECK(size_text(512u << 20) == "512 MiB");
    CHECK(size_text(1536u << 20) == "1.5 GiB");
    CHECK(size_text(std::uint64_t{2047} << 30) == "1.9 TiB");
    CHECK(size_text(std::uint64_t{5000} << 40) == "5000 TiB");
}

TEST_CASE("a guest surely has what its balloon leaves it") {
    DomainFacts domain;
    CHECK(memory_of(domain) == 0);
    domain.memory = 8;
    CHECK(memory_of(domain) == 8);
    domain.memory_at_start = 3;
    CHECK(memory_of(domain) == 3);
    domain.memory_at_start = 16;
    CHECK(memory_of(domain) == 8);
}

}  // namespace sizes_test
