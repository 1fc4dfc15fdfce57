#include "daemon/libvirt/error.hpp"

#include <libvirt/libvirt.h>
#include <libvirt/virterror.h>

#include <cerrno>
#include <string_view>

namespace kvmtune::libvirt {

namespace {

ErrorKind kind_of_system_error(int system_error) {
    switch (system_error) {
        case EACCES:
        case EPERM:
            return ErrorKind::denied;
        case EBUSY:
            return ErrorKind::busy;
        case ETIMEDOUT:
            return ErrorKind::timed_out;
        default:
            return ErrorKind::failed;
    }
}

/// Of errors that libvirt's own end of the connection makes: the daemon is not there, or no longer.
constexpr const char *no_answer = "libvirt does not answer: ";

}  // namespace

ErrorKind kind_of(int code, int system_error) {
    switch (code) {
        case VIR_ERR_NO_DOMAIN:
        case VIR_ERR_NO_NETWORK:
            return ErrorKind::not_found;
        case VIR_ERR_AUTH_FAILED:
        case VIR_ERR_AUTH_CANCELLED:
        case VIR_ERR_AUTH_UNAVAILABLE:
        case VIR_ERR_ACCESS_DENIED:
        case VIR_ERR_OPERATION_DENIED:
            return ErrorKind::denied;
        case VIR_ERR_RESOURCE_BUSY:
            return ErrorKind::busy;
        case VIR_ERR_XML_ERROR:
        case VIR_ERR_XML_DETAIL:
        case VIR_ERR_XML_INVALID_SCHEMA:
        case VIR_ERR_INVALID_ARG:
        case VIR_ERR_INVALID_MAC:
        case VIR_ERR_NO_NAME:
        case VIR_ERR_NO_OS:
        case VIR_ERR_OS_TYPE:
            return ErrorKind::invalid;
        case VIR_ERR_NO_SUPPORT:
        case VIR_ERR_CONFIG_UNSUPPORTED:
        case VIR_ERR_ARGUMENT_UNSUPPORTED:
        case VIR_ERR_OPERATION_UNSUPPORTED:
            return ErrorKind::unsupported;
        case VIR_ERR_OPERATION_TIMEOUT:
            return ErrorKind::timed_out;
        case VIR_ERR_SYSTEM_ERROR:
            return kind_of_system_error(system_error);
        default:
            return ErrorKind::failed;
    }
}

std::string line_of(int code, const std::string &message) {
    std::string_view rest = message;
    if (code == VIR_ERR_XML_DETAIL) rest = rest.substr(0, rest.find('\n'));
    std::string line;
    while (!rest.empty()) {
        const std::string_view piece = rest.substr(0, rest.find('\n'));
        rest.remove_prefix(piece.size() == rest.size() ? piece.size() : piece.size() + 1);
        if (piece.empty()) continue;
        if (!line.empty()) line += "; ";
        line += piece;
    }
    return line;
}

Error last_error() {
    const virError *error = virGetLastError();
    if (error == nullptr || error->code == VIR_ERR_OK) return {ErrorKind::failed, "libvirt gives no reason"};
    const std::string message = error->message == nullptr ? "libvirt error " + std::to_string(error->code)
                                                          : line_of(error->code, error->message);
    return {kind_of(error->code, error->int1), (error->domain == VIR_FROM_RPC ? no_answer : "") + message};
}

tl::unexpected<Error> libvirt_failure(const std::string &action) {
    return within(action, last_error());
}

void silence_libvirt() {
    virSetErrorFunc(nullptr, [](void *, virErrorPtr) noexcept {});
}

}  // namespace kvmtune::libvirt
