# shellcheck shell=bash
# shellcheck disable=SC2154 # cache is of images.sh
# The virtual machine of a box folder: QEMU started, stopped, waited for. Sourced by box; the
# current folder is the box folder, which keeps socket paths short.
#   disk.qcow2 console.log qemu.log medic.log pid port images deadline and the sockets monitor, medic, gdb and agent.sock
#   live in it

boot_limit=${BOX_BOOT_LIMIT:-400}
# Longest silence of a boot, in seconds: seven times the longest of a quiet machine with two cores.
silence_limit=120

# Which accelerator works here, found out by booting a kernel for some seconds: a device node says
# nothing. KVM without nested virtualization is of no use. Remembered until the machine boots anew.
accelerator() {
  local images=$1 known answer=tcg
  known=$cache/accelerator-$(cat /proc/sys/kernel/random/boot_id)
  if [[ ! -s $known ]]; then
    if [[ -w /dev/kvm ]] && probe_kvm "$images"; then answer=kvm; fi
    rm -f "$cache"/accelerator-*
    echo "$answer" >"$known.$$"
    mv "$known.$$" "$known"
  fi
  cat "$known"
}

probe_kvm() {
  timeout -k 1 20 qemu-system-x86_64 -machine q35 -accel kvm -cpu host -m 256 -nodefaults \
    -no-user-config -display none -no-reboot -serial file:probe.log \
    -kernel "$1/vmlinux" -initrd "$1/initrd" -append "console=ttyS0 panic=-1 box.probe" \
    >/dev/null 2>&1 </dev/null
  grep -q 'BOX PROBE nested=yes' probe.log 2>/dev/null
}

is_running() { [[ -s pid ]] && grep -qa qemu-system "/proc/$(cat pid)/cmdline" 2>/dev/null; }

# Starts QEMU on the disk as it is, for what is left of the lifetime; with more arguments for QEMU, if any.
power_on() {
  local images left accelerator processor words i
  images=$(cat images)
  left=$(($(cat deadline) - $(date +%s)))
  ((left > 0)) || fail "its lifetime is over"
  accelerator=$(accelerator "$images")
  # An emulator runs `rep movsb` byte by byte: without ERMS and REP_GOOD kernel and libc clear and copy memory in other
  # ways, four times as fast. lpj spares a second of measuring delays on each processor, initcall_blacklist self-tests and
  # the like. With thread=single the box boots as fast, but no guest in it does.
  if [[ $accelerator == kvm ]]; then
    accelerator=kvm processor=host words=
  else
    accelerator=tcg,thread=multi,tb-size=1024 processor=max,la57=off,erms=off,fsrm=off
    words="clearcpuid=rep_good lpj=9600000 initcall_blacklist=crypto_kdf108_init,init_encrypted,init_kprobe_trace"
  fi
  rm -f monitor medic gdb agent.sock
  setsid timeout -k 10 "$left" qemu-system-x86_64 -name box -machine q35,hpet=off,sata=off,smbus=off,i8042=off \
    -accel "$accelerator" -cpu "${BOX_CPU:-$processor}" \
    -m 6G -smp 16,sockets=2,cores=4,threads=2 \
    -object memory-backend-ram,id=m0,size=3G -object memory-backend-ram,id=m1,size=3G \
    -numa node,nodeid=0,cpus=0-7,memdev=m0 -numa node,nodeid=1,cpus=8-15,memdev=m1 \
    -nodefaults -no-user-config -display none -no-reboot \
    -chardev file,id=console,path=console.log,append=on -serial chardev:console \
    -monitor unix:monitor,server=on,wait=off -monitor unix:medic,server=on,wait=off -gdb unix:gdb,server=on,wait=off \
    -kernel "$images/vmlinux" -initrd "$images/initrd" \
    -append "console=ttyS0 panic=-1 root=/dev/vda rw loglevel=7 apparmor=1 security=apparmor mitigations=off nopti nokaslr tsc=reliable nowatchdog random.trust_cpu=on net.ifnames=0 systemd.show_status=0 rcupdate.rcu_cpu_stall_suppress=1 cryptomgr.notests $words ${BOX_APPEND:-}" \
    -drive file=disk.qcow2,format=qcow2,if=none,id=disk,cache=writeback -device virtio-blk-pci,drive=disk \
    -netdev user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:0-:22 -device virtio-net-pci,netdev=net,romfile= \
    -device virtio-serial-pci -chardev socket,id=agent,path=agent.sock,server=on,wait=off \
    -device virtserialport,chardev=agent,name=org.kvmtune.agent.0,id=agent_port \
    -device virtio-rng-pci "$@" >>qemu.log 2>&1 </dev/null 9>&- &
  echo $! >pid
  for ((i = 0; i < 50; i++)); do
    is_running && return
    sleep 0.1
  done
  fail "QEMU does not start: $(tail -n 5 qemu.log)"
}

