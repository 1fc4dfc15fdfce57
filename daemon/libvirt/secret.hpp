// Secrets of a domain document (graphics passwords, cookies of network disks), and errors that must not show them.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"

namespace kvmtune::libvirt {

/// The secrets that libvirt leaves out of a document read without VIR_DOMAIN_XML_SECURE: the values of passwd
/// attributes and the texts of <cookie>, as written and with their entities resolved. Empty ones are none.
[[nodiscard]] std::vector<std::string> secrets_of(const std::string &xml);

/// The error as it is, or without its detail if that shows a secret of the document.
[[nodiscard]] Error without_secrets(Error error, const std::string &xml);

}  // namespace kvmtune::libvirt
