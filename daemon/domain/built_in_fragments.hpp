// The files of xml-templates/, as xml-templates/embed.py writes them into the build.
#pragma once

#include <map>
#include <string>

namespace kvmtune::domain {

/// Their whole text, by file name without ".xml".
[[nodiscard]] std::map<std::string, std::string, std::less<>> built_in_fragments();

}  // namespace kvmtune::domain
