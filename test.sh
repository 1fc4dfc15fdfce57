#!/usr/bin/env bash
# Builds and tests kvmtune; ends with "N passed, N failed[, N skipped]".
#   ./test.sh              everything: unit tests plain and under ASan+UBSan, a private libvirtd, a hypervisor in a VM
#   ./test.sh --unit       what needs no hypervisor, plain
#   ./test.sh --sanitize   its unit tests under ASan+UBSan
#   ./test.sh --soak       the daemon's series at length: thirty starts, fifty kills
#   ./test.sh --documents  every document of the corpus, as tuned, started in the hypervisor: hours
#   ./test.sh --build      only build the programs
set -euo pipefail
cd "$(dirname "$0")"
export HOME="${HOME:-/root}"  # for caches, where a service has none
export CCACHE_BASEDIR=$PWD CCACHE_NOHASHDIR=1  # another checkout of the same files need not compile them again

# As a distribution's package has it: libvirt's hooks are in /etc then. Lines in a backtrace are all that a test needs.
set_up() {  # folder, meson options...
  local folder=$1
  shift
  [ -f "$folder/build.ninja" ] ||
    CXX="${CXX:-ccache g++}" meson setup "$folder" --prefix=/usr -Ddebug=false -Dcpp_args=-g1 "$@" >"$folder.log" 2>&1 || {
    cat "$folder.log"
    return 1
  }
}

# The programs; tests/run builds the unit tests.
plain() {
  set_up build -Doptimization=1
  ninja -C build --quiet programs
}
sanitized() { set_up build-sanitized -Doptimization=0 -Db_sanitize=address,undefined -Db_lundef=false; }

case "${1:-}" in
  --build)
    tests/install-packages build unit
    plain
    ;;
  --unit)
    tests/install-packages build unit
    plain
    exec tests/run unit:build layering:build schema:build manuals:build units:build format
    ;;
  --sanitize)
    tests/install-packages build unit
    sanitized
    exec tests/run unit:build-sanitized
    ;;
  --soak)
    tests/install-packages build unit
    plain
    KVMTUNE_SOAK=yes exec tests/run daemon:build service:build
    ;;
  --documents)
    tests/install-packages build unit
    plain
    KVMTUNE_DOCUMENTS=all exec tests/run service:build
    ;;
  "")
    tests/install-packages build unit
    plain
    sanitized
    # The emulated hypervisor uses little more than one of two processors, and the compiler what it leaves. Beside one
    # that is its equal, or another hypervisor, it takes twice as long, and hangs at times.
    exec tests/run layering:build schema:build manuals:build units:build format \
      private-libvirtd:build+corpus:build chipset:build+failures:build+daemon:build \
      ~unit:build ~unit:build-sanitized box:build service:build chipset-box:build
    ;;
  *)
    sed -n '2,9p' "$0" >&2
    exit 2
    ;;
esac
