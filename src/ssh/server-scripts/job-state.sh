# shellcheck shell=sh disable=SC2034 # what one file sets, another reads
# The state of one job, BASE/JOB. Part of every script and of the runner.
#
#     run                          one line about its runner; empty if it was cancelled before it started. Linking this file
#                                  decides, once and for all, whether the job runs
#     exit.STATUS.HOW.TIME.SPACE   how it ended: a name, since renaming needs no free space. TIME in hundredths of a second,
#                                  HOW is ended, timeout, cancelled or unable, SPACE enough or full
#     out, err                     its output; out.cut, err.cut: not all of it was kept; held: a process may still write to it
#     asleep.NUMBER                a waiter for its end: process id and start time of its `sleep`
#     command.NUMBER.sh            the command; runner.NUMBER: the runner; run.NUMBER: the same file as `run`
#     pending.NUMBER.end           becomes its `exit` if there is no space for a new file
#     work                         its current folder, with its caches
#     temporary.NAME               the folder BASE/.tNAME is for its temporary files: its path is short, since that of a Unix
#                                  socket has at most 107 characters
#     alive                        a time after SINCE, in hundredths of a second, at which a process was in its session
#
# BASE/.closed/NAME: no job NAME or NAME.* ever starts again.

closed() {
  name=$JOB
  until [ -e "$BASE/.closed/$name" ]; do
    case $name in *.*) name=${name%.*} ;; *) return 1 ;; esac
  done
}

# Sets STATE to absent, idle, running, exited or lost, DETAIL, and what `run` says: RUNNER, BORN, BOOT, SINCE, OOMS, KEEP.
read_state() {
  FOLDER=$BASE/$JOB DETAIL=''
  for attempt in first second; do # it may end between the two checks, for its end and for its runner
    STATE=absent RUNNER=0 SINCE='' KEEP=''
    [ ! -d "$FOLDER" ] || STATE=idle
    read -r RUNNER BORN BOOT SINCE OOMS KEEP <"$FOLDER/run"
    for ending in "$FOLDER"/exit.*; do
      [ -e "$ending" ] || continue
      STATE=exited DETAIL=${ending##*/exit.}
      return 0
    done
    if ! [ -e "$FOLDER/run" ]; then
      closed && STATE=exited DETAIL=cleaned
      return 0
    fi
    if [ -z "$RUNNER" ]; then
      STATE=exited DETAIL=unstarted
      return 0
    fi
    [ "$RUNNER" != 0 ] || continue
    read -r boot </proc/sys/kernel/random/boot_id
    if [ "$BOOT" = "$boot" ] && process "$RUNNER" && [ "$STARTED" = "$BORN" ]; then
      STATE=running
      return 0
    fi
  done
  STATE=lost DETAIL=killed
  if [ -e "$FOLDER/cancelled" ]; then
    STATE=exited DETAIL=cancelled
  elif [ "$BOOT" != "$boot" ]; then
    DETAIL=rebooted
  elif out_of_memory; then
    DETAIL=oom
  fi
} 2>/dev/null

# Adds the folders for temporary files of the current job to TEMPORARY, and its session to SESSIONS. For a running job sets AGE:
# so long after SINCE a process was in this session. So it also was that long after the start of its runner, by the clock of
# start times, which can be another one in a container. Needs NOW, from before `read_state`.
note_job() {
  for note in "$FOLDER"/temporary.*; do
    [ ! -e "$note" ] || TEMPORARY="$TEMPORARY $BASE/.t${note##*/temporary.}"
  done
  [ "${RUNNER:-0}" != 0 ] && read -r boot </proc/sys/kernel/random/boot_id && [ "$BOOT" = "$boot" ] || return 0
  AGE=0
  case $STATE.$DETAIL in
    running.*) AGE=$((NOW - SINCE)) ;;
    *.*.*.*.*) AGE=${DETAIL#*.*.} AGE=${AGE%%.*} ;;
    *)
      SESSIONS="$SESSIONS $RUNNER:$BORN:$FOLDER/alive"
      return
      ;;
  esac
  SESSIONS="$SESSIONS $RUNNER:$((BORN + AGE))"
} 2>/dev/null

# Whether the OOM killer killed the runner. If the kernel log is not readable, any OOM kill since the start counts.
out_of_memory() {
  oom_kills
  [ "$OOM_KILLS" -gt "$OOMS" ] || return 1
  log=$(dmesg) || return 0
  case $log in *"Killed process $RUNNER "*) return 0 ;; esac
  return 1
}

# wait_for_end TIME: waits until the job is not running, at most TIME hundredths of a second. Checks every 8 s, since checks
# disturb the measurement, and when the runner kills our `sleep`, whose note is written before a check to miss no end.
wait_for_end() {
  now
  until=$((NOW + $1)) sleeper=''
  while
    now
    read_state
    [ "$STATE" = running ] && [ "$NOW" -lt $until ]
  do
    left=$(((until - NOW + 99) / 100))
    sleep $((left < 8 ? left : 8)) &
    sleeper=$!
    process $sleeper && printf '%s\n' "$sleeper $STARTED" >"$FOLDER/asleep.$$"
    read_state
    [ "$STATE" = running ] || kill $sleeper
    wait $sleeper
  done
  if [ "$STATE" = running ] && [ -n "$sleeper" ]; then rm -f "$FOLDER/asleep.$$"; fi
} 2>/dev/null

wake_waiters() {
  for note in "$FOLDER"/asleep.*; do
    read -r sleeper born <"$note" && process "$sleeper" && [ "$STARTED" = "$born" ] && kill "$sleeper"
  done
} 2>/dev/null
