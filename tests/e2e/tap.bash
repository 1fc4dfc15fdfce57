# Checks that print TAP. A check is a name and a command; its output is shown if it fails.

number=0
failures=0

check() {
  local name=$1 output start=$SECONDS
  shift
  number=$((number + 1))
  if output=$("$@" 2>&1); then
    echo "ok $number - $name ($((SECONDS - start)) s)"
  else
    failures=$((failures + 1))
    echo "not ok $number - $name"
    echo "# ${output//$'\n'/$'\n# '}"
    ground_holds
  fi
}

# What a failed check may have stood on is still there; a script with more to lose says how to see that.
ground_holds() { :; }

# same GOT WANTED
same() {
  [[ $1 == "$2" ]] || { printf 'wanted: %s\ngot:    %s\n' "$2" "$1"; return 1; }
}

# exits STATUS COMMAND...: the command's output is kept in $said
said=
exits() {
  local wanted=$1 code=0
  shift
  said=$("$@" 2>&1) || code=$?
  [[ $code == "$wanted" ]] || { printf 'exit status %s, not %s:\n%s\n' "$code" "$wanted" "$said"; return 1; }
}

# lacks TEXT COMMAND...: what the command prints must not have the text
lacks() {
  local text=$1 output
  shift
  output=$("$@" 2>&1) || true
  [[ -n $output && $output != *"$text"* ]] || { printf 'has "%s", or is empty:\n%s\n' "$text" "$output"; return 1; }
}

# has TEXT COMMAND...
has() {
  local text=$1 output
  shift
  output=$("$@" 2>&1) || true
  [[ $output == *"$text"* ]] || { printf 'lacks "%s":\n%s\n' "$text" "$output"; return 1; }
}

finish() {
  echo "1..$number"
  ((failures == 0))
}
