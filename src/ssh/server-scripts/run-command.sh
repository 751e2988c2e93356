# shellcheck shell=sh
# inspect: runs COMMAND, which ends with its connection, and needs no folder. Takes ID (shown in the list of
# processes) and LOOK (for us to find them). Both streams tell that it began, then what it writes, then the answer: the
# exit status, once none of its processes is left. When standard input ends, we are gone, and all of them are killed.

inspect() {
  exec 3<&0 4>&2 2>/dev/null
  (
    while read -r _; do :; done
    kill -KILL $$
    nap 0.2 # what was just started is not yet what it will be
    sweep "FLEETMARK_LOOK=$LOOK"
  ) <&3 >/dev/null 4>&- &
  say began=1 >&4
  say began=1
  (FLEETMARK_COMMAND=$ID FLEETMARK_LOOK=$LOOK exec /bin/sh -c "$COMMAND" </dev/null 2>&4 3<&- 4>&-)
  status=$?
  sweep "FLEETMARK_LOOK=$LOOK"
  say "status=$status" >&4
  say "status=$status"
  kill -KILL $!
  exit
}

# end_inspect: kills the processes of LOOK. Answers which are left, a line `PID NAME` each.
end_inspect() {
  sweep "FLEETMARK_LOOK=$LOOK"
  say "outlen=${#LEFT}"
  printf %s "$LEFT"
}
