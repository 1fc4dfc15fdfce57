# Guests that start and stop in a row, two at a time, whatever becomes of the daemon meanwhile. Their CPUs stay paused:
# it is the hook and the host that are looked at. Sourced by box_service.
# shellcheck shell=bash disable=SC2016,SC2154 # text for the shell inside; names of the sourcing script

rows=${KVMTUNE_SOAK:+15}
rows=${rows:-1}

# in_parallel COMMAND: two guests, so many times each, while COMMAND runs beside them
in_parallel() {
  inside 'row() {
      for ((i = 0; i < '"$rows"'; i++)); do
        begin=${EPOCHREALTIME/./}
        virsh -q start --paused "$1" || exit 1
        echo "# $1 started in $(((${EPOCHREALTIME/./} - begin) / 1000)) ms"
        virsh -q destroy "$1" || exit 1
      done
    }
    row g2 & first=$!
    row g3 & second=$!
    '"${1:-true}"'
    wait $first && wait $second'
}
daemon_at_moments() {
  in_parallel 'systemctl kill -s STOP kvmtuned; sleep 8; systemctl kill -s CONT kvmtuned
    for ((k = 0; k < 3 * '"$rows"'; k++)); do
      sleep 1.$((RANDOM % 10)); systemctl kill -s KILL kvmtuned; systemctl reset-failed kvmtuned; systemctl start kvmtuned
    done'
}

strict_guest() {
  check "a guest whose section is strict" inside 'guest-xml strict1 70 >/root/strict1.xml; virsh define /root/strict1.xml'
  check "... does not start on a host that is not ready: libvirt says why" has "is strict: the host's part was not done" \
    inside 'mv /run/kvmtune/ready /run/kvmtune/not-ready; virsh start --paused strict1'
  inside 'mv /run/kvmtune/not-ready /run/kvmtune/ready; virsh undefine strict1' >/dev/null
}

starts_in_a_row() {
  check "two more guests" inside 'for k in 2 3; do guest-xml g$k 6$k | sed "s|>4</vcpu>|>2</vcpu>|" >/root/g$k.xml; virsh define /root/g$k.xml; done'
  check "... are tuned" patiently 30 eval 'is_tuned g2 && is_tuned g3'
  check "they start and stop while the daemon hangs, and is killed at any moment" daemon_at_moments
  if [[ ${KVMTUNE_SOAK:-} ]]; then
    check "... with it" in_parallel
    check "... while it is restarted" in_parallel 'systemctl restart kvmtuned'
    check "... without it" in_parallel 'systemctl stop kvmtuned'
    check "... when it is back" inside 'systemctl start kvmtuned'
  fi
  check "... all is as desired, says verify" patiently 30 exits 0 tune verify
}
