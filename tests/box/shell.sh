# shellcheck shell=bash
# Commands in the VM over ssh on a forwarded local port. One connection stays open from `box up`
# on and is shared, for a handshake with an emulated machine takes a second. Sourced by box; the
# current folder is the box folder.

ssh_options=(-F /dev/null -T -o LogLevel=ERROR -o BatchMode=yes -o IdentitiesOnly=yes
  -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o GlobalKnownHostsFile=/dev/null
  -o ConnectTimeout=60 -o ConnectionAttempts=3
  -o ServerAliveInterval=20 -o ServerAliveCountMax=15 -o ControlPath=./shell)

to_box() {
  [[ -s port ]] || fail "it is not up"
  ssh -i "$(cat images)/key" -p "$(cat port)" "${ssh_options[@]}" "$@"
}

open_shell() {
  local i
  close_shell
  for ((i = 0; i < 10; i++)); do
    if to_box -o ControlMaster=yes -f -N root@127.0.0.1 >/dev/null 2>ssh.log </dev/null 9>&- &&
      [[ $(in_box echo up </dev/null) == up ]]; then
      return 0
    fi
    is_running || return 1
    sleep 1
  done
  echo "box: ssh does not answer: $(cat ssh.log)" >&2
  return 1
}

close_shell() {
  if [[ -S shell ]]; then
    ssh "${ssh_options[@]}" -O exit root@127.0.0.1 >/dev/null 2>&1 || true
    rm -f shell
  fi
}

# in_box COMMAND [ARGUMENT...]: each argument arrives as it is; stdin, stdout, stderr and the exit
# code are the command's. 255 is ssh's own.
in_box() { to_box root@127.0.0.1 "${*@Q}"; }
