# The agent as a service of systemd: the box is the guest here, with a port of its own, and the host is agent-call at
# the port's socket. Sourced with a box that is up and has the installed tree; box, dir, build and inside are of the
# sourcing script. Two halves with a reboot of the box between them; afterwards the box is as it was, with the service.
# shellcheck shell=bash disable=SC2016,SC2154 # text for the shell inside; names of the sourcing script

agent_call() { (cd "$dir" && "$build/tests/e2e/agent-call" agent.sock "$@"); }
to_monitor() { echo "$*" | socat -t 5 - "unix-connect:$dir/monitor" >/dev/null; }

# Values that no rule of kvmtune gives a host, so that the box may be tuned as a host in between.
units_knobs() { inside 'sysctl -n net.core.optmem_max; cat /sys/class/net/eth0/mtu' | paste -sd' '; }
units_put() { agent_call put sysctl/net.core.optmem_max=131072 "nic/$units_mac/mtu=1400"; }

# Milliseconds from the first words of the last agent, which had nothing to put again, to the last time that the target
# was reached. What systemd needs before, for its fences around the agent, is long in an emulated machine.
units_wait() {
  inside 'journalctl -q -b -o short-monotonic -u kvmtune-agent.service -u kvmtune-ready.target' | tr -d '[]' |
    awk '/ Starting kvmtune-agent/ {said = ""}
      / kvmtune-agent: (waiting|serving)/ && said == "" {said = $1}
      / Reached target kvmtune-ready/ {took = said == "" ? "no word of the agent" : int(($1 - said) * 1000)}
      END {print took}'
}
within_limit() {
  local took
  took=$(units_wait)
  echo "$took ms"
  [[ $took =~ ^[0-9]+$ ]] && ((took > 4000 && took < 60000))
}
units_restart() { inside 'systemctl stop kvmtune-ready.target kvmtune-agent; systemctl start kvmtune-ready.target'; }
units_agent_state() { inside "for i in \$(seq 120); do [ \"\$(systemctl is-active kvmtune-agent)\" = $1 ] && exit 0; sleep 1; done; systemctl status kvmtune-agent; exit 1"; }

# What was put again is in the journal before the target.
units_in_order() {
  inside 'journalctl -q -b -o cat -u kvmtune-agent.service -u kvmtune-ready.target >/root/order; cat /root/order
    put=$(grep -n "optmem_max is 131072" /root/order | head -n 1 | cut -d: -f1)
    reached=$(grep -n "Reached target kvmtune-ready.target" /root/order | head -n 1 | cut -d: -f1)
    [ -n "$put" ] && [ -n "$reached" ] && [ "$put" -lt "$reached" ]'
}

# The NIC of the box itself goes and comes back with another index; the connection stays.
units_replug_nic() {
  inside 'systemd-run -q --wait sh -ec "
    device=\$(basename \$(readlink -f /sys/class/net/eth0/device))
    cat /sys/class/net/eth0/ifindex >/root/index
    echo \$device >/sys/bus/virtio/drivers/virtio_net/unbind
    echo \$device >/sys/bus/virtio/drivers/virtio_net/bind
    systemctl restart box-network"
    [ "$(cat /root/index)" != "$(cat /sys/class/net/eth0/ifindex)" ] &&
      for i in $(seq 30); do [ "$(cat /sys/class/net/eth0/mtu)" = 1400 ] && exit 0; sleep 1; done
    ip link show eth0; exit 1'
}

guest_units_set_up() {
  check "the units are good" inside 'systemctl daemon-reload; cd /usr/lib/systemd/system; said=$(systemd-analyze verify --man=no kvmtune-agent.service kvmtune-ready.target 2>&1); echo "$said"; [ -z "$said" ]'
  # An emulated machine needs long for systemd's fences around the agent, and its clock may run fast.
  inside 'mkdir -p /etc/systemd/system/kvmtune-agent.service.d
    printf "[Service]\nTimeoutStartSec=infinity\n" >/etc/systemd/system/kvmtune-agent.service.d/box.conf; systemctl daemon-reload'
  check "udev starts the agent at its port" inside 'udevadm control --reload; udevadm trigger --action=add --subsystem-match=virtio-ports; udevadm settle'
  check "... as a service that says when it is ready" units_agent_state active
  check "... which finds the port by its name" inside 'test -c /dev/virtio-ports/org.kvmtune.agent.0'
  check "it answers" has "agent " agent_call hello
  units_mac=$(inside 'cat /sys/class/net/eth0/address')
  units_before=$(units_knobs)
  agent_call observe >"$work/view"
  check "it sees its NIC" grep -q "^nic/$units_mac/mtu 1500$" "$work/view"
  check "... and what the device takes" grep -q "^nic/$units_mac/mtu_max " "$work/view"
  check "... and its rings" grep -q "^nic/$units_mac/rings/rx [1-9]" "$work/view"
  check "it sets a sysctl and an MTU" units_put
  check "... as the kernel says" same "$(units_knobs)" "131072 1400"
  check "a ring beyond the device's is refused, no more" exits 1 agent_call put "nic/$units_mac/rings/rx=65536"
  check "... and another sysctl too" has "not on the agent's list" agent_call put sysctl/kernel.core_pattern=x
  check "a NIC that is plugged in again is set again" units_replug_nic
  check "a service that waits for the tuning" inside 'cat >/etc/systemd/system/kvmtune-consumer.service <<X
[Unit]
Wants=kvmtune-ready.target
After=kvmtune-ready.target
[Service]
Type=oneshot
ExecStart=/bin/sh -c "sysctl -n net.core.optmem_max >/run/consumer; cat /sys/class/net/eth0/mtu >>/run/consumer"
[Install]
WantedBy=multi-user.target
X
    systemctl -q enable kvmtune-consumer'
}

guest_units_booted() {
  check "after the boot, without a word from the host, the values are there" same "$(units_knobs)" "131072 1400"
  check "... before the target was reached" units_in_order
  check "... and before a service that waits for it" same "$(inside 'paste -sd" " /run/consumer')" "131072 1400"
  check "a revert gives back what the boot set" agent_call revert
  check "... as the kernel says" same "$(units_knobs)" "$units_before"
  check "... for good" inside '! test -e /var/lib/kvmtune-agent/wanted.json'

  units_put >/dev/null
  check "the agent is killed" inside 'systemctl kill -s KILL kvmtune-agent; sleep 1; ! pidof kvmtune-agent'
  check "... its successor knows what was there before it" has "optmem_max done ${units_before% *}" agent_call revert
  check "... and gave it back" same "$(units_knobs)" "$units_before"

  check "with a host that is silent the target is reached" units_restart
  check "... within the limit" within_limit
  check "the port is taken away" to_monitor device_del agent_port
  check "... and the link with it" inside 'for i in $(seq 30); do test -e /dev/virtio-ports/org.kvmtune.agent.0 || exit 0; sleep 1; done; exit 1'
  check "without a port the target is reached" units_restart
  check "... within the limit" within_limit
  inside 'systemctl stop kvmtune-agent'
  check "the port comes back" to_monitor device_add virtserialport,chardev=agent,name=org.kvmtune.agent.0,id=agent_port
  check "... and udev starts the agent" units_agent_state active
  check "... which answers" has "agent " agent_call hello
  inside 'systemctl -q disable kvmtune-consumer; rm -rf /etc/systemd/system/kvmtune-consumer.service /etc/systemd/system/kvmtune-agent.service.d /root/order /root/index; systemctl daemon-reload'
}
