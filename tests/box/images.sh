# shellcheck shell=bash
# shellcheck disable=SC2034,SC2154 # used by, and from, box
# The image cache: folders named after a hash over what they are made from, built under a lock and
# renamed into place when whole. Sourced by box.

cache=${KVMTUNE_CACHE:-${HOME:-/root}/.cache/kvmtune}
own_packages=(qemu-system-x86 qemu-utils mmdebstrap e2fsprogs cpio gzip kmod socat openssh-client
  debian-archive-keyring util-linux python3)

hash_of() { (cd "$here" && sha256sum "$@") | sha256sum | cut -c 1-16; }

tree_archive() { echo "$cache/tree-$(hash_of image/packages image/tree).tar"; }

images_folder() {
  local sources
  mapfile -t sources < <(cd "$here" && find image guest guest-run images.sh machine.sh -type f | LC_ALL=C sort)
  echo "$cache/images-$(hash_of "${sources[@]}")"
}

# The folder with the images, made first if there is none; skips where that is impossible.
ready_images() {
  local images
  images=$(images_folder)
  if [[ ! -e $images/whole ]]; then
    ((EUID == 0)) || skip "the images are not built, and building them needs root"
    mkdir -p "$cache"
    (
      flock -w 3600 9 || skip "another build of the images does not end"
      [[ -e $images/whole ]] || build_images "$images"
    ) 9>"$cache/lock" || exit
  fi
  touch "$images/whole"
  echo "$images"
}

build_images() {
  local tree images=$1 new start=$SECONDS
  tree=$(tree_archive)
  new=$cache/.images.$$
  remove_old
  if [[ ! -e $tree ]]; then
    echo "box: building the Debian tree (two minutes or more)" >&2
    if ! "$here/image/tree" "$cache/.tree.$$.tar" >"$cache/tree.log" 2>&1 9>&-; then
      tail -n 30 "$cache/tree.log" >&2
      rm -f "$cache/.tree.$$.tar"
      skip "mmdebstrap failed (no network for packages?), see $cache/tree.log"
    fi
    mv "$cache/.tree.$$.tar" "$tree"
  fi
  echo "box: building the images" >&2
  rm -rf "$new" "$images"
  if ! "$here/image/build" "$tree" "$new" >"$cache/images.log" 2>&1 9>&-; then
    tail -n 30 "$cache/images.log" >&2
    rm -rf "$new"
    fail "the images cannot be built, see $cache/images.log"
  fi
  first_boot "$new" 2>>"$cache/images.log" || echo "box: its first boot failed: each box will have its own" >&2
  suspended "$new" 2>>"$cache/images.log" || echo "box: it cannot be suspended: each box will boot" >&2
  touch "$new/whole"
  mv "$new" "$images"
  echo "box: images built in $((SECONDS - start)) s" >&2
}

# Boots a new image once, on its own disk, for what only a first boot has to do: AppArmor's profiles are compiled, and
# libvirt has asked QEMU what it can. The disk stays as it was if that fails.
first_boot() (
  boot_new "$1"
  in_box bash -ec 'virsh -c qemu:///system domcapabilities >/dev/null
    journalctl -q --rotate --vacuum-time=1s
    : >/etc/machine-id' </dev/null || exit
  in_box systemctl poweroff </dev/null
  close_shell
  timeout 120 tail --pid="$(cat pid)" -f /dev/null && qemu-img commit -q disk.qcow2
)

# Boots it once more and keeps the machine as it stands then, for boxes to go on with: its memory in state, its disk in
# booted.qcow2. An emulated one only: what KVM has of a processor is of that processor.
suspended() (
  [[ $(accelerator "$1") == tcg ]] || exit 0
  boot_new "$1"
  suspend "$PWD/state" || exit
  qemu-img rebase -u -F raw -b disk.ext4 disk.qcow2 && mv disk.qcow2 ../booted.qcow2 && mv state ../state
)

# A box of new images, in a folder among them that goes with this shell.
boot_new() {
  mkdir "$1/boot"
  cd "$1/boot" || exit
  # shellcheck disable=SC2064 # of now
  trap "power_off; rm -rf '$1/boot'" EXIT
  furnish_folder "$1" 1200
  fresh_disk
  boot
}

# Images that nobody used for two days, and what a killed build left.
remove_old() {
  find "$cache" -mindepth 2 -maxdepth 2 -path '*/images-*/whole' -mmin +2880 -printf '%h\0' |
    xargs -0 -r rm -rf
  find "$cache" -mindepth 1 -maxdepth 1 \( -name '.images.*' -o -name '.tree.*' \) -mmin +300 \
    -exec rm -rf {} +
}
