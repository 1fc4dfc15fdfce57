# Where threads run, by kvmtune's picture and by the kernel; guests that share what is left. Sourced by box_service; g1
# runs and is tuned, g2 and g3 are off and have seats.
# shellcheck shell=bash disable=SC2016,SC2154 # text for the shell inside; names of the sourcing script

# picture_is_true GUEST: kvmtune topology says of each vCPU, the emulator and each worker what the kernel says
picture_is_true() {
  local kernel
  kernel=$(inside "vcpu_cpus $1 | sed -E 's|CPU ([0-9]+)/KVM: |vcpu \1 |'; echo \"emulator 0 \$(emulator_cpus $1)\"; worker_cpus $1 | awk '{print \"vhost\", NR - 1, \$0}'")
  tune topology --json 2>/dev/null | python3 -c 'import json, sys
def cpus(text):
    return {cpu for part in text.split(",") for cpu in range(int(part.split("-")[0]), int(part.split("-")[-1]) + 1)}
drawn = {}
for cpu in json.load(sys.stdin)["cpus"]:
    for use in cpu["uses"]:
        if use["domain"] == sys.argv[1]:
            drawn.setdefault((use["role"], str(use["number"])), set()).add(cpu["index"])
kernel = {tuple(line.split()[:2]): cpus(line.split()[2]) for line in sys.argv[2].splitlines()}
print("kernel:", kernel, "\ndrawn: ", drawn)
sys.exit(kernel != drawn or len(kernel) < 3)' "$1" "$kernel"
}
# How many CPUs a list has.
number_of() {
  local number=0 part
  for part in ${1//,/ }; do number=$((number + ${part#*-} - ${part%-*} + 1)); done
  echo "$number"
}
shared_cpus() { inside 'vcpu_cpus share1 | head -1 | sed "s/.*: //"'; }
has_more_than() { (($(number_of "$(shared_cpus)") > $1)) || { shared_cpus; return 1; }; }

seats_are_true() {
  local before
  check "the host keeps fewer CPUs for itself" policy 20000
  check "the picture of the host is what the kernel says" patiently 10 picture_is_true g1
  check "a guest that shares is defined" inside 'guest-xml share1 73 | sed "s|>4</vcpu>|>2</vcpu>|" | unconfined >/root/share1.xml; virsh define /root/share1.xml'
  check "... gets what is left of a node" patiently 30 inside 'definition share1 | grep -q "<vcpupin vcpu=.1."'
  check "... and starts there" inside 'virsh -q start --paused share1'
  check "... as the picture has it" patiently 20 picture_is_true share1
  check "a second guest with four queues starts" inside 'virsh -q start --paused g2'
  check "... as the picture has it" patiently 20 picture_is_true g2
  inside 'virsh -q destroy g2' >/dev/null
  before=$(number_of "$(shared_cpus)")
  check "when other guests are no more" inside 'virsh -q undefine g2 && virsh -q undefine g3'
  check "... it has more CPUs than $before, while it runs" patiently 30 has_more_than "$before"
  check "... as the picture has it" patiently 20 picture_is_true share1
  inside 'virsh -q destroy share1; virsh -q undefine share1' >/dev/null
}
