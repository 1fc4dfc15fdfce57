// libvirt's errors as ours. libvirt keeps the last error per thread and prints each to stderr unless told otherwise.
#pragma once

#include <string>

#include "base/result.hpp"

namespace kvmtune::libvirt {

/// What kind of failure a virErrorNumber is; system_error is the errno that a VIR_ERR_SYSTEM_ERROR carries in int1.
[[nodiscard]] ErrorKind kind_of(int code, int system_error);

/// libvirt's message on one line. Its XML parser quotes the faulty line of the document, which may be the one with the
/// password: of such a message (VIR_ERR_XML_DETAIL) only the first line is kept.
[[nodiscard]] std::string line_of(int code, const std::string &message);

/// The last error of this thread. Nearly every call into libvirt forgets it, virDomainGetName and virDomainFree too.
[[nodiscard]] Error last_error();

/// The last error of this thread, with the action in front: words that were put together before the failed call.
[[nodiscard]] tl::unexpected<Error> libvirt_failure(const std::string &action);

/// From now on libvirt prints no errors of this process to stderr.
void silence_libvirt();

}  // namespace kvmtune::libvirt
