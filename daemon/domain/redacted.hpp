// A document for people's eyes: diffs, logs, JSON.
#pragma once

#include <string>

#include "daemon/domain/document.hpp"

namespace kvmtune::domain {

/// The document's bytes with "***" in place of secrets: what libvirt shows only with its SECURE flag (the passwd of
/// <graphics>), any other attribute or element called passwd or password, the data of QEMU secret objects and the
/// values of QEMU environment variables in <qemu:commandline>.
[[nodiscard]] std::string redacted(const Document &document);

}  // namespace kvmtune::domain
