# shellcheck shell=sh
# inspect: runs COMMAND, which ends with its connection and needs no folder. ID is shown in process lists; LOOK is the mark by
# which end_inspect finds the processes. Each output stream has a line when the command begins, then its output, then the
# answer: the exit status, after all its processes have ended. If standard input ends, the worker is lost: kills them all.

inspect() {
  exec 3<&0 4>&2 2>/dev/null
  read -r self _ </proc/self/stat # `$$` is the process id of its parent
  (
    while read -r _; do :; done
    kill -KILL $$ "$self"
    sleep_briefly 0.2 # a process that was just forked has no mark yet
    kill_marked "FLEETMARK_LOOK=$LOOK"
  ) <&3 >/dev/null 4>&- &
  say began=1 >&4
  say began=1
  (FLEETMARK_COMMAND=$ID FLEETMARK_LOOK=$LOOK exec /bin/sh -c "$COMMAND" </dev/null 2>&4 3<&- 4>&-)
  status=$?
  kill_marked "FLEETMARK_LOOK=$LOOK"
  kill -KILL $!
  wait $! # the next script must not be read by it
  say "status=$status" >&4
  say "status=$status"
}

# end_inspect: kills the processes with the mark LOOK. Answers those that remain, one line `PID OWNER NAME` each.
end_inspect() {
  kill_marked "FLEETMARK_LOOK=$LOOK"
  say "outlen=${#LEFT}"
  printf %s "$LEFT"
}
