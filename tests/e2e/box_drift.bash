# What changes beside kvmtuned, and what it makes of it. Sourced by box_service; g1 runs and is tuned.
# shellcheck shell=bash disable=SC2016,SC2154 # text for the shell inside; names of the sourcing script

# Nothing tells of a sysctl; a round looks at all, and any link that comes is a reason for one.
something_happens() { inside 'ip link add nobody type dummy && ip link del nobody'; }
set_by_hand() { inside "sysctl -qw net.core.somaxconn=$1" && something_happens; }
not_one_placed() { same "$(inside 'worker_cpus g1 | grep -xc "[0-9]*"')" 0; }
g1_boot() { inside 'guest-run g1 cat /proc/sys/kernel/random/boot_id'; }
g1_now() { echo "$(inside 'qemu_pid g1') $(g1_boot)"; }
# runs_on BEFORE: the same process, the same boot
runs_on() { [[ $1 =~ ^[0-9]+\ [0-9a-f-]{36}$ ]] && same "$(g1_now)" "$1"; }
one_channel() { inside 'guest-run g1 ethtool -L eth0 combined 1' && something_happens; }

drift_is_mended() {
  check "somebody sets a sysctl to a value of his own" set_by_hand 1234
  check "... which is his, and said" patiently 40 said 'somebody changed it to "1234"'
  check "... as it is" somaxconn_is 1234
  check "he gives it ours again" set_by_hand 32768
  check "an edited policy" policy 20000
  check "... is in force" patiently 40 somaxconn_is 20000
  check "somebody moves the emulator, and the kernel the workers with it" inside 'virsh emulatorpin g1 0-15 --live'
  check "... they are placed again" patiently 40 workers_placed
  check "... and once more" inside 'virsh emulatorpin g1 0-14 --live'
  check "... they are placed again" patiently 40 workers_placed
  check "... a third time" inside 'virsh emulatorpin g1 0-15 --live'
  check "... then they are left alone, which is said" patiently 40 said "keeps changing it back"
  check "... as they are" not_one_placed
  check "... until the policy is read again" inside 'systemctl reload kvmtuned'
  check "... then they are placed" patiently 40 workers_placed
  check "somebody fixes the bridge's MTU" inside 'ip link set virbr0 mtu 1500'
  check "... which is said, with the command" patiently 40 said 'ip link set dev virbr0 mtu 9000'
  check "... that he runs" inside 'ip link set dev virbr0 mtu 9000'
  check "somebody takes the guest's channels" one_channel
  check "... it has them again" patiently 40 eval 'same "$(inside "channels g1")" 4'
}

workers_on_one_cpu_each() { same "$(inside 'worker_cpus g1 | grep -xc "[0-9]*"') of $(inside 'worker_cpus g1 | wc -l')" "$1 of $1"; }
nic_is_plugged_in() {
  check "somebody plugs in a NIC" inside 'virsh -q attach-interface g1 network default --model virtio --mac 52:54:00:6b:77:50 --live'
  check "... its worker has a place too" patiently 40 workers_on_one_cpu_each 5
  check "... as the picture has it" patiently 20 picture_is_true g1
  check "... and takes it out again" inside 'virsh -q detach-interface g1 network --mac 52:54:00:6b:77:50 --live'
  check "... the others are where they were" patiently 40 workers_on_one_cpu_each 4
}

# elsewhere CPU STAYED: the guest's vCPUs have a CPU each, none of them this one; the first three are where they were
elsewhere() {
  local now
  now=$(inside 'vcpu_cpus g1')
  [[ $(head -n 3 <<<"$now") == "$2" && $now =~ :\ ([0-9]+)$ && ${BASH_REMATCH[1]} != "$1" ]] || { echo "$now"; return 1; }
}
# The one that runs elsewhere is placed again; one of somebody else's that has it alone would not start, as libvirt says.
cpu_goes_offline() {
  local cpu stay
  cpu=$(inside 'vcpu_cpus g1 | tail -n 1 | sed "s/.*: //"')
  stay=$(inside 'vcpu_cpus g1 | head -n 3')
  check "the CPU of a vCPU goes offline" inside "chcpu --disable $cpu"
  check "... which gets another, the others stay" patiently 40 elsewhere "$cpu" "$stay"
  check "... as is said" patiently 20 said "g1: vCPU 3 has CPU $cpu, which is offline: it gets CPU"
  check "... and the picture has the CPU as offline" has "offline: CPU $cpu" tune topology
  check "... and once more, when that goes offline too" inside 'chcpu --disable "$(vcpu_cpus g1 | tail -n 1 | sed "s/.*: //")"'
  check "... it has a third one" patiently 40 elsewhere "$cpu" "$stay"
  check "... for its next start too" inside "definition g1 | grep '<vcpupin vcpu=.3.' | grep -v \"cpuset='$cpu'\""
  inside "definition other >/root/other-before.xml; virsh -q vcpupin other 0 $cpu --config"
  check "a guest that somebody pinned to it alone is named" \
    has "other: it has vCPU 0 pinned to CPU $cpu, which is offline: libvirt will not start it; \`chcpu --enable $cpu\`" tune plan
  check "... as libvirt has it" has "cannot set CPU affinity" inside 'virsh start other'
  check "... and does start when it is back" inside "chcpu --enable 0-15; virsh -q start other"
  check "... where it was before" same "$(inside 'vcpu_cpus other | head -n 1')" "CPU 0/KVM: $cpu"
  check "the first one stays where it is" elsewhere "$cpu" "$stay"
  inside 'virsh -q destroy other; virsh -q define /root/other-before.xml'
}

restarts_are_survived() {
  local before
  before=$(g1_now)
  check "libvirtd is restarted" inside 'systemctl restart libvirtd'
  check "... the guest runs on" runs_on "$before"
  check "somebody moves the emulator then" inside 'virsh emulatorpin g1 0-15 --live'
  check "... the daemon has heard of it" patiently 60 workers_placed
  check "kvmtuned is killed" inside 'systemctl kill -s KILL kvmtuned'
  check "... and the emulator moved while it is away" inside 'virsh emulatorpin g1 0-14 --live'
  check "... systemd starts it again" patiently 60 inside 'systemctl is-active kvmtuned'
  check "... and it goes on" patiently 60 workers_placed
  check "... the guest runs on" runs_on "$before"
}

# A guest that is saved with some CPUs and comes back with others, as on a host that was changed in between.
saved_guest_is_placed() {
  local boot before
  boot=$(g1_boot)
  before=$(inside 'vcpu_cpus g1')
  check "the guest is saved" inside 'virsh managedsave g1'
  check "the host keeps other CPUs for itself" policy 20000 '[host.cpus]
housekeeping = "0-3,8-11"'
  check "... which is in force" patiently 40 none_on_host_cpus
  check "the guest is restored" inside 'virsh start g1'
  check "... it is the same" eval '[[ $boot ]] && same "$(g1_boot)" "$boot"'
  check "... on other CPUs" differs "$before" "$(inside 'vcpu_cpus g1')"
  check "... none of those that the host keeps" same "$(inside 'vcpu_cpus g1 | grep -cxE ".*: ([0-3]|8|9|10|11)"')" 0
  check "... and it is placed in full" patiently 60 exits 0 tune verify
}
none_on_host_cpus() { inside 'definition g1 | grep -q "<vcpupin" && ! definition g1 | grep -qE "<vcpupin .*cpuset=.([0-3]|8|9|10|11).\/>"'; }
differs() { [[ -n $2 && $1 != "$2" ]] || { echo "$2"; return 1; }; }
