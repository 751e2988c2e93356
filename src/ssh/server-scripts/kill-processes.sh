# shellcheck shell=sh disable=SC2034 # what one file sets, another reads
# Kills all processes of a job or a command, by a mark in their environment. Part of every verb and of the runner.

# sweep COOKIES: kills every process whose environment has one of these, one a line, whatever group or session it has moved
# to. Sets LEFT: a line `PID NAME` for each that would not die in some 4 seconds, `0 unknown` where nobody could look.
sweep() {
  passes=0
  while
    kill_once "$1"
    [ -n "$LEFT" ] && [ $passes -lt 20 ]
  do
    passes=$((passes + 1))
    nap 0.2
  done
}

kill_once() {
  LEFT=
  looked=
  for entry in $(carriers "$1"); do
    if [ "$entry" = all ]; then looked=yes; fi
    pid=${entry#/proc/} pid=${pid%/environ}
    # Asked again, since its id may have become that of another process.
    if [ "$pid" = $$ ] || ! process "$pid" || ! carries "$pid" "$1"; then continue; fi
    kill -KILL "$pid"
    LEFT="$LEFT$pid $NAME
"
  done
  [ -n "$looked" ] || LEFT="0 unknown
"
} 2>/dev/null

carries() {
  tr '\000' '\n' <"/proc/$1/environ" | grep -qF -e "$2"
}

# Their /proc/PID/environ, and `all` behind them: without it nobody could look, for want of processes say. Those of the
# kernel and of other users show no environment. One `grep` for all, since one for each would take a busy server seconds;
# that of busybox ends at a NUL.
carriers() {
  if printf 'a\000b' | grep -qF b; then
    printf '%s\n' /proc/[0-9]*/environ | xargs grep -lsF -e "$1"
    case $? in 0 | 123) echo all ;; esac # 123: some of them had none, or could not be read
    return
  fi
  for entry in /proc/[0-9]*; do
    carries "${entry#/proc/}" "$1" && printf '%s\n' "$entry/environ"
  done
  echo all
}
