# shellcheck shell=sh disable=SC2034,SC2153 # what one file sets, another reads
# Kills all processes of a job or a command. Part of every script and of the runner. They have a mark in their environment, or
# are in the session of the job: `sudo` clears the environment, and its processes cannot be killed, but are named.
# SESSIONS: words ID:TIME or ID:TIME:FILE. A process of this session that began before TIME (a start time, in hundredths of a
# second) is ours: as long as a process is in a session, no other gets its id. FILE adds to TIME. It is read after the marked
# processes were looked for: a watchdog that kills them has written it before.
SESSIONS=

# kill_marked MARKS: kills every process of SESSIONS, and those whose environment contains one of these lines, in any session.
# Sets LEFT: a line `PID OWNER NAME` for each that is still there after about 4 seconds, `0 own unknown` if the processes could
# not be listed. OWNER is `other` if we may not kill it: it belongs to another user.
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
  [ -z "$SESSIONS" ] || began=$(process self; echo "$STARTED") # by the clock of start times
  find_marked "$1"
  for entry in $found; do
    if [ "$entry" = all ]; then looked=yes; fi
    pid=${entry#/proc/} pid=${pid%/*}
    case "
$LEFT" in *"
$pid "*) continue ;; esac
    # Checked again, since its id may now belong to another process.
    if [ "$pid" = $$ ] || ! process "$pid" || ! is_ours "$entry" "$1"; then continue; fi
    owner=own
    kill -KILL "$pid" || owner=other
    LEFT="$LEFT$pid $owner $NAME
"
  done
  [ -n "$looked" ] || LEFT="0 own unknown
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

# is_ours ENTRY MARKS: whether the current process is; ENTRY is the file that was found.
is_ours() {
  case $1 in
    */stat) in_our_session ;;
    *) is_marked "$1" "$2" && prove_session ;;
  esac
}

is_marked() {
  tr '\000' '\n' <"$1" | grep -qF -e "$2"
}

# The group of the runner is killed as a whole when the runner ends.
in_our_session() {
  [ "$GROUP" != $$ ] || return 1
  for known in $SESSIONS; do
    [ "$SESSION" = "${known%%:*}" ] || continue
    known=${known#*:}
    before=${known%%:*} more=0
    case $known in *:*) read -r more <"${known#*:}" ;; esac
    [ "$STARTED" -ge $((before + ${more:-0})) ] || return 0
  done
  return 1
}

# If the runner was killed, its end is unknown. Its session is still the same when a marked process is in it.
prove_session() {
  case " $SESSIONS" in *" $SESSION:"*) SESSIONS="$SESSIONS $SESSION:$began" ;; esac
}

# Sets `found`: their /proc/PID/environ or /proc/PID/stat, and `all` if the list is complete: not so if no process could be
# started, for example.
# Processes of the kernel and of other users are not readable. One `grep` for all, since one for each would take seconds on a
# busy server. It finds the marks in its own command line as well, unless it stops at a NUL, as that of busybox does.
find_marked() {
  patterns=$1
  set -- /proc/[0-9]*/environ
  for known in $SESSIONS; do
    # Of its /proc/PID/stat: no zombie, its parent, its group, its session.
    patterns="$patterns
) [^XZ] [0-9]* [0-9]* ${known%%:*} "
  done
  [ -z "$SESSIONS" ] || set -- "$@" /proc/[0-9]*/stat
  found=$(grep -ls -e "$patterns" /proc/self/cmdline "$@")
  case $?$found in [0-2]/proc/self/cmdline*) found="all ${found#*cmdline}" && return ;; esac
  found=$(list_marked "$patterns" "$@")
}

# For such a `grep`, and for more processes than fit into one command line: `head` prints all with their names.
list_marked() {
  patterns=$1
  shift
  {
    printf '%s\n' "$@" | xargs head -c 4194304 /dev/null
    echo "==> end $? <=="
  } | tr '\000' '\n' | grep -e '==> ' -e "$patterns" | while read -r line; do
    case $line in
      '==> /proc/'*) entry=${line#==> } entry=${entry% <==} ;;
      '==> end 0 <==' | '==> end 123 <==') echo all ;; # 123: some of them had none, or could not be read
      '==> '*) ;;
      *) printf '%s\n' "$entry" ;;
    esac
  done
}
