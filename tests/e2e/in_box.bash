# Looks at a guest and its host from the inside of the box, through the kernel and QEMU, never through kvmtune's records.

# A guest that had to be reset (nudge) takes longer.
export GUEST_TIMEOUT=${GUEST_TIMEOUT:-400}
# One that does not answer in all that time will not do so later: box.bash asks for it where a check fails.
guest-run() {
  local code=0
  command guest-run "$@" || code=$?
  ((code != 255 || GUEST_TIMEOUT < 100)) || echo "$1" >>/run/guest-lost
  return "$code"
}

# No process is started for each of hundreds of threads: in an emulated machine that would take most of a minute.

qemu_pid() { echo "$(</run/libvirt/qemu/"$1".pid)"; }
# cpus_of THREAD...: a line each
cpus_of() { (($# == 0)) || sed -sn 's/^Cpus_allowed_list:\t//p' "${@/%//status}"; }

# Folders of a guest's vhost workers, in the order of their creation (a kernel thread each on 6.1).
workers() { ps -o pid= --sort=start_time,pid -C "vhost-$(qemu_pid "$1")" | sed 's|^ *|/proc/|'; }

# shellcheck disable=SC2046 # a word a thread
worker_cpus() { cpus_of $(workers "$1"); }

vcpu_cpus() {
  local task name
  for task in /proc/"$(qemu_pid "$1")"/task/*; do
    read -r name <"$task/comm"
    [[ $name == CPU*KVM ]] && echo "$name: $(cpus_of "$task")"
  done | sort
}

emulator_cpus() { cpus_of "/proc/$(qemu_pid "$1")"; }
definition() { virsh dumpxml --inactive --security-info "$1"; }
# A definition without AppArmor of its own, whose compiler takes most of a start in an emulated machine.
unconfined() { sed "s|</domain>|<seclabel type='none' model='apparmor'/></domain>|"; }
# ... with ports for what is plugged in later.
with_ports() {
  local ports="<controller type='pci' index='0' model='pcie-root'/>"
  ports+=$(printf "<controller type='pci' index='%d' model='pcie-root-port'/>" {1..6})
  sed "s|<devices>|&$ports|"
}
# Starts guests at the same time, which stay paused.
start_paused() {
  local name pids=() pid code=0
  for name; do virsh -q start --paused "$name" & pids+=($!); done
  for pid in "${pids[@]}"; do wait "$pid" || code=$?; done
  return "$code"
}
channels() { guest-run "$1" "ethtool -l eth0 | sed -n '/Current/,\$s/Combined:[^0-9]*//p'"; }
guest_sysctl() { guest-run "$1" "cat /proc/sys/${2//.//}"; }

tap_of() { virsh domiflist "$1" | awk '$2 == "network" {print $1; exit}'; }
mtu_of() { cat "/sys/class/net/$1/mtu"; }
guest_mtu() { guest-run "$1" cat /sys/class/net/eth0/mtu; }
netfilter() { sysctl -n net.bridge.bridge-nf-call-{iptables,ip6tables,arptables} | paste -sd' '; }

# NUMA nodes, as "0,1": of a guest's vCPUs (8 CPUs a node), of its memory (1 MiB and more of a mapping of 64 MiB and more),
# and as the kernel has it, those that its memory may come from.
nodes_of_vcpus() { vcpu_cpus "$1" | sed 's/.*: //' | while read -r cpus; do echo $((${cpus%%[,-]*} / 8)); done | sort -u | paste -sd,; }
nodes_of_memory() {
  awk '{
    pages = 0
    for (i = 1; i <= NF; i++) if ($i ~ /^anon=/) pages = substr($i, 6)
    for (i = 1; i <= NF; i++)
      if (pages >= 16384 && $i ~ /^N[0-9]+=/ && substr($i, index($i, "=") + 1) + 0 >= 256) seen[substr($i, 2, index($i, "=") - 2)]
  } END {for (node in seen) print node}' "/proc/$(qemu_pid "$1")/numa_maps" | sort -u | paste -sd,
}
allowed_nodes() { sed -n 's/^Mems_allowed_list:\t//p' "/proc/$(qemu_pid "$1")/status"; }

# MiB of a guest's QEMU in huge pages of 2 MiB on a node, as the kernel counts them.
huge_mib_on() {
  awk -v node="N$2=" '/kernelpagesize_kB=2048/ {
    for (i = 1; i <= NF; i++) if (index($i, node) == 1) pages += substr($i, length(node) + 1)
  } END {print pages * 2}' "/proc/$(qemu_pid "$1")/numa_maps"
}

# Frames that the host takes from a guest's tap while the guest sends 32 MiB without segmentation offload.
frames_for_32_mib() {
  local counter before after
  counter=/sys/class/net/$(tap_of "$1")/statistics/rx_packets
  timeout 100 socat -u TCP-LISTEN:9999,reuseaddr /dev/null &
  sleep 1
  before=$(cat "$counter")
  guest-run "$1" 'ethtool -K eth0 tso off gso off 2>/dev/null; dd if=/dev/zero bs=64k count=512 2>/dev/null | nc 192.168.122.1 9999; ethtool -K eth0 tso on gso on 2>/dev/null' >&2
  wait
  after=$(cat "$counter")
  echo $((after - before))
}

# Queues of a guest's NIC that have raised interrupts, after some traffic from each of its CPUs.
queues_with_interrupts() {
  guest-run "$1" 'for cpu in 0 1 2 3; do taskset -c $cpu ping -q -c 20 -i 0.01 192.168.122.1 >/dev/null; done
    grep -E "virtio[0-9]+-input" /proc/interrupts' |
    awk '{sum = 0; for (i = 2; i <= NF - 3; i++) sum += $i; if (sum > 0) used++} END {print used + 0}'
}

# CPU and ticks so far of each of a guest's vhost workers.
worker_ticks() {
  local folder
  for folder in $(workers "$1"); do awk '{sub(/.*\) /, ""); print $37, $12 + $13}' "$folder/stat"; done
}

# "CPU TICKS" of each CPU on which a guest's vhost workers worked while each of its four vCPUs sent 8 MiB.
ticks_while_sending() {
  local port before after code=0
  for port in 9990 9991 9992 9993; do timeout 200 socat -u "TCP-LISTEN:$port,reuseaddr" /dev/null & done
  sleep 1
  before=$(worker_ticks "$1")
  guest-run "$1" 'for cpu in 0 1 2 3; do
    taskset -c $cpu sh -c "dd if=/dev/zero bs=64k count=128 2>/dev/null | nc 192.168.122.1 999$cpu" &
  done; wait' >&2 || code=$?
  after=$(worker_ticks "$1")
  wait
  paste -d' ' <(echo "$before") <(echo "$after") |
    awk '{if ($4 > $2) ticks[$3] += $4 - $2} END {for (cpu in ticks) print cpu, ticks[cpu]}' | sort -n
  return "$code"
}

# One line a setting of the host that the policy of the tests is about.
host_now() {
  (cd /proc/sys/net && grep . core/[rw]mem_* core/netdev_max_backlog core/somaxconn ipv4/tcp_{rmem,wmem,mtu_probing,window_scaling})
  head -v -n 1 /sys/devices/system/node/node*/hugepages/hugepages-2048kB/nr_hugepages
  echo "virbr0: $(mtu_of virbr0)"
  virsh net-dumpxml --inactive default
  find /etc/sysctl.d /etc/modules-load.d /etc/tmpfiles.d /etc/udev/rules.d /var/lib/kvmtune -type f 2>/dev/null |
    sort | xargs -r sha256sum
}

# Everything about a guest in this run, for a look from outside.
guest_now() {
  echo "workers:"; worker_cpus "$1"
  echo "vCPUs:"; vcpu_cpus "$1"
  echo "emulator: $(emulator_cpus "$1")"
  echo "tap: $(mtu_of "$(tap_of "$1")")"
  guest-run "$1" 'ethtool -l eth0; cat /sys/class/net/eth0/mtu; cd /proc/sys/net
    grep . core/rmem_* core/wmem_* core/netdev_max_backlog core/somaxconn ipv4/tcp_rmem ipv4/tcp_wmem ipv4/tcp_mtu_probing'
}
