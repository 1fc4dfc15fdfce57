#include "daemon/hook/mark.hpp"

#include <fcntl.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <cstdlib>

#include "base/file.hpp"

namespace kvmtune::hook {

namespace {

constexpr const char *mark_file = "run/kvmtune/hook-called";

}  // namespace

void leave_mark(const std::string &root) {
    timespec now{};
    ::clock_gettime(CLOCK_BOOTTIME, &now);
    std::array<char, 48> text{};
    const int size =
        std::snprintf(text.data(), text.size(), "%lld.%09ld\n", static_cast<long long>(now.tv_sec), now.tv_nsec);
    const Fd file(
        ::open((root + "/" + mark_file).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0644));
    if (file && size > 0) (void)::write(file.get(), text.data(), static_cast<std::size_t>(size));
}

std::optional<double> last_call(const Root &root) {
    const auto text = root.read(mark_file);
    if (!text) return std::nullopt;
    char *end = nullptr;
    const double at = std::strtod(text->c_str(), &end);
    return end == text->c_str() ? std::nullopt : std::optional(at);
}

}  // namespace kvmtune::hook
