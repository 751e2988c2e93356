# shellcheck shell=sh
# inspect: runs COMMAND, which ends with its connection and needs no folder. Takes ID, for people who list the processes, and
# LOOK, the mark by which we find them. Both streams say that it has begun, then carry its output, then the answer: the exit
# status, once all its processes are gone. When standard input ends, the worker is gone, and all of them are killed.

inspect() {
  exec 3<&0 4>&2 2>/dev/null
  (
    while read -r _; do :; done
    kill -KILL $$
    sleep_briefly 0.2 # a process that was just forked has no mark yet
    kill_marked "FLEETMARK_LOOK=$LOOK"
  ) <&3 >/dev/null 4>&- &
  say began=1 >&4
  say began=1
  (FLEETMARK_COMMAND=$ID FLEETMARK_LOOK=$LOOK exec /bin/sh -c "$COMMAND" </dev/null 2>&4 3<&- 4>&-)
  status=$?
  kill_marked "FLEETMARK_LOOK=$LOOK"
  say "status=$status" >&4
  say "status=$status"
  kill -KILL $!
  exit
}

# end_inspect: kills the processes of LOOK. Answers those that are left, a line `PID NAME` each.
end_inspect() {
  kill_marked "FLEETMARK_LOOK=$LOOK"
  say "outlen=${#LEFT}"
  printf %s "$LEFT"
}
