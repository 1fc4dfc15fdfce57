# What the scripts about a hypervisor share: a box that is up (tests/box), with kvmtune in it as it is installed. Sourced
# with BUILD and the folder of a box to boot in and to keep, if any.
# shellcheck shell=bash disable=SC2034 # names for the sourcing script

here=$(dirname "$(realpath "$0")")
build=$(realpath "$1")
box=$here/../box/box
# shellcheck source=tap.bash
. "$here/tap.bash"
# shellcheck source=stage.bash
. "$here/stage.bash"

work=$(mktemp -d)
dir=${2:-$work/box}
keep=${2:+yes}
trap '[[ $keep ]] || "$box" down "$dir"; rm -rf "$work"' EXIT

inside() { "$box" run "$dir" bash -c ". /root/in_box.bash; $1"; }
tune() { "$box" run "$dir" kvmtune "$@"; }
now() { inside "$1" >"$work/$2"; }
unchanged() { inside "$1" | diff "$work/$2" -; }
# patiently TRIES COMMAND: until it succeeds, two seconds apart
patiently() {
  local tries=$1
  shift
  until "$@"; do
    ((--tries)) || return 1
    sleep 2
  done
}

# An emulated machine hangs now and then, all of it: then nothing was tested, and tests/run tries once more.
ground_holds() {
  "$box" run "$dir" true >/dev/null 2>&1 && return
  echo "Bail out! the box does not answer any more"
  exit 125
}

# Boots it for at most so many seconds, or ends this script as one that is skipped or broke off.
raise_box() {
  local code=0
  if "$box" images >/dev/null 2>"$work/up.log"; then "$box" up "$dir" "$1" 2>>"$work/up.log" || code=$?; else code=$?; fi
  if ((code)); then
    tail -n 30 "$work/up.log"
    ((code == 77)) && exit 77
    echo "Bail out! the box did not come up ($code)"
    exit "$code"
  fi
  echo "# the box is up after $SECONDS s"
}

# The programs as installed, what looks at guests from inside, and who resets a guest that the emulator let down.
furnish_box() {
  stage "$build" "$work/stage" && push_stage "$box" "$dir" "$work/stage" &&
    "$box" push "$dir" "$here/in_box.bash" "$here/nudge" "$build/tests/e2e/kvmtune-dying" /root &&
    "$box" run "$dir" bash -ec 'install -D /root/kvmtune-dying /usr/bin/kvmtune-dying
      printf "[Service]\nExecStart=/root/nudge\n[Install]\nWantedBy=multi-user.target\n" >/etc/systemd/system/nudge.service
      systemctl -q enable --now nudge'
}
say_who_was_nudged() {
  inside 'journalctl -q --no-hostname -o cat -u nudge' | sed -n 's/^.*: reset$/# &/p'
  sed -n 's/^[0-9:]* processor/# the medic stepped: processor/p' "$dir/medic.log"
}
