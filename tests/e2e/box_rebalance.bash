# Guests that run and take their memory to another node, so that one of them has room on one: what `kvmtune rebalance`
# does, looked at through the host's kernel. Sourced by box_one_shot; no other guests run.
# shellcheck shell=bash disable=SC2016 # much of the text is for the shell inside

# define_sized NAME NUMBER VCPUS: a guest without NICs, whose 64 MiB are there from its start
define_sized() {
  inside "MEMORY=64 guest-xml $1 $2 | sed '/<interface/,/<.interface/d; s|>4</vcpu>|>$3</vcpu>|; s|<features>|<memoryBacking><allocation mode=\"immediate\"/></memoryBacking>&|' |
    unconfined >/root/$1.xml && virsh -q define /root/$1.xml"
}
# "VCPUS MEMORY" of a guest: the NUMA nodes that the kernel has them on
nodes_of() { inside "echo \$(nodes_of_vcpus $1) \$(nodes_of_memory $1)"; }
# The same of its vCPUs, and the nodes that its memory may come from, of all of them
bounds() { inside 'for name in sized1 sized2 sized3; do echo "$name $(nodes_of_vcpus $name) $(allowed_nodes $name)"; done'; }

crowded_nodes() {
  inside 'virsh -q undefine g2
    printf "[[domain]]\nmatch = [\"sized*\"]\nprofile = \"none\"\ncpus = \"dedicated\"\nnumatune = \"restrictive\"\n" >>/etc/kvmtune/kvmtune.toml' &&
    define_sized sized1 81 2 && define_sized sized2 82 2 && tune apply sized1 sized2 &&
    inside 'start_paused sized1 sized2' &&
    define_sized sized3 83 6 && tune apply sized3 && inside 'start_paused sized3'
}

memory_follows() {
  local home
  check "guests with a node's room left in two pieces" crowded_nodes
  bounds >"$work/bounds"
  nodes_of sized2 >"$work/second"
  check "... a small one on each node, with its memory" same "$({ nodes_of sized1; nodes_of sized2; } | sort | paste -sd,)" "0 0,1 1"
  check "... a large one on both" grep -qx 'sized3 0,1 0-1' "$work/bounds"
  check "rebalance says what is gained" has "NUMA nodes beyond a guest's first: 1 -> 0" tune rebalance
  check "... and how much memory is copied" has "up to 96 MiB" tune rebalance
  check "... which moves nobody" eval 'same "$(bounds)" "$(cat "$work/bounds")"'
  check "rebalance --apply" exits 0 tune rebalance --apply
  home=$(nodes_of sized3)
  check "the large one is on one node, with its memory" grep -qxE '0 0|1 1' <<<"$home"
  check "... the small ones on the other, with theirs" same "$(nodes_of sized1),$(nodes_of sized2)" "${home//[01]/$((1 - ${home%% *}))},${home//[01]/$((1 - ${home%% *}))}"
  check "there is no more to gain" has "Nothing is gained by moving anybody" tune rebalance
  check "rollback" exits 3 tune rollback --all
  check "... takes them to where they were" eval 'same "$(bounds)" "$(cat "$work/bounds")"'
  check "... with their memory" eval 'same "$(nodes_of sized2)" "$(cat "$work/second")"'
  inside 'for name in sized1 sized2 sized3; do virsh -q destroy $name; virsh -q undefine $name; done'
}
