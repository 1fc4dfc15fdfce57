#include "guest-agent/options.hpp"

#include <optional>
#include <string_view>

namespace kvmtune::agent {

namespace {

/// The value of "--name=VALUE" or of "--name VALUE", in which case it moves on to that argument.
std::optional<std::string> value_of(std::string_view name, int count, char **arguments, int &at) {
    const std::string_view argument = arguments[at];
    if (argument == name && at + 1 < count) return arguments[++at];
    if (argument.substr(0, name.size()) != name || argument.substr(name.size(), 1) != "=") return std::nullopt;
    return std::string(argument.substr(name.size() + 1));
}

}  // namespace

Result<Options> options_from(int count, char **arguments) {
    Options options;
    for (int at = 1; at < count; ++at) {
        const std::string argument = arguments[at];
        if (argument == "--help" || argument == "-h") {
            options.action = Options::Action::show_help;
        } else if (argument == "--version") {
            options.action = Options::Action::show_version;
        } else if (auto port = value_of("--port", count, arguments, at)) {
            options.port = *port;
        } else if (auto root = value_of("--root", count, arguments, at)) {
            options.root = *root;
        } else {
            return failure(ErrorKind::invalid, argument + ": unknown option, or its value is missing");
        }
    }
    return options;
}

std::string usage() {
    return "Usage: kvmtune-agent [--port PATH] [--root DIR]\n"
           "\n"
           "Tunes the inside of this guest as the host's kvmtuned asks for, over the\n"
           "virtio-serial port org.kvmtune.agent.0, and gives everything back on demand.\n"
           "\n"
           "  --port PATH  the port's device (default: found by its name, waited for)\n"
           "  --root DIR   the file tree to work on (default: /)\n"
           "  --version    print the version\n"
           "  --help       print this\n";
}

}  // namespace kvmtune::agent
