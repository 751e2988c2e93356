# shellcheck shell=sh
# start: begins the job if nobody ever did, then answers as poll does. Takes BASE, JOB, COMMAND, SCRIPT (the runner),
# MAXIMUM and GRACE in seconds, LIMIT in bytes, NEED in KiB, and what poll takes.

start() {
  look
  case $STATE in absent | idle) begin ;; esac
  poll
}

begin() {
  need_base
  free_space
  [ "$FREE" -ge "$NEED" ] || refuse nospace
  mkdir "$FOLDER" 2>/dev/null || [ -d "$FOLDER" ] || refuse nospace
  write command "$COMMAND"
  write runner "$SCRIPT"
  KEEP=$LIMIT
  [ $((FREE * 256)) -ge "$LIMIT" ] || KEEP=$((FREE * 256)) # a quarter of what is free
  FLEETMARK_RUNNER="$JOB;" setsid /bin/sh "$FOLDER/runner.$$" "$BASE" "$JOB" "$MAXIMUM" "$GRACE" "$KEEP" $$ \
    </dev/null >/dev/null 2>&1 &
  while look && [ "$STATE" = idle ] && process $!; do nap 0.05; done
  look
  [ "$STATE" != idle ] || refuse nostart
}

# write NAME TEXT: a file of our own; of several that start the job at once each has one.
write() {
  { printf '%s\n' "$2" >"$FOLDER/$1.$$"; } 2>/dev/null && return
  rm -f "$FOLDER/command.$$" "$FOLDER/runner.$$"
  refuse nospace
}
