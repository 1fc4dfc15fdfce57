// The agent is one static file, and the kernel maps nearly all of it while it starts; then it waits, for hours. What it
// keeps mapped in that time is memory that the guest cannot put to other use as easily.
#pragma once

namespace kvmtune::agent {

/// Unmaps the pages of the program's own code and constants. They stay in the page cache as long as there is room, and
/// what is used next comes back from there by itself. A debugger's breakpoints do not.
void leave_code_pages();

}  // namespace kvmtune::agent
