# vhost workers that somebody crowds on one CPU, under load, before and after kvmtuned looks. Sourced by box_service; g1
# runs and is tuned.
# shellcheck shell=bash disable=SC2016,SC2154 # text for the shell inside; names of the sourcing script

# cpus_work NUMBER WORD: so many CPUs ("only") or more ("least") carry the guest's packets while it sends
cpus_work() {
  local ticks number
  ticks=$(inside 'ticks_while_sending g1') || return 1
  number=$(grep -c . <<<"$ticks")
  echo "# ticks of its vhost workers by CPU: ${ticks//$'\n'/, }" >"$work/ticks"
  cat "$work/ticks"
  if [[ $2 == only ]]; then ((number == $1)); else ((number >= $1)); fi
}

workers_are_freed() {
  check "somebody crowds all workers on one CPU while the daemon is away" \
    inside 'systemctl stop kvmtuned; virsh emulatorpin g1 0 --live >/dev/null; [ "$(worker_cpus g1 | sort -u)" = 0 ]'
  check "... which does all the work when the guest sends" cpus_work 1 only
  cat "$work/ticks"
  check "the daemon is back" inside 'systemctl start kvmtuned'
  check "... the workers have their CPUs again, without being asked" patiently 30 workers_placed
  check "... and share the work" cpus_work 2 least
  cat "$work/ticks"
}
