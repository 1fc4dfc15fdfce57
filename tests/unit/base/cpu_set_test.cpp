#include "base/cpu_set.hpp"

#include <doctest/doctest.h>

namespace cpu_set_test {

using kvmtune::CpuSet;
using kvmtune::ErrorKind;

namespace {

std::string again(std::string_view text) {
    const auto set = CpuSet::parse(text);
    return set ? set->text() : "refused: " + set.error().what;
}

}  // namespace

TEST_CASE("a CPU list comes out in the kernel's form") {
    CHECK(again("0-3,8") == "0-3,8");
    CHECK(again("8,3,2,1,0") == "0-3,8");
    CHECK(again("0,1") == "0-1");
    CHECK(again("1-2,2-5") == "1-5");
    CHECK(again("7") == "7");
    CHECK(again(" 0-1, 4\n") == "0-1,4");
    CHECK(again("8191") == "8191");
}

TEST_CASE("a set in words has its noun in the right number") {
    CHECK(kvmtune::numbered("CPU", {4}) == "CPU 4");
    CHECK(kvmtune::numbered("vCPU", {0, 1, 2, 8}) == "vCPUs 0-2,8");
}

TEST_CASE("no text is the empty set") {
    CHECK(again("").empty());
    CHECK(again("\n").empty());
    CHECK(CpuSet().text().empty());
    CHECK(CpuSet().empty());
}

TEST_CASE("libvirt's exclusions take CPUs out of what stands before them") {
    CHECK(again("0-7,^3") == "0-2,4-7");
    CHECK(again("0-7,^2-3") == "0-1,4-7");
    CHECK(again("0-7,^3,3") == "0-7");
    CHECK(again("^3").empty());
}

TEST_CASE("what is no CPU list is refused and shown") {
    for (const auto *text : {",", "1,", ",1", "1,,2", "-", "-1", "1-", "3-1", "a", "1 2", "0x3", "+1", "1-2-3", "^",
                             "^^1", "1.5", "99999999999999999999"}) {
        CAPTURE(text);
        const auto set = CpuSet::parse(text);
        REQUIRE_FALSE(set);
        CHECK(set.error().kind == ErrorKind::invalid);
        CHECK(set.error().what.find('"' + std::string(text) + '"') != std::string::npos);
    }
}

TEST_CASE("a number beyond the kernel's largest is refused, however long the range") {
    CHECK(again("8192") == "refused: CPU 8192 is beyond the kernel's largest number");
    CHECK_FALSE(CpuSet::parse("0-4294967295"));
    CHECK_FALSE(CpuSet::parse("^8192"));
}

TEST_CASE("sets are joined, cut and taken from one another") {
    const CpuSet left = {0, 1, 2, 3};
    const CpuSet right = {2, 3, 4};
    CHECK((left | right) == CpuSet::range(0, 4));
    CHECK((left & right) == CpuSet{2, 3});
    CHECK((left - right) == CpuSet{0, 1});
    CHECK((left & CpuSet{9}).empty());
}

TEST_CASE("containing and meeting are told apart") {
    const CpuSet set = {0, 1, 2};
    CHECK(set.contains(2));
    CHECK_FALSE(set.contains(3));
    CHECK(set.contains(CpuSet{0, 2}));
    CHECK(set.contains(CpuSet{}));
    CHECK_FALSE(set.contains(CpuSet{2, 3}));
    CHECK(set.intersects(CpuSet{2, 3}));
    CHECK_FALSE(set.intersects(CpuSet{3}));
    CHECK_FALSE(set.intersects(CpuSet{}));
}

TEST_CASE("a set knows its first and last CPU and its size") {
    CpuSet set = {5, 3, 9};
    CHECK(set.first() == 3);
    CHECK(set.last() == 9);
    CHECK(CpuSet{63, 64, 127, 130}.last() == 130);
    CHECK(CpuSet{63}.last() == 63);
    CHECK(set.size() == 3);
    set.erase(3);
    set.insert(9);
    CHECK(set.first() == 5);
    CHECK(set.size() == 2);
}

}  // namespace cpu_set_test
