#include "base/result.hpp"

#include <cerrno>
#include <cstring>

namespace kvmtune {

namespace {
ErrorKind kind_of(int error_number) {
    switch (error_number) {
        case ENOENT:
        case ENOTDIR:
        case ESRCH:
        case ENODEV:
        case ENXIO:
            return ErrorKind::not_found;
        case EACCES:
        case EPERM:
        case EROFS:
            return ErrorKind::denied;
        case EBUSY:
        case EAGAIN:
            return ErrorKind::busy;
        case EINVAL:
        case ERANGE:
            return ErrorKind::invalid;
        case ENOSYS:
        case EOPNOTSUPP:
            return ErrorKind::unsupported;
        case ETIMEDOUT:
            return ErrorKind::timed_out;
        default:
            return ErrorKind::failed;
    }
}
}  // namespace

tl::unexpected<Error> system_failure(const std::string &action, int error_number) {
    return failure(kind_of(error_number), action + ": " + std::strerror(error_number));
}

}  // namespace kvmtune
