// Runs a command line in this process and keeps what it prints.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

#include "daemon/cli/run.hpp"

namespace kvmtune::cli {

struct Said {
    int status = 0;
    std::string out;
    std::string err;
};

namespace detail {

template <class MakeTerminal>
Said said(const std::vector<std::string> &arguments, MakeTerminal terminal_on) {
    char *out = nullptr;
    char *err = nullptr;
    std::size_t out_size = 0;
    std::size_t err_size = 0;
    std::FILE *out_stream = ::open_memstream(&out, &out_size);
    std::FILE *err_stream = ::open_memstream(&err, &err_size);
    Said said;
    said.status = run(arguments, terminal_on(out_stream, err_stream));
    std::fclose(out_stream);
    std::fclose(err_stream);
    said.out.assign(out, out_size);
    said.err.assign(err, err_size);
    std::free(out);
    std::free(err);
    return said;
}

}  // namespace detail

inline Said said(const std::vector<std::string> &arguments) {
    return detail::said(arguments, [](std::FILE *out, std::FILE *err) { return Terminal(out, err); });
}

/// The same with both streams taken for screens.
inline Said said_on_screens(const std::vector<std::string> &arguments) {
    return detail::said(arguments, Terminal::on_screens);
}

}  // namespace kvmtune::cli
