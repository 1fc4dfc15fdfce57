#include "daemon/libvirt/load.hpp"

#include <doctest/doctest.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>

namespace load_test {

using namespace kvmtune;
using libvirt::open_hypervisor;

TEST_CASE("without the module the error names the places") {
    const auto opened = open_hypervisor("test:///default", {"/nowhere/a.so", "/nowhere/b.so"});
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().kind == ErrorKind::unsupported);
    CHECK(opened.error().what == "a.so: not found (/nowhere/a.so, /nowhere/b.so)");
}

TEST_CASE("a file that is no module is refused in the loader's words") {
    std::string folder = (std::filesystem::temp_directory_path() / "kvmtune-XXXXXX").string();
    REQUIRE(mkdtemp(folder.data()) != nullptr);
    const std::string file = folder + "/kvmtune-libvirt.so";
    std::ofstream(file) << "not a library";
    const auto opened = open_hypervisor("test:///default", {file});
    std::filesystem::remove_all(folder);
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().kind == ErrorKind::unsupported);
    CHECK(opened.error().what.find(file) != std::string::npos);
    CHECK(opened.error().what.find("install") == std::string::npos);
}

TEST_CASE("a library without our table is refused") {
    const auto opened = open_hypervisor("test:///default", {"/lib/x86_64-linux-gnu/libm.so.6"});
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().kind == ErrorKind::unsupported);
}

TEST_CASE("the module of this build connects") {
    auto opened = open_hypervisor("test:///default");
    REQUIRE(opened.has_value());
    CHECK((*opened)->uri() == "test:///default");
}

TEST_CASE("a hypervisor that is not there is an error with its address") {
    const auto opened = open_hypervisor("test:///no/such/file");
    REQUIRE_FALSE(opened.has_value());
    CHECK(opened.error().what.starts_with("connect to test:///no/such/file: "));
    const auto remote = open_hypervisor("qemu+unix:///system?socket=/no/such/socket");
    REQUIRE_FALSE(remote.has_value());
    CHECK(remote.error().what.find("No such file or directory") != std::string::npos);
}

}  // namespace load_test
