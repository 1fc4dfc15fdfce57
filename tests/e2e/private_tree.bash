# What scripts in the private libvirtd share: a small tree of files as the host, a described machine, and a guest.
# Sourced with build set; work and tree are theirs then.
# shellcheck shell=bash disable=SC2154 # build is of the sourcing script

work=$(mktemp -d)
tree=$work/root
host=(--root "$tree" --topology 'numa:2(memory=8GB) core:4 pu:2')
tune() { "$build/daemon/cli/kvmtune" "$1" "${host[@]}" "${@:2}"; }
dying() { KVMTUNE_DIE_AT=$1 "$build/tests/e2e/kvmtune-dying" "$2" "${host[@]}" "${@:3}"; }
steps_of() { env -u KVMTUNE_DIE_AT "$build/tests/e2e/kvmtune-dying" "$1" "${host[@]}" "${@:2}" 2>&1 | sed -n 's/^steps: //p'; }
definition() { virsh dumpxml --inactive --security-info "$1"; }

make_tree() {
  rm -rf "$tree"
  mkdir -p "$tree"/{etc,run,var/lib,sys/module/vhost_net} "$tree"/proc/sys/{kernel/random,net/core}
  echo 6.1.0 >"$tree/proc/sys/kernel/osrelease"
  cat /proc/sys/kernel/random/boot_id >"$tree/proc/sys/kernel/random/boot_id"
  echo "vhost_net 1 0 - Live 0x0" >"$tree/proc/modules"
  local name
  for name in rmem_max wmem_max; do echo 212992 >"$tree/proc/sys/net/core/$name"; done
  echo 1000 >"$tree/proc/sys/net/core/netdev_max_backlog"
  echo 4096 >"$tree/proc/sys/net/core/somaxconn"
}

guest() {  # name, machine, last digit of its MAC address
  cat <<XML
<domain type='kvm'>
  <name>$1</name>
  <memory unit='MiB'>512</memory>
  <vcpu>4</vcpu>
  <os><type arch='x86_64' machine='$2'>hvm</type></os>
  <devices>
    <emulator>/usr/bin/qemu-system-x86_64</emulator>
    <interface type='network'>
      <mac address='52:54:00:6b:76:0$3'/>
      <source network='default'/>
      <model type='virtio'/>
    </interface>
    <graphics type='vnc' port='-1' passwd='Geheim42'/>
  </devices>
</domain>
XML
}

# The files of the tree that somebody may look at, with their contents; not the lock.
tree_now() { (cd "$tree" && find . -type f ! -path ./run/kvmtune/lock -print0 | sort -z | xargs -0 grep -aH ''); }

edit() { definition "$1" | sed "$2" >"$work/edited.xml" && virsh define --validate "$work/edited.xml" >/dev/null; }

# walk PREPARE COMMAND...: the command is killed at each of its steps, after what prepares it; rollback restores what the
# script's is_as_before knows.
walk() {
  local prepare=$1 total k
  shift
  "$prepare" >/dev/null 2>&1
  total=$(steps_of "$@")
  tune rollback --all >/dev/null 2>&1
  is_as_before || return 1
  ((total > 8)) || { echo "only $total steps"; return 1; }
  for ((k = 1; k <= total; k++)); do
    "$prepare" >/dev/null 2>&1
    dying "$k" "$@" >/dev/null 2>&1
    same $? 137 || return 1
    exits 0 tune rollback --all || { echo "after step $k of $total"; return 1; }
    is_as_before || { echo "after step $k of $total of: $*"; return 1; }
  done
  echo "$total steps"
}
