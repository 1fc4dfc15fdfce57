#include "daemon/plan/rules/recipe.hpp"

#include <doctest/doctest.h>

#include "tests/unit/placement/hosts.hpp"

namespace recipe_test {

using namespace kvmtune::plan;

TEST_CASE("a guest of the reference documents' size gets the reference's values") {
    const Sysctls sysctls = recipe_for_guest(8 * gib);
    CHECK(sysctls.at("net.core.rmem_max") == "16777216");
    CHECK(sysctls.at("net.core.wmem_max") == "16777216");
    CHECK(sysctls.at("net.core.rmem_default") == "1048576");
    CHECK(sysctls.at("net.core.wmem_default") == "1048576");
    CHECK(sysctls.at("net.ipv4.tcp_rmem") == "4096 1048576 16777216");
    CHECK(sysctls.at("net.ipv4.tcp_wmem") == "4096 1048576 16777216");
    CHECK(sysctls.at("net.core.netdev_max_backlog") == "5000");
    CHECK(sysctls.at("net.core.somaxconn") == "65535");
    CHECK(sysctls.at("net.ipv4.tcp_mtu_probing") == "1");
    CHECK(sysctls.at("net.ipv4.tcp_window_scaling") == "1");
    CHECK(sysctls.size() == 10);
    CHECK(recipe_for_guest(gib) == sysctls);
    CHECK(recipe_for_guest(512 * gib) == sysctls);
}

TEST_CASE("below 1 GiB the sockets' defaults are left out and the largest buffers follow the memory") {
    const Sysctls sysctls = recipe_for_guest(gib / 2);
    CHECK(sysctls.count("net.core.rmem_default") == 0);
    CHECK(sysctls.count("net.core.wmem_default") == 0);
    CHECK(sysctls.at("net.ipv4.tcp_rmem") == "4096 131072 8388608");
    CHECK(sysctls.at("net.ipv4.tcp_wmem") == "4096 16384 8388608");
    CHECK(sysctls.at("net.core.rmem_max") == "8388608");
    CHECK(sysctls.at("net.core.wmem_max") == "8388608");
    CHECK(sysctls.at("net.core.somaxconn") == "65535");
    CHECK(recipe_for_guest(0).at("net.ipv4.tcp_rmem") == "4096 131072 1048576");
}

TEST_CASE("a host of the reference documents' size, or of no known one, gets the reference's values") {
    const Sysctls reference = {
        {"net.core.rmem_max", "16777216"},
        {"net.core.wmem_max", "16777216"},
        {"net.core.rmem_default", "1048576"},
        {"net.core.wmem_default", "1048576"},
        {"net.core.netdev_max_backlog", "5000"},
        {"net.core.somaxconn", "65535"},
        {"net.ipv4.tcp_rmem", "4096 1048576 16777216"},
        {"net.ipv4.tcp_wmem", "4096 1048576 16777216"},
        {"net.ipv4.tcp_mtu_probing", "1"},
        {"net.ipv4.tcp_window_scaling", "1"},
    };
    CHECK(recipe_for_host(192 * gib) == reference);
    CHECK(recipe_for_host(0) == reference);
}

TEST_CASE("a smaller host's sockets have smaller defaults: 10000 of them in an eighth of its memory") {
    CHECK(recipe_for_host(64 * gib).at("net.core.rmem_default") == "856064");
    CHECK(recipe_for_host(16 * gib).at("net.core.wmem_default") == "212992");
    CHECK(recipe_for_host(64 * gib).at("net.core.rmem_max") == "16777216");
    CHECK(recipe_for_host(64 * gib).at("net.ipv4.tcp_rmem") == "4096 1048576 16777216");
}

TEST_CASE("a small host's largest buffers are a 512th of its memory") {
    CHECK(recipe_for_host(8 * gib).at("net.core.rmem_max") == "16777216");
    CHECK(recipe_for_host(4 * gib).at("net.core.wmem_max") == "8388608");
    CHECK(recipe_for_host(gib / 4).at("net.ipv4.tcp_wmem") == "4096 524288 524288");
}

TEST_CASE("the largest buffer is never more than its share of the memory, nor less with more memory") {
    const auto largest = [](const Sysctls &sysctls) { return std::stoull(sysctls.at("net.core.rmem_max")); };
    for (std::uint64_t memory = gib / 16; memory < 20 * gib; memory += gib / 16) {
        CHECK(largest(recipe_for_guest(memory)) <= memory / 64);
        CHECK(largest(recipe_for_guest(memory)) <= largest(recipe_for_guest(memory + gib / 16)));
        CHECK(largest(recipe_for_host(memory)) <= memory / 512);
        CHECK(largest(recipe_for_host(memory)) <= largest(recipe_for_host(memory + gib / 16)));
    }
}

TEST_CASE("a value is raised field by field and never lowered") {
    CHECK(raised("212992", "16777216") == "16777216");
    CHECK(raised("4096 131072 33554432", "4096 1048576 16777216") == "4096 1048576 33554432");
    CHECK(raised("4096\t131072\t6291456", "4096 1048576 16777216") == "4096 1048576 16777216");
}

TEST_CASE("a value that is as large already is not raised") {
    CHECK(raised("16777216", "16777216") == std::nullopt);
    CHECK(raised("33554432", "16777216") == std::nullopt);
    CHECK(raised("9 9 9", "1 1 9") == std::nullopt);
}

TEST_CASE("values that cannot be compared are not raised") {
    CHECK(raised("cubic", "16777216") == std::nullopt);
    CHECK(raised("-1", "16777216") == std::nullopt);
    CHECK(raised("1 2", "16777216") == std::nullopt);
    CHECK(raised("", "16777216") == std::nullopt);
    CHECK(raised("99999999999999999999", "16777216") == std::nullopt);
}

}  // namespace recipe_test
