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
# patiently TRIES COMMAND: until it succeeds, a second apart
patiently() {
  local tries=$1
  shift
  until "$@"; do
    ((--tries)) || return 1
    sleep 1
  done
}

# picture_is_true GUEST: kvmtune topology says of each vCPU, the emulator and each worker what the kernel says
picture_is_true() {
  local kernel
  kernel=$(inside "vcpu_cpus $1 | sed -E 's|CPU ([0-9]+)/KVM: |vcpu \1 |'; echo \"emulator 0 \$(emulator_cpus $1)\"; worker_cpus $1 | awk '{print \"vhost\", NR - 1, \$0}'")
  tune topology --json 2>/dev/null | python3 -c 'import json, sys
def cpus(text):
    return {cpu for part in text.split(",") for cpu in range(int(part.split("-")[0]), int(part.split("-")[-1]) + 1)}
drawn = {}
for cpu in json.load(sys.stdin)["cpus"]:
    for use in cpu["uses"]:
        if use["domain"] == sys.argv[1]:
            drawn.setdefault((use["role"], str(use["number"])), set()).add(cpu["index"])
kernel = {tuple(line.split()[:2]): cpus(line.split()[2]) for line in sys.argv[2].splitlines()}
print("kernel:", kernel, "\ndrawn: ", drawn)
sys.exit(kernel != drawn or len(kernel) < 3)' "$1" "$kernel"
}
# How many CPUs a list has.
number_of() {
  local number=0 part
  for part in ${1//,/ }; do number=$((number + ${part#*-} - ${part%-*} + 1)); done
  echo "$number"
}
# Those of the guest that shares what is left.
shared_cpus() { inside 'vcpu_cpus share1 | head -n 1 | sed "s/.*: //"'; }
has_more_than() { (($(number_of "$(shared_cpus)") > $1)) || { shared_cpus; return 1; }; }

# An emulated machine hangs now and then, all of it or a guest for good: then nothing is tested, and tests/run tries
# once more.
ground_holds() {
  "$box" run "$dir" test ! -e /run/guest-lost >/dev/null 2>&1 && return
  interventions | sed 's/^/# /'
  echo "Bail out! the box or a guest in it does not answer any more"
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
      printf "[Service]\nExecStart=/root/nudge\nStandardOutput=append:/var/log/nudge.log\n[Install]\nWantedBy=multi-user.target\n" >/etc/systemd/system/nudge.service
      systemctl -q enable --now nudge'
}
# What the emulator let down, a line each: guests that were reset, processors that the medic freed.
interventions() {
  inside 'grep -E ": (reset|started anew)$" /var/log/nudge.log'
  sed -n 's/^[0-9:]* processor/the medic stepped: processor/p' "$dir/medic.log"
}
# Checks that failed in a run that the emulator disturbed say nothing: tests/run tries once more.
finish_in_box() {
  local disturbed
  disturbed=$(interventions)
  [[ -z $disturbed ]] || echo "# ${disturbed//$'\n'/$'\n# '}"
  if ((failures)) && [[ $disturbed ]]; then
    echo "Bail out! $failures checks failed, and the emulated hypervisor or a guest in it hung meanwhile"
    exit 125
  fi
  finish
}
