// How a function of ours says that it could not do its work: an expected value or an Error, forwarded by TRY.
// Nothing of ours throws; libraries that do are fenced in the one file that includes them.
#pragma once

#include <string>
#include <type_traits>
#include <utility>

#include <tl/expected.hpp>

namespace kvmtune {

/// What kind of failure it was, as far as a caller may want to act on it.
enum class ErrorKind {
    not_found,    ///< the thing does not exist
    denied,       ///< EACCES, EPERM, a read-only file
    busy,         ///< somebody else holds it (EBUSY, a lock)
    invalid,      ///< the input is wrong: policy, XML, arguments, a message
    unsupported,  ///< this kernel, libvirt or guest cannot do it
    changed,      ///< it was changed since it was read
    timed_out,    ///< a deadline passed
    failed,       ///< anything else
};

/// A failure in words: "the thing: the action: the cause".
struct Error {
    ErrorKind kind = ErrorKind::failed;
    std::string what;

    bool operator==(const Error &) const = default;
};

/// A T, or why there is none.
template <class T = void>
using Result = tl::expected<T, Error>;

/// The error value of a Result.
[[nodiscard]] inline tl::unexpected<Error> failure(ErrorKind kind, std::string what) {
    return tl::unexpected<Error>(Error{kind, std::move(what)});
}

/// The same error with the thing or action around it in front: "context: what".
[[nodiscard]] inline tl::unexpected<Error> within(const std::string &context, Error error) {
    error.what = context + ": " + error.what;
    return tl::unexpected<Error>(std::move(error));
}

/// An errno as an Error: "action: strerror".
[[nodiscard]] tl::unexpected<Error> system_failure(const std::string &action, int error_number);

namespace detail {
template <class T>
T taken(tl::expected<T, Error> &&result) {
    if constexpr (!std::is_void_v<T>) return *std::move(result);
}
}  // namespace detail

}  // namespace kvmtune

/// The value of a Result, or return its error from the function around. Give it a statement of its own: GCC 12 leaks
/// the members already made when the return happens inside a braced initialiser.
#define TRY(...)                                                                           \
    __extension__({                                                                        \
        auto result_ = (__VA_ARGS__);                                                      \
        if (!result_) return tl::unexpected<::kvmtune::Error>(std::move(result_).error()); \
        ::kvmtune::detail::taken(std::move(result_));                                      \
    })
