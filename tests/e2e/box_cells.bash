# A guest that no NUMA node has the CPUs for, as the last one in the box of box_one_shot, which sources this: the cells
# that it is shown with its section's consent, looked at through QEMU and the host's kernel.
# shellcheck shell=bash disable=SC2016 # much of the text is for the shell inside

# AppArmor lets QEMU read the CPUs of a node, as kvmtune asks for: it binds the memory of cells by itself.
wide_guest() {
  inside 'virsh -q destroy g1; virsh -q undefine g1' >/dev/null
  inside 'echo "/sys/devices/system/node/node[0-9]*/cpumap r," >>/etc/apparmor.d/local/abstractions/libvirt-qemu
    printf "[[domain]]\nmatch = [\"wide1\"]\nqueues = 1\nallow = [\"guest-abi\"]\n" >>/etc/kvmtune/kvmtune.toml'
  check "a guest that no node has the CPUs for, whose section allows cells" inside \
    'guest-xml wide1 75 | sed "s|>4</vcpu>|>8</vcpu>|" | unconfined >/root/wide1.xml && virsh define /root/wide1.xml'
  now 'definition wide1' wide
  check "... is tuned" tune apply wide1
  check "... and starts" inside 'virsh -q start --paused wide1'
  check "... QEMU shows it two cells, with half of its vCPUs and memory each" \
    same "$(inside 'virsh qemu-monitor-command wide1 --hmp info numa | grep -cE "size: 160 MB|cpus: (0 1 2 3|4 5 6 7)"')" 4
  check "... which are huge pages, half of them on each node" \
    same "$(inside 'huge_mib_on wide1 0; huge_mib_on wide1 1' | paste -sd' ')" "160 160"
  check "... the vCPUs of each cell on its node" \
    same "$(inside 'vcpu_cpus wide1 | sed "s/.*: //" | while read -r cpu; do echo $((cpu / 8)); done' | paste -sd' ')" "0 0 0 0 1 1 1 1"
  check "... and all of it goes" eval 'inside "virsh -q destroy wide1" && tune rollback --all'
  check "... its definition is the old one, byte for byte" unchanged 'definition wide1' wide
  inside 'virsh -q undefine wide1'
}
