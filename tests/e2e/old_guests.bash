# Guests as an older definition has them, with the i440FX chipset, made and looked at inside the box.
# shellcheck shell=bash

store=/var/lib/kvmtune-test

# appended BASE TREE OUT: the initrd with what is in the folder over it
appended() {
  { cat "$1" && (cd "$2" && find . -print0 | cpio --null --quiet -o -H newc -R 0:0 | gzip -1); } >"$3"
}

# copy_program TREE PROGRAM: with the libraries that it needs
copy_program() {
  local library
  { echo "$2"; ldd "$2" | grep -oE '/[^ ]+'; } | while read -r library; do
    mkdir -p "$1$(dirname "$library")"
    cp -L "$library" "$1$library"
  done
}

# named_initrd OUT: the guest with the agent, whose NICs systemd's udev names by where they sit.
named_initrd() {
  local tree
  tree=$(mktemp -d)
  install -m 755 /root/old-init "$tree/init"
  copy_program "$tree" /usr/lib/systemd/systemd-udevd
  mkdir -p "$tree"/usr/lib/{udev/rules.d,systemd/network}
  cp /usr/lib/udev/rules.d/{50-udev-default,75-net-description,80-net-setup-link}.rules "$tree/usr/lib/udev/rules.d/"
  cp /usr/lib/systemd/network/99-default.link "$tree/usr/lib/systemd/network/"
  appended "$store/agent-initrd" "$tree" "$1"
  rm -rf "$tree"
}

# full_initrd OUT: the guest without an agent, with the box's own kernel, which has drivers for IDE and AHCI.
full_initrd() {
  local tree module file release
  tree=$(mktemp -d) release=$(uname -r)
  mkdir "$tree/modules"
  install -m 755 /root/old-init "$tree/init"
  for module in virtio_pci ata_piix ahci sd_mod sr_mod ext4 button evdev virtio_net e1000; do
    modprobe -S "$release" --show-depends "$module" | sed -n 's/^insmod \([^ ]*\).*/\1/p'
  done | awk '!seen[$0]++' >"$tree/modules/order"
  while read -r file; do
    mkdir -p "$tree$(dirname "$file")"
    cp "$file" "$tree$file"
  done <"$tree/modules/order"
  appended "$store/initrd" "$tree" "$1"
  rm -rf "$tree"
}

# old_guest NAME NUMBER INITRD WORDS DEVICES: a definition with the i440FX chipset
old_guest() {
  guest-xml "$1" "$2" "$3" | unconfined | sed -e "s|machine='q35'|machine='pc'|" -e 's|net.ifnames=0 ||' \
    -e "s|>4</vcpu>|>2</vcpu>|" -e "s|</cmdline>| $4&|" -e "s|</interface>|&$5|"
}

# A second NIC, of this model.
nic() { echo "<interface type='network'><mac address='52:54:00:6b:77:$1'/><source network='default'/><model type='$2'/><rom enabled='no'/></interface>"; }
disk() { echo "<disk type='file' device='$1'><driver name='qemu' type='raw'/><source file='$2'/><target dev='$3' bus='$4'/></disk>"; }

agent_channel() { echo "<channel type='unix'><target type='virtio' name='org.kvmtune.agent.0'/></channel>"; }

# What a guest's NICs are: MAC, name and address of each.
nics_of() {
  guest-run "$1" 'for nic in /sys/class/net/*; do
    name=${nic##*/}
    [ "$name" = lo ] || echo "$(cat $nic/address) $name $(ifconfig $name | sed -n "s/.*inet addr:\([0-9.]*\).*/\1/p")"
  done' | sort
}
# Its parts by PCI class: bridges to ISA and of the host, IDE (0101), SATA (0106).
has_class() { guest-run "$1" "grep -l ^0x$2 /sys/bus/pci/devices/*/class" >/dev/null; }
