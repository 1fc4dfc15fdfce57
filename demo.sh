#!/usr/bin/env bash
# Shows kvmtune on a real guest: a disposable hypervisor in a VM, in it a guest as an older definition has it, tuned on
# all three layers and taken back. All that is printed as "before" and "after" comes from the kernels of host and guest.
# shellcheck disable=SC2016 # the text is for the shell inside
set -euo pipefail
cd "$(dirname "$0")"
export HOME="${HOME:-/root}"  # for caches, where a service has none
./test.sh --build
. tests/e2e/stage.bash

box=tests/box/box
work=$(mktemp -d)
trap '"$box" down "$work/box" >/dev/null 2>&1 || true; rm -rf "$work"' EXIT
inside() { "$box" run "$work/box" bash -c ". /root/in_box.bash; $1"; }
title() { printf '\n== %s\n' "$*"; }
kvmtune() {
  title "kvmtune $*"
  "$box" run "$work/box" kvmtune "$@" || {
    local status=$?
    echo "(exit status $status)"
    ((status == 3))
  }
}
show() {
  title "$1"
  inside 'sysctl net.core.somaxconn; printf "tcp_bbr: "; lsmod | grep -c ^tcp_bbr || true; guest_now g1'
}
same() {  # what, before, after
  if cmp -s "$2" "$3"; then echo "$1: as before, byte for byte"; else echo "$1: DIFFERS"; diff "$2" "$3"; fi
}

title "a hypervisor in a VM"
"$box" up "$work/box" 3600
stage build "$work/stage"
push_stage "$box" "$work/box" "$work/stage"
"$box" push "$work/box" tests/e2e/in_box.bash /root
"$box" push "$work/box" tests/e2e/box_policy.toml /etc/kvmtune
inside 'set -e; mv /etc/kvmtune/box_policy.toml /etc/kvmtune/kvmtune.toml
  guest-xml g1 50 /var/lib/kvmtune-test/agent-initrd >/root/g1.xml
  virsh define /root/g1.xml; virsh start g1; guest-run g1 true'

show "before"
inside 'definition g1' >"$work/before.xml"
inside 'host_now' >"$work/before.host"
inside 'guest_now g1' >"$work/before.guest"
kvmtune plan
kvmtune apply --restart --timeout 300 --agent-timeout 240
kvmtune verify
show "after"
printf 'the VNC password is still there: '
inside 'definition g1 | grep -c "passwd=.vnc-50."'
kvmtune rollback --all --restart --timeout 300
show "taken back"
title "compared"
inside 'definition g1' >"$work/after.xml"
inside 'host_now' >"$work/after.host"
inside 'guest_now g1' >"$work/after.guest"
same "the definition with its password" "$work/before.xml" "$work/after.xml"
same "the host's settings and files" "$work/before.host" "$work/after.host"
same "the running guest and its threads" "$work/before.guest" "$work/after.guest"
cmp -s "$work/before.xml" "$work/after.xml" && cmp -s "$work/before.host" "$work/after.host" &&
  cmp -s "$work/before.guest" "$work/after.guest"
