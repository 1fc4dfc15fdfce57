#include <getopt.h>

#include <cstdio>
#include <string_view>

#include "daemon/service/daemon.hpp"

namespace {

constexpr const char *usage =
    "kvmtuned [--connect URI] [--policy FILE] [--root FOLDER] [--topology DESCRIPTION]\n"
    "Keeps this host and its guests tuned as /etc/kvmtune says; see kvmtuned(8).\n";

/// The exit status to end with at once, or nothing.
std::optional<int> read_arguments(int argc, char **argv, kvmtune::service::Options &options) {
    const option known[] = {{"connect", required_argument, nullptr, 'c'},
                            {"policy", required_argument, nullptr, 'p'},
                            {"root", required_argument, nullptr, 'r'},
                            {"topology", required_argument, nullptr, 't'},
                            {"version", no_argument, nullptr, 'v'},
                            {"help", no_argument, nullptr, 'h'},
                            {nullptr, 0, nullptr, 0}};
    for (int one = 0; (one = ::getopt_long(argc, argv, "c:h", known, nullptr)) != -1;) {
        if (one == 'c') {
            options.uri = optarg;
        } else if (one == 'p') {
            options.policy = optarg;
        } else if (one == 'r') {
            options.root = optarg;
        } else if (one == 't') {
            options.topology = optarg;
        } else if (one == 'v' || one == 'h') {
            std::fputs(one == 'v' ? "kvmtuned " KVMTUNE_VERSION "\n" : usage, stdout);
            return 0;
        } else {
            std::fputs(usage, stderr);
            return 2;
        }
    }
    if (optind == argc) return std::nullopt;
    std::fputs(usage, stderr);
    return 2;
}

}  // namespace

int main(int argc, char **argv) {
    kvmtune::service::Options options;
    if (const auto status = read_arguments(argc, argv, options)) return *status;
    const auto status = kvmtune::service::run_daemon(options);
    if (status) return *status;
    std::fprintf(stderr, "kvmtuned: %s\n", status.error().what.c_str());
    return 1;
}
