# Looks at a guest and its host from the inside of the box, through the kernel and QEMU, never through kvmtune's records.

qemu_pid() { cat "/run/libvirt/qemu/$1.pid"; }
cpus_of() { sed -n 's/^Cpus_allowed_list:\t//p' "/proc/$1/status"; }

# Thread ids of a guest's vhost workers, in the order of their creation (a kernel thread each on 6.1).
workers() {
  local pid task
  pid=$(qemu_pid "$1")
  for task in /proc/[0-9]*; do
    [[ $(cat "$task/comm" 2>/dev/null) == "vhost-$pid" ]] && echo "$(cut -d' ' -f22 "$task/stat") ${task#/proc/}"
  done | sort -n | cut -d' ' -f2
}

worker_cpus() { for tid in $(workers "$1"); do cpus_of "$tid"; done; }

vcpu_cpus() {
  local pid task
  pid=$(qemu_pid "$1")
  for task in /proc/"$pid"/task/*; do
    [[ $(cat "$task/comm") == CPU*KVM ]] && echo "$(cat "$task/comm"): $(cpus_of "${task##*/}")"
  done | sort
}

emulator_cpus() { cpus_of "$(qemu_pid "$1")"; }
definition() { virsh dumpxml --inactive --security-info "$1"; }
channels() { guest-run "$1" "ethtool -l eth0 | sed -n '/Current/,\$s/Combined:[^0-9]*//p'"; }
guest_sysctl() { guest-run "$1" "cat /proc/sys/${2//.//}"; }

# One line a setting of the host that the policy of the tests is about.
host_now() {
  sysctl net.core.somaxconn net.core.rmem_max net.core.wmem_max net.core.netdev_max_backlog
  find /etc/sysctl.d /etc/modules-load.d /var/lib/kvmtune -name '*' -type f 2>/dev/null | sort | xargs -r sha256sum
}

# Everything about a guest in this run, for a look from outside.
guest_now() {
  echo "workers:"; worker_cpus "$1"
  echo "vCPUs:"; vcpu_cpus "$1"
  echo "emulator: $(emulator_cpus "$1")"
  echo "channels: $(channels "$1")"
  echo "rmem_max: $(guest_sysctl "$1" net.core.rmem_max)"
}
