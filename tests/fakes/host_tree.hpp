// A small host as a tree of files in a temporary directory: enough of /proc and /sys for a plan.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "base/root.hpp"

namespace kvmtune::fakes {

class HostTree {
  public:
    static constexpr const char *topology = "numa:2(memory=8GB) core:4 pu:2";

    HostTree() {
        char name[] = "/tmp/kvmtune-host-XXXXXX";
        path_ = ::mkdtemp(name);
        write("proc/sys/kernel/osrelease", "6.1.0\n");
        write("proc/sys/kernel/random/boot_id", "11111111-2222-4333-8444-555555555555\n");
        write("proc/modules", "vhost_net 1 0 - Live 0x0\n");
        write("proc/sys/net/core/somaxconn", "4096\n");
        write("proc/sys/net/core/rmem_max", "212992\n");
        write("proc/sys/net/core/wmem_max", "212992\n");
        write("proc/sys/net/core/netdev_max_backlog", "1000\n");
        std::filesystem::create_directories(path_ / "sys/module/vhost_net");
    }
    HostTree(const HostTree &) = delete;
    HostTree &operator=(const HostTree &) = delete;
    ~HostTree() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    [[nodiscard]] std::string path() const { return path_.string(); }
    void write(const std::string &file, const std::string &text) const {
        std::filesystem::create_directories((path_ / file).parent_path());
        std::ofstream(path_ / file, std::ios::binary) << text;
    }
    [[nodiscard]] std::string read(const std::string &file) const {
        std::ifstream stream(path_ / file, std::ios::binary);
        std::ostringstream text;
        text << stream.rdbuf();
        return text.str();
    }
    [[nodiscard]] bool has(const std::string &file) const { return std::filesystem::exists(path_ / file); }

  private:
    std::filesystem::path path_;
};

}  // namespace kvmtune::fakes