# Who frees an emulated machine when it hangs; ends with it.
call_medic() {
  if [[ $(accelerator "$(cat images)") == tcg ]]; then
    setsid "$here/medic" medic gdb medic.log >>medic.log 2>&1 </dev/null 9>&- &
  fi
}

monitor() { echo "$*" | socat -t 5 - unix-connect:monitor 2>/dev/null; }

# QEMU picks the port of the ssh forwarding itself, so that no two boxes can want the same.
find_port() {
  local found i
  for ((i = 0; i < 100; i++)); do
    is_running || fail "QEMU does not start: $(tail -n 5 qemu.log)"
    found=$(monitor info usernet | awk '/HOST_FORWARD/ {print $4; exit}') || true
    [[ $found =~ ^[1-9][0-9]*$ ]] && echo "$found" >port && return
    sleep 0.3
  done
  fail "QEMU does not tell its port: $(tail -n 5 qemu.log)"
}

# Goes on where the machine of the images stood when it had booted (suspended); false where it does not.
resume() {
  local images i
  images=$(cat images)
  power_on -incoming "exec:cat '$images/state'"
  find_port
  for ((i = 0; i < 600; i++)); do
    is_running || return 1
    [[ $(monitor info status) == *"VM status: paused (inmigrate)"* ]] || break
    sleep 0.1
  done
  monitor cont >/dev/null # it was stopped when it was saved, and comes back so
  call_medic
  open_shell && in_box date -s "@$(date +%s)" >/dev/null </dev/null
}

# Stops it, writes what is in its memory to a file, and ends it.
suspend() {
  local i
  close_shell
  monitor stop >/dev/null
  monitor "migrate_set_parameter max-bandwidth 10G" >/dev/null
  monitor "migrate -d \"exec:cat >'$1'\"" >/dev/null
  for ((i = 0; i < 600; i++)); do
    [[ $(monitor info migrate) == *"Migration status: completed"* ]] && break
    sleep 0.5
  done
  power_off
  ((i < 600))
}

console_size() { stat -c %s console.log; }

# Waits until the console has said "BOX READY" beyond byte SINCE, and ssh answers. A boot says something all the time:
# one that falls silent hangs, however slow the machine is.
wait_ready() {
  local since=$1 deadline=$((SECONDS + boot_limit)) said length=0 last_word=$SECONDS
  until said=$(tail -c "+$((since + 1))" console.log | tr -d '\0') && [[ $said == *"BOX READY"* ]]; do
    is_running || { echo "box: the VM ended while booting" >&2; return 1; }
    if [[ $said == *"Kernel panic"* || $said == *"BOX FAILED"* ]]; then
      echo "box: the VM's kernel gave up" >&2
      return 1
    fi
    ((${#said} == length)) || length=${#said} last_word=$SECONDS
    if ((SECONDS - last_word > silence_limit || SECONDS > deadline)); then
      echo "box: the VM is not ready after $((SECONDS - deadline + boot_limit)) s, silent for $((SECONDS - last_word)) s" >&2
      show_processors
      return 1
    fi
    sleep 0.5
  done
  open_shell
}

# Where each of its processors stands, twice: what a machine that hangs can still tell.
show_processors() {
  local i
  for i in 1 2; do
    echo "--- its processors; load of this machine: $(cut -d' ' -f1-3 /proc/loadavg)" >&2
    monitor info registers -a | grep -oE '^CPU#[0-9]+|RIP=[0-9a-f]+ RFL=[^ ]+|HLT=1' | tr '\n' ' ' |
      sed 's/ CPU#/\nCPU#/g' >&2 || true
    echo >&2
    sleep 1
  done
}

# As a power cut: nothing is written back, nobody is told. The pid is of timeout, which leads a
# process group with QEMU in it; the lock on the disk is free when the last of them is gone.
power_off() {
  local group i
  close_shell
  if is_running; then
    group=$(cat pid)
    kill -KILL -- "-$group" 2>/dev/null || true
    wait "$group" 2>/dev/null || true
    for ((i = 0; i < 600; i++)); do
      kill -0 -- "-$group" 2>/dev/null || break
      sleep 0.1
    done
  fi
  rm -f pid monitor medic gdb agent.sock
}

show_console() {
  echo "--- the end of the VM's console" >&2
  tail -n 40 console.log >&2
  tail -n 5 qemu.log >&2
}
