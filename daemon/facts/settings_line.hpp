// Lines of settings files: sysctl.d, tuned.conf.
#pragma once

#include <string>

namespace kvmtune::facts {

/// Without blanks at both ends, and without the carriage return of a foreign line end.
[[nodiscard]] std::string trimmed(const std::string &text);

/// Whether a line says nothing: it is empty, or a comment. Without blanks at its ends.
[[nodiscard]] bool says_nothing(const std::string &line);

}  // namespace kvmtune::facts
