# shellcheck shell=sh disable=SC2034 # what one file sets, another reads
# What is known of one job, BASE/JOB. Part of every verb and of the runner.
#
#     run                          its runner, in one line; empty where it was cancelled before it started. Whoever links
#                                  this file has decided, once and for all, whether the job runs
#     exit.STATUS.HOW.TIME.SPACE   how it ended: a name, since a renaming needs no free space. TIME in hundredths of a
#                                  second, HOW is ended, timeout, cancelled or unable, SPACE enough or full
#     out, err                     what it wrote; out.cut, err.cut: not all of it was kept
#     asleep.NUMBER                who waits for its end: process id and time of birth of a `sleep`
#     work                         its current folder, its caches and its temporary files
#
# BASE/.closed/NAME: no job of the name NAME or NAME.* ever starts again.

closed() {
  name=$JOB
  until [ -e "$BASE/.closed/$name" ]; do
    case $name in *.*) name=${name%.*} ;; *) return 1 ;; esac
  done
}

# Sets STATE to absent, idle, running, exited or lost, and DETAIL; what `run` says is in RUNNER, BORN, BOOT, SINCE, OOMS
# and KEEP.
look() {
  FOLDER=$BASE/$JOB DETAIL=''
  for glance in first second; do # it may end between the look for its end and the look at its runner
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

# Did the kernel kill the runner for want of memory? Where its log may not be read, any such kill since the start counts.
out_of_memory() {
  oom_kills
  [ "$OOM_KILLS" -gt "$OOMS" ] || return 1
  log=$(dmesg) || return 0
  case $log in *"Killed process $RUNNER "*) return 0 ;; esac
  return 1
}

# rest TIME: looks until the job does not run any more, at most so many hundredths of a second. Looks each second, since a
# look costs the server what it is measured for, and when the runner ends our sleep. That lies ready before each look, so
# that no end falls between the two.
rest() {
  FOLDER=$BASE/$JOB
  now
  until=$((NOW + $1))
  while
    sleep 1 &
    sleeper=$!
    process $sleeper && printf '%s\n' "$sleeper $STARTED" >"$FOLDER/asleep.$$"
    now
    look && [ "$STATE" = running ] && [ "$NOW" -lt $until ]
  do
    wait $sleeper
  done
  kill $sleeper
  wait $sleeper
  rm -f "$FOLDER/asleep.$$"
} 2>/dev/null

wake() {
  for note in "$FOLDER"/asleep.*; do
    read -r sleeper born <"$note" && process "$sleeper" && [ "$STARTED" = "$born" ] && kill "$sleeper"
  done
} 2>/dev/null
