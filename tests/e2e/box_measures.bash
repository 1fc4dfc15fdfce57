# The measures beyond CPUs and queues, on the guest g1 of box_one_shot, which sources this: huge pages, CPU model, MTU
# of the segment, bridge netfilter. Looked at through the kernels of host and guest.
# shellcheck shell=bash disable=SC2016 # much of the text is for the shell inside

# A foreign guest that stays paused: on the same bridge, with nwfilter rules, and nothing of ours.
foreign_guest() {
  inside 'virsh nwfilter-define /dev/stdin >/dev/null <<X
<filter name="kvmtune-test" chain="root"><rule action="accept" direction="inout"><tcp/></rule></filter>
X
guest-xml g3 53 | sed "s|<model type=.virtio./>|&<filterref filter=\"kvmtune-test\"/>|" | unconfined >/root/g3.xml
modprobe br_netfilter && virsh create --paused /root/g3.xml'
}

measures_held_back() {
  check "the foreign guest holds the MTU back, and is named" has g3 tune plan
  check "... the guest's own stays" same "$(inside 'guest_mtu g1')" 1500
  check "... and the tap's" same "$(inside 'mtu_of $(tap_of g1)')" 1500
  check "its nwfilter rules keep bridge netfilter on" same "$(inside netfilter)" "1 1 1"
  check "... which names it" has nwfilter tune plan
}

memory_and_cpu() {
  local node
  node=$(inside 'definition g1 | sed -n "s/.*<memory mode=.* nodeset=.\([0-9]*\).*/\1/p"')
  check "the definition names a node" test -n "$node"
  check "the guest's memory is in huge pages there" same "$(inside "huge_mib_on g1 ${node:-0}")" 320
  check "... and none on the other" same "$(inside "huge_mib_on g1 $((1 - ${node:-0}))")" 0
  check "the guest has the host's CPU" same "$(inside 'guest-run g1 sed -n "s/^model name.*: //p" /proc/cpuinfo | sort -u')" \
    "$(inside 'sed -n "s/^model name.*: //p" /proc/cpuinfo | sort -u')"
  check "its rings have 1024 entries" inside 'guest-run g1 ethtool -g eth0 | grep -A2 -i current | grep -qE "RX:[^0-9]*1024"'
  check "all four queues raise interrupts" same "$(inside 'queues_with_interrupts g1')" 4
  # A 512th of it, in whole pages.
  check "the host's buffers, by its memory" same "$(inside 'sysctl -n net.core.rmem_max net.core.wmem_max | sort -u')" "$(inside 'awk "/^MemTotal/ {print int(\$2 * 1024 / 512 / 4096) * 4096}" /proc/meminfo')"
  check "the guest's buffers, by its memory" same "$(inside 'guest_sysctl g1 net.core.rmem_max')" 5242880
}

# As Docker leaves them: its bridge, and rules between the containers on it, which see bridged frames only.
docker_rules() {
  inside 'ip link add docker0 type bridge && iptables -N DOCKER && iptables -A FORWARD -o docker0 -j DOCKER &&
    iptables -A FORWARD -i docker0 -o docker0 -j DROP'
}
without_docker() {
  inside 'iptables -D FORWARD -i docker0 -o docker0 -j DROP; iptables -D FORWARD -o docker0 -j DOCKER
    iptables -X DOCKER && ip link del docker0'
}
ports_rule() { inside "iptables -$1 FORWARD -m physdev --physdev-is-bridged -j ACCEPT"; }

netfilter_kept() {
  check "without the foreign guest, but with Docker's rules" docker_rules
  check "... bridge netfilter stays on" has Docker tune plan
  check "... after an apply too" tune apply
  check "... as the kernel says" same "$(inside netfilter)" "1 1 1"
  check "with a rule of somebody's about bridged frames instead" without_docker
  check "... which there is" ports_rule A
  check "... it stays on" has "iptables rules with -m physdev" tune plan
  ports_rule D
}

jumbo_frames() {
  local before
  before=$(inside 'frames_for_32_mib g1')
  inside 'virsh destroy g3; virsh nwfilter-undefine kvmtune-test' >/dev/null
  netfilter_kept
  check "without any of them" tune apply
  check "... bridge netfilter is off" same "$(inside netfilter)" "0 0 0"
  check "... the MTU is 9000 on bridge and tap" same "$(inside 'mtu_of virbr0; mtu_of $(tap_of g1)' | paste -sd' ')" "9000 9000"
  check "... and in the guest" same "$(inside 'guest_mtu g1')" 9000
  check "large frames reach the guest" inside 'ping -q -c 3 -M do -s 8972 192.168.122.50'
  check "... and the host" inside 'guest-run g1 /bin/ping -q -c 3 -M do -s 8972 192.168.122.1'
  check "far fewer frames carry the same" fewer "$before" "$(inside 'frames_for_32_mib g1')"
}
# fewer BEFORE AFTER: a sixth would be all of them full; how many are not is a matter of who is scheduled when
fewer() {
  echo "# frames for 32 MiB: $1 at 1500, $2 at 9000"
  (($2 > 0 && $1 >= 3 * $2)) || { echo "$1 frames before, $2 now"; return 1; }
}
