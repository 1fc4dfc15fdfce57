# vhost workers that somebody crowds on one CPU, under load, before and after kvmtuned looks. Sourced by box_service; g1
# runs and is tuned.
# shellcheck shell=bash disable=SC2016,SC2154 # text for the shell inside; names of the sourcing script

# cpus_work only|least NUMBER: so many CPUs, or more, carry the guest's packets while it sends
cpus_work() {
  local number
  inside 'ticks_while_sending g1' >"$work/ticks" || return 1
  number=$(grep -c . "$work/ticks")
  cat "$work/ticks"
  if [[ $1 == only ]]; then ((number == $2)); else ((number >= $2)); fi
}
say_ticks() { echo "# ticks of its vhost workers by CPU: $(sed 's/^/CPU /; s/ \([0-9]*\)$/: \1/' "$work/ticks" | paste -sd,)"; }

workers_are_freed() {
  check "somebody crowds all workers on one CPU while the daemon is away" \
    inside 'systemctl stop kvmtuned; virsh emulatorpin g1 0 --live >/dev/null; [ "$(worker_cpus g1 | sort -u)" = 0 ]'
  check "... which does all the work when the guest sends" cpus_work only 1
  say_ticks
  check "the daemon is back" inside 'systemctl start kvmtuned'
  check "... the workers have their CPUs again, without being asked" patiently 60 workers_placed
  check "... and share the work" cpus_work least 2
  say_ticks
  check "somebody does it once more, with the daemon there" inside 'virsh emulatorpin g1 0 --live >/dev/null'
  check "... which puts them back" patiently 60 workers_placed
}
