# Two guests with four queues each, beside a foreign one with pins of its own and one that shares what is left, by
# kvmtune's picture and by the kernel. Sourced by box_one_shot; no other guests run, these stay paused.
# shellcheck shell=bash disable=SC2016,SC2154 # much of the text is for the shell inside; names of the sourcing script

# define_paused NAME NUMBER VCPUS: with ports for what is plugged in later
define_paused() {
  inside "MEMORY=64 guest-xml $1 $2 | sed 's|>4</vcpu>|>$3</vcpu>|' | with_ports | unconfined >/root/$1.xml &&
    virsh -q define /root/$1.xml"
}
definitions() { inside 'for name in quad1 quad2 share1 foreign; do definition $name | tee /root/$name.now; done'; }
# A line a vCPU that has a CPU for itself: of both guests, and of the foreign one.
exclusive_cpus() { inside '{ vcpu_cpus quad1; vcpu_cpus quad2; vcpu_cpus foreign; } | sed "s/.*: //"'; }
worker_rows() { inside "worker_cpus $1 | grep -xc '[0-9]*'"; }

four_guests() {
  inside 'printf "[[domain]]\nmatch = [\"quad*\"]\nprofile = \"none\"\ncpus = \"dedicated\"\nqueues = 4\nvhost_cpus = 1\n" >>/etc/kvmtune/kvmtune.toml
    printf "[[domain]]\nmatch = [\"share*\"]\nprofile = \"none\"\ncpus = \"shared\"\n" >>/etc/kvmtune/kvmtune.toml' &&
    define_paused foreign 84 1 && define_paused quad1 85 4 && define_paused quad2 86 4 && define_paused share1 87 2 &&
    definitions >"$work/four" && inside 'for name in quad1 quad2; do mv /root/$name.now /root/$name.xml; done' &&
    inside 'start_paused foreign && virsh -q vcpupin foreign 0 14 --live && virsh -q emulatorpin foreign 15 --live' &&
    tune apply && inside 'start_paused quad1 quad2 share1' && tune apply
}

two_nodes() {
  local before name neighbour
  check "two guests with four queues, a foreign one with pins, one that shares" four_guests
  check "... the two are on a NUMA node each" same "$(inside 'for name in quad1 quad2; do nodes_of_vcpus $name; done' | sort | paste -sd' ')" "0 1"
  check "... four workers each" same "$(worker_rows quad1) $(worker_rows quad2)" "4 4"
  check "... no vCPU beside another, or on the foreign guest's CPUs" same "$(exclusive_cpus | sort -n | uniq | grep -xc '[0-9]*') $(exclusive_cpus | grep -xc 1[45])" "9 1"
  for name in quad1 quad2 share1 foreign; do
    check "... each thread of $name where the picture says" picture_is_true $name
  done
  check "one of them gets another NIC" inside 'virsh -q attach-interface quad1 network default --model virtio --mac 52:54:00:6b:77:85 --live'
  check "... whose worker has a place too" eval 'tune apply && same "$(worker_rows quad1)" 5'
  check "... as the picture has it" picture_is_true quad1
  before=$(number_of "$(shared_cpus)")
  neighbour=$(inside 'here=$(nodes_of_vcpus share1); for name in quad1 quad2; do [ "$(nodes_of_vcpus $name)" != "$here" ] || echo $name; done')
  check "its neighbour of the two is no more" inside "virsh -q destroy $neighbour && virsh -q undefine $neighbour"
  check "... the one that shares has more CPUs, while it runs" eval 'tune apply && has_more_than "$before"'
  check "... as the picture has it" picture_is_true share1
  check "all of them end" inside "virsh -q define /root/$neighbour.xml; for name in \$(virsh -q list --name); do virsh -q destroy \$name || exit; done"
  check "... and are given back" tune rollback --all
  check "... as they were, byte for byte" eval 'definitions | diff "$work/four" -'
  inside 'for name in quad1 quad2 share1 foreign; do virsh -q undefine $name; done'
}
