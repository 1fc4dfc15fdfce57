# Guests that start and stop in a row, two at a time, whatever becomes of the daemon meanwhile. Their CPUs stay paused:
# it is the hook and the host that are looked at. Sourced by box_service.
# shellcheck shell=bash disable=SC2016,SC2154 # text for the shell inside; names of the sourcing script

rows=${KVMTUNE_SOAK:+30}
rows=${rows:-1}

# in_parallel COMMAND: two guests, so many times each, while COMMAND runs beside them
in_parallel() {
  inside '
    # libvirtd 9.0 may fall over itself when a client is killed that is just about to listen for events.
    # brought STATE GUEST COMMAND...: the command is run once more then, if that did not bring the guest there
    brought() {
      local state=$1 guest=$2
      shift 2
      "$@" "$guest" && return
      journalctl -q -b -k --since -1min | grep "libvirtd.*segfault" || return 1
      until virsh -q list >/dev/null 2>&1; do sleep 1; done
      [ "$(virsh domstate "$guest")" = "$state" ] || "$@" "$guest"
    }
    row() {
      for ((i = 0; i < '"$rows"'; i++)); do
        begin=${EPOCHREALTIME/./}
        brought paused "$1" virsh -q start --paused || exit 1
        echo "# $1 started in $(((${EPOCHREALTIME/./} - begin) / 1000)) ms"
        brought "shut off" "$1" virsh -q destroy || exit 1
      done
    }
    row g2 & first=$!
    row g3 & second=$!
    '"${1:-true}"'
    wait $first && wait $second'
}
daemon_at_moments() {
  in_parallel 'systemctl kill -s STOP kvmtuned; sleep 8; systemctl kill -s CONT kvmtuned
    for ((k = 0; k < 2 * '"$rows"'; k++)); do
      sleep 1.$((RANDOM % 10)); systemctl kill -s KILL kvmtuned; systemctl reset-failed kvmtuned; systemctl start kvmtuned
    done'
}

strict_guest() {
  check "a guest whose section is strict" inside 'guest-xml strict1 70 | unconfined >/root/strict1.xml; virsh define /root/strict1.xml'
  check "... does not start on a host that is not ready: libvirt says why" has "is strict: the host's part was not done" \
    inside 'mv /run/kvmtune/ready /run/kvmtune/not-ready && virsh start --paused strict1'
  inside 'mv /run/kvmtune/not-ready /run/kvmtune/ready; virsh undefine strict1' >/dev/null
}

# Sum over the nodes.
pool() { inside 'cat /sys/devices/system/node/node*/hugepages/hugepages-2048kB/nr_hugepages | awk "{n += \$1} END {print n}"'; }
pool_is() { same "$(pool)" "$1"; }
# lent_and_given_back WHERE: a guest starts and stops, and the pool with it
lent_and_given_back() {
  check "$1 a guest starts" inside 'virsh -q start --paused demand1'
  check "... its memory in huge pages" inside '[ "$(grep -c kernelpagesize_kB=2048 /proc/$(qemu_pid demand1)/numa_maps)" -gt 0 ]'
  check "... that were not there before" pool_is $((before + 64))
  check "... and are not when it has gone" eval 'inside "virsh -q destroy demand1"; patiently 20 pool_is "$before"'
}
pages_on_demand() {
  local before
  check "pools on demand, by the policy" policy 20000 '[host.hugepages]
pool = "on-demand"
[[domain]]
match = ["demand*"]
allow = ["start-dependency"]'
  check "a guest for them" inside 'guest-xml demand1 72 | sed "s|<memory.*</memory>|<memory unit=\"MiB\">128</memory>|; /currentMemory/d; s|>4</vcpu>|>1</vcpu>|" >/root/demand1.xml
    virsh define /root/demand1.xml'
  check "... is tuned" patiently 60 inside 'definition demand1 | grep -q "<hugepages"'
  before=$(pool)
  lent_and_given_back "with the daemon"
  check "without it" inside 'systemctl stop kvmtuned'
  lent_and_given_back "..."
  check "... when it is back" inside 'systemctl start kvmtuned; virsh undefine demand1'
}

# A start that a change needs, asked for by command while the daemon has the host.
restart_through_the_daemon() {
  local pid
  pid=$(inside 'qemu_pid g1')
  queues=2
  check "the policy wants fewer queues" policy 20000
  check "... the daemon has put that into the definition" patiently 60 inside 'definition g1 | grep -q "queues=.2."'
  check "... and not into the guest that runs" same "$(inside 'channels g1')" 4
  check "apply --restart, through the daemon" exits 0 tune apply g1 --restart --timeout 300 --agent-timeout 240
  check "... is a start of the guest" differs "$pid" "$(inside 'qemu_pid g1')"
  check "... with two channels" same "$(inside 'channels g1')" 2
  check "... and verify agrees" exits 0 tune verify
}

starts_in_a_row() {
  check "two more guests" inside 'for k in 2 3; do
      guest-xml g$k 6$k | sed "s|>4</vcpu>|>2</vcpu>|" | unconfined >/root/g$k.xml
      virsh define /root/g$k.xml
    done'
  check "... are tuned" patiently 60 eval 'is_tuned g2 && is_tuned g3'
  check "they start and stop while the daemon hangs, and is killed at any moment" daemon_at_moments
  if [[ ${KVMTUNE_SOAK:-} ]]; then
    check "... with it" in_parallel
    rows=10
    check "... while it is restarted" in_parallel 'systemctl restart kvmtuned'
    check "... without it" in_parallel 'systemctl stop kvmtuned'
    check "... when it is back" inside 'systemctl start kvmtuned'
  fi
  check "... all is as desired, says verify" patiently 60 exits 0 tune verify
}
