# shellcheck shell=bash
# What the machine itself must have installed, for the box and for the private libvirtd.
# Sourced by their scripts. Services of new packages are not started: for the time of the
# installation policy-rc.d forbids it, as Debian foresees for chroots.

# skip REASON...: this machine cannot do it, which is no failure of the code under test.
skip() {
  echo "skip: $*" >&2
  exit 77
}

is_installed() {
  [[ $(dpkg-query -W -f '${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# install_missing PACKAGE...: as root, from the machine's own apt sources; skips when it cannot.
install_missing() {
  local package missing=()
  for package in "$@"; do
    is_installed "$package" || missing+=("$package")
  done
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || skip "no apt-get to install ${missing[*]}"
  ((EUID == 0)) || skip "not root, and these packages are missing: ${missing[*]}"
  mkdir -p /run/lock
  (
    flock -w 900 9 || skip "another installation of packages does not end"
    install_packages "${missing[@]}"
  ) 9>/run/lock/kvmtune-test-packages || exit
}

install_packages() {
  local policy=/usr/sbin/policy-rc.d log
  log=$(mktemp)
  if [[ ! -e $policy ]]; then
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
    # shellcheck disable=SC2064 # the path of now, not of then
    trap "rm -f $policy" EXIT
  fi
  echo "installing $*" >&2
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y
    -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3)
  if ! { "${apt[@]}" update && "${apt[@]}" install --no-install-recommends "$@"; } \
    >"$log" 2>&1 </dev/null 9>&-; then
    tail -n 20 "$log" >&2
    rm -f "$log"
    skip "cannot install the packages $*"
  fi
  rm -f "$log"
}
