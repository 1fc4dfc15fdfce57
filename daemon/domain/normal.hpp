// Comparing documents by what they mean to libvirt, and a document as it would be without us.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "daemon/domain/elements.hpp"

namespace kvmtune::domain {

/// Whether libvirt would read the same from both: layout, comments, quotes, prefixes, the order of attributes and the
/// order of elements of different names do not count. Inside elements of other namespaces the order of elements counts.
[[nodiscard]] bool same_meaning(const Document &left, const Document &right);

/// The document without us: held elements whose value is still ours (asked, granted or earlier, by plan::same_value)
/// have their original again, but for the machine of one that was converted to Q35, controllers that libvirt added for
/// our channel are gone if nothing else uses them, and so is our block. A held element that somebody has changed since
/// stays as it is. Errors: those of tuned_in() and with().
[[nodiscard]] Result<Document> without_us(const Document &document);

/// The document of a domain that has got another name since.
[[nodiscard]] Result<Document> renamed(const Document &document, const std::string &name);

/// Takes the edits out that remove controllers; their elements. Whether one may go is known when its users are gone.
[[nodiscard]] std::vector<std::string> taken_controllers(std::vector<Edit> &edits);

/// The document without these controllers, but for those that something uses.
[[nodiscard]] Result<Document> without_unused(Document document, std::vector<std::string> controllers);

}  // namespace kvmtune::domain
