#include "daemon/plan/rules/recipe.hpp"

#include <doctest/doctest.h>

#include "tests/unit/placement/hosts.hpp"

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
    CHECK(recipe_for_guest(gib) == sysctls);
}

TEST_CASE("below 1 GiB the sockets' defaults are left out and TCP's largest buffers follow the memory") {
    const Sysctls sysctls = recipe_for_guest(gib / 2);
    CHECK(sysctls.count("net.core.rmem_default") == 0);
    CHECK(sysctls.count("net.core.wmem_default") == 0);
    CHECK(sysctls.at("net.ipv4.tcp_rmem") == "4096 131072 8388608");
    CHECK(sysctls.at("net.ipv4.tcp_wmem") == "4096 16384 8388608");
    CHECK(recipe_for_guest(0).at("net.ipv4.tcp_rmem") == "4096 131072 1048576");
}

TEST_CASE("the host's defaults of all sockets are not raised") {
    CHECK(recipe_for_host().count("net.core.rmem_default") == 0);
    CHECK(recipe_for_host().count("net.core.wmem_default") == 0);
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
