// What kvmtune keeps inside a domain's definition: the holds of the elements it changed and the CPUs of vhost workers,
// which no libvirt element can carry. They travel with the domain through rename, migration and backup.
//
//   <metadata>
//     <kvmtune:tuned xmlns:kvmtune='urn:kvmtune:domain:1' version='1'>
//       <kvmtune:hold element='cputune/emulatorpin' original='0-3' asked='8-9' granted='8-9'>
//         <kvmtune:earlier value='8'/>
//       </kvmtune:hold>
//       <kvmtune:vhost mac='52:54:00:12:34:56' queue='0' cpus='4'/>
//     </kvmtune:tuned>
//   </metadata>
//
// libvirt keeps one element a namespace in <metadata> and silently drops the others. A policy tag of the user's
// therefore has a namespace of its own, <kvmtune:policy xmlns:kvmtune='urn:kvmtune:policy:1' tag='gold'/>; one that is
// written in ours is read as well, and the block then goes inside it, so that libvirt keeps both. Tags are never
// touched.
#pragma once

#include <map>
#include <set>
#include <string>

#include "base/cpu_set.hpp"
#include "base/result.hpp"
#include "daemon/domain/document.hpp"
#include "daemon/domain/elements.hpp"
#include "daemon/plan/hold.hpp"

namespace kvmtune::domain {

/// CPUs of vhost workers.
using WorkerCpus = std::map<plan::NicQueue, CpuSet>;

/// Our block. The holds are of kind element, with the document's UUID as owner and no epoch. The places of vhost
/// workers are among them: nobody but us has such a place, so what is asked for is the whole hold.
struct Tuned {
    plan::Holds holds;

    bool operator==(const Tuned &) const = default;
};

/// Our block in the document, empty if there is none. Errors: unsupported (a version that we do not know), invalid (two
/// blocks, or one with anything that we would not have written), as "name:line:column: cause".
[[nodiscard]] Result<Tuned> tuned_in(const Document &document);
[[nodiscard]] Result<plan::Holds> holds_in(const Document &document);
[[nodiscard]] Result<WorkerCpus> worker_cpus_in(const Document &document);

/// The document with this block, or without one if it is empty; bytes outside it stay. Errors: those of tuned_in(), and
/// invalid for holds that are not of this document's elements.
[[nodiscard]] Result<Document> with_tuned(const Document &document, const Tuned &tuned);
[[nodiscard]] Result<Document> with_holds(const Document &document, const plan::Holds &holds);

/// The document with these edits and this block in one go. Errors: those of both.
[[nodiscard]] Result<Document> with(const Document &document, const std::vector<Edit> &edits, const Tuned &tuned,
                                    const Fragments &fragments = Fragments::built_in());

/// The user's policy tags; one attribute may list several, separated by blanks.
[[nodiscard]] std::set<std::string> policy_tags_in(const Document &document);

/// The text of the user's <policy> in the namespace urn:kvmtune:policy:1, which is TOML: the keys of a section for this
/// domain alone. Empty if there is none, or only tags.
[[nodiscard]] std::string own_policy_in(const Document &document);

}  // namespace kvmtune::domain
