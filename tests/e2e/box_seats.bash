# Where threads run, by kvmtune's picture and by the kernel; a guest that shares what is left, beside the daemon. Sourced
# by box_service; g1 runs and is tuned, g2 and g3 are off and have seats.
# shellcheck shell=bash disable=SC2016,SC2154 # text for the shell inside; names of the sourcing script


seats_are_true() {
  local before
  check "the host keeps fewer CPUs for itself" policy 20000
  check "the picture of the host is what the kernel says" patiently 20 picture_is_true g1
  check "a guest that shares is defined" inside 'guest-xml share1 73 | sed "s|>4</vcpu>|>2</vcpu>|" | unconfined >/root/share1.xml; virsh define /root/share1.xml'
  check "... gets what is left of a node" patiently 60 inside 'definition share1 | grep -q "<vcpupin vcpu=.1."'
  check "... and starts there" inside 'virsh -q start --paused share1'
  check "... as the picture has it" patiently 40 picture_is_true share1
  before=$(number_of "$(shared_cpus)")
  check "when other guests are no more" inside 'virsh -q undefine g2 && virsh -q undefine g3'
  check "... it has more CPUs than $before, while it runs" patiently 60 has_more_than "$before"
  check "... as the picture has it" patiently 40 picture_is_true share1
  inside 'virsh -q destroy share1; virsh -q undefine share1' >/dev/null
}
