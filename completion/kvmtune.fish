# Completion of kvmtune for fish: commands, options, names of domains, and the values of options that have a few.

# The options of the command on the line, as its help lists them.
function __kvmtune_options
    set -l words (commandline -opc)
    test (count $words) -ge 2; or return
    $words[1] $words[2] --help 2>/dev/null | string match -ar -- '(?:^ +|,)(-{1,2}[a-z][a-z-]*)' | string match -r -- '^-.*' | sort -u
end

# The commands, as the program's help lists them.
function __kvmtune_commands
    set -l words (commandline -opc)
    $words[1] --help 2>/dev/null | string replace -rf '^  ([a-z]+)  +([a-z].*)$' '$1\t$2'
end

function __kvmtune_command_is
    set -l words (commandline -opc)
    test (count $words) -ge 2; and contains -- $words[2] $argv
end

set -l first 'test (count (commandline -opc)) -eq 1'
complete -c kvmtune -f
complete -c kvmtune -n $first -a '(__kvmtune_commands)'
complete -c kvmtune -n $first -a help -d 'a command\'s options'
complete -c kvmtune -n 'not test (count (commandline -opc)) -eq 1; and string match -q -- "-*" (commandline -ct)' -a '(__kvmtune_options)'
complete -c kvmtune -n '__kvmtune_command_is plan apply verify rollback status explain facts' -a '(virsh --quiet list --all --name 2>/dev/null)'
complete -c kvmtune -n '__kvmtune_command_is rewrite' -F
complete -c kvmtune -n '__kvmtune_command_is help' -a '(__kvmtune_commands)'
complete -c kvmtune -n '__fish_seen_argument -l allow' -x -a 'guest-abi start-dependency'
