# What the box gets of a build: the programs as installed, and a guest that has the agent.

# stage BUILD FOLDER: installs the build below FOLDER
stage() { DESTDIR=$2 meson install -C "$1" --no-rebuild --quiet >/dev/null; }

# push_stage BOX DIR FOLDER: copies an installed tree into the box and makes the guest's initrd there
push_stage() {
  "$1" push "$2" "$3/usr" /tmp/stage &&
    "$1" run "$2" bash -ec 'cp -a /tmp/stage/usr/. /usr/ && rm -rf /tmp/stage && ldconfig
      make-guest-initrd "$(command -v kvmtune-agent || echo /usr/local/sbin/kvmtune-agent)" /var/lib/kvmtune-test/agent-initrd'
}
