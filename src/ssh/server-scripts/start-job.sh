# shellcheck shell=sh
# start: begins the job if nobody ever did, then answers as poll does. Takes BASE, JOB, COMMAND, SCRIPT (the runner),
# MAXIMUM and GRACE in seconds, LIMIT in bytes, NEED in KiB, and what poll takes. Begins nothing unless RUN holds the guard.

start() {
  need_base
  look
  case $STATE in
    absent | idle)
      renew_guard || refuse unheld
      look
      case $STATE in absent | idle) begin ;; esac
      ;;
    *)
      renew_guard
      look
      ;;
  esac
  wait_and_tell
}

begin() {
  room "$BASE" "$NEED"
  [ -z "$WRONG" ] || refuse "nospace folder=$BASE wrong=$WRONG"
  mkdir "$FOLDER" 2>/dev/null || [ -d "$FOLDER" ] || refuse nospace
  [ -z "$GUARD" ] || { printf '%s\n' "$HOLDER_SEEN" >"$FOLDER/guard.$GUARD"; } 2>/dev/null || refuse nospace
  write command "$COMMAND"
  write runner "$SCRIPT"
  KEEP=$LIMIT
  [ $((FREE * 256)) -ge "$LIMIT" ] || KEEP=$((FREE * 256)) # a quarter of what is free
  # Not with `&`: what a shell starts in the background, and all that comes of it, ignores SIGINT for ever. The second
  # half of the pipeline ends the shell that would wait for the first.
  # shellcheck disable=SC2016 # expanded by that shell
  FLEETMARK_RUNNER="$JOB;" /bin/sh -c 'setsid /bin/sh "$@" </dev/null >/dev/null 2>&1 | kill -KILL $$' starter \
    "$FOLDER/runner.$$" "$BASE" "$JOB" "$MAXIMUM" "$GRACE" "$KEEP" $$ </dev/null >/dev/null 2>&1
  tries=0
  while look && [ "$STATE" = idle ] && [ -e "$FOLDER/runner.$$" ] && [ $tries -lt 1500 ]; do
    tries=$((tries + 1))
    nap 0.02
  done
  look
  [ "$STATE" != idle ] || refuse nostart
}

# write NAME TEXT: a file of our own; of several that start the job at once each has one.
write() {
  { printf '%s\n' "$2" >"$FOLDER/$1.$$"; } 2>/dev/null && return
  rm -f "$FOLDER/command.$$" "$FOLDER/runner.$$"
  refuse nospace
}
