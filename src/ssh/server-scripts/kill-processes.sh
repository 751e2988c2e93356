# shellcheck shell=sh disable=SC2034 # what one file sets, another reads
# Kills all processes of a job or a command, by a mark in their environment. Part of every script and of the runner.

# kill_marked MARKS: kills every process whose environment contains one of these lines, in any group or session. Sets LEFT: a
# line `PID NAME` for each that is still there after about 4 seconds, `0 unknown` if the processes could not be listed.
kill_marked() {
  passes=0
  while
    kill_marked_once "$1"
    [ -n "$LEFT" ] && [ $passes -lt 20 ]
  do
    passes=$((passes + 1))
    sleep_briefly 0.2
  done
}

kill_marked_once() {
  LEFT='' looked=''
  find_marked "$1"
  for entry in $found; do
    if [ "$entry" = all ]; then looked=yes; fi
    pid=${entry#/proc/} pid=${pid%/environ}
    # Checked again, since its id may now belong to another process.
    if [ "$pid" = $$ ] || ! process "$pid" || ! is_marked "$pid" "$1"; then continue; fi
    kill -KILL "$pid"
    LEFT="$LEFT$pid $NAME
"
  done
  [ -n "$looked" ] || LEFT="0 unknown
"
} 2>/dev/null

# kill_all_marked MARKS: kill_marked, and processes that are starting a program: until that is loaded, they have no environment.
# A process can still be missed if it starts one program after another, but it is looked for again when the jobs are cleaned.
kill_all_marked() {
  kill_marked "$1"
  starting=no
  while a_program_starts && [ $passes -lt 20 ]; do
    starting=yes passes=$((passes + 1))
    sleep_briefly 0.2
  done
  [ $starting = no ] || kill_marked "$1"
}

# Such a process has no command line either. Neither have processes of the kernel, which run no file.
a_program_starts() {
  found=$(grep -Ls '' /proc/[0-9]*/cmdline)
  [ $? -lt 126 ] || found=$(printf '%s\n' /proc/[0-9]*/cmdline | xargs grep -Ls '')
  for entry in $found; do
    [ ! -e "${entry%cmdline}exe" ] || return 0
  done
  return 1
} 2>/dev/null

is_marked() {
  tr '\000' '\n' <"/proc/$1/environ" | grep -qF -e "$2"
}

# Sets `found`: their /proc/PID/environ, and `all` if the list is complete: not so if no process could be started, for example.
# Processes of the kernel and of other users are not readable. One `grep` for all, since one for each would take seconds on a
# busy server. It finds the marks in its own command line as well, unless it stops at a NUL, as that of busybox does.
find_marked() {
  found=$(grep -lsF -e "$1" /proc/self/cmdline /proc/[0-9]*/environ)
  case $?$found in [0-2]/proc/self/cmdline*) found="all ${found#*cmdline}" && return ;; esac
  found=$(list_marked "$1")
}

# For such a `grep`, and for more processes than fit into one command line: `head` prints all with their names.
list_marked() {
  {
    printf '%s\n' /proc/[0-9]*/environ | xargs head -c 4194304 /dev/null
    echo "==> end $? <=="
  } | tr '\000' '\n' | grep -F -e '==> ' -e "$1" | while read -r line; do
    case $line in
      '==> /proc/'*) entry=${line#==> } entry=${entry% <==} ;;
      '==> end 0 <==' | '==> end 123 <==') echo all ;; # 123: some of them had none, or could not be read
      '==> '*) ;;
      *) printf '%s\n' "$entry" ;;
    esac
  done
}
