# What the box gets of a build: the programs as installed, and a guest that has the agent.

# stage BUILD FOLDER: installs the build below FOLDER, without what only a debugger reads: the way into the box is slow
stage() { DESTDIR=$2 meson install -C "$1" --no-rebuild --quiet --strip >/dev/null; }

# push_stage BOX DIR FOLDER: copies an installed tree into the box and makes the guest's initrd there. Debian's systemd
# has its units below /lib, which is a link into /usr in the box.
push_stage() {
  "$1" push "$2" "$3"/* /tmp/stage &&
    "$1" run "$2" bash -ec 'cd /tmp/stage; copy() { [[ ! -d $1 ]] || cp -a --remove-destination "$1/." "$2"; }
      copy usr /usr; copy lib /usr/lib; copy etc /etc
      cd /; rm -rf /tmp/stage; ldconfig
      make-guest-initrd /usr/sbin/kvmtune-agent /var/lib/kvmtune-test/agent-initrd'
}
