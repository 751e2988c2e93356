# shellcheck shell=sh
# start: starts the job unless it was started before or RUN does not hold the guard, then answers as poll does.
# Variables: those of poll, and also COMMAND, SCRIPT (the runner), MAXIMUM and GRACE (seconds), LIMIT and TAIL (bytes of
# each stream that are kept, at its beginning and its end), PARTS (1: exactly so many), NEED (KiB).

start() {
  safe_base || refuse nobase
  read_state
  case $STATE in
    absent | idle)
      renew_guard || refuse unheld
      read_state
      case $STATE in absent | idle) begin ;; esac
      ;;
    *)
      renew_guard
      read_state
      ;;
  esac
  wait_and_tell
}

begin() {
  check_space "$BASE" "$NEED"
  [ -z "$WRONG" ] || refuse "nospace folder=$BASE wrong=$WRONG"
  now
  short=$NOW.$$ # no other job has it
  mkdir "$FOLDER" "$FOLDER/work" "$FOLDER/work/cache" "$BASE/.t$short" 2>/dev/null ||
    { [ -d "$FOLDER/work/cache" ] && [ -d "$BASE/.t$short" ]; } || give_up
  write temporary."$short" ''
  [ -z "$GUARD" ] || { printf '%s\n' "$HOLDER_SEEN" >"$FOLDER/guard.$GUARD"; } 2>/dev/null || refuse nospace
  write command.$$.sh "$COMMAND"
  write runner.$$ "$SCRIPT"
  KEEP=$LIMIT
  [ $((FREE * 256)) -ge "$LIMIT" ] || KEEP=$((FREE * 256)) # a quarter of what is free
  # Not with `&`: background processes of a shell, and all their children, ignore SIGINT for ever. The second half of the
  # pipeline ends the shell that would wait for the first. The substitution waits until the runner closes descriptor 3.
  # shellcheck disable=SC2034,SC2216,SC2260 # empty; nothing is read
  nothing=$(
    exec 3>&1 2>/dev/null
    read -r self _ </proc/self/stat # `$$` is the process id of its parent
    FLEETMARK_RUNNER="$JOB;" setsid /bin/sh "$FOLDER/runner.$$" "$BASE" "$JOB" "$MAXIMUM" "$GRACE" "$KEEP" $$ "$TAIL" "$PARTS" \
      "$BASE/.t$short" </dev/null >/dev/null | kill -KILL "$self"
  )
  read_state
  [ "$STATE" != idle ] || refuse nostart
}

# write NAME TEXT: writes a file of this shell only, because several shells may start the job at the same time.
write() {
  { printf '%s\n' "$2" >"$FOLDER/$1"; } 2>/dev/null && return
  give_up
}

give_up() {
  rm -rf "$BASE/.t$short" "$FOLDER/temporary.$short" "$FOLDER/command.$$.sh" "$FOLDER/runner.$$"
  refuse nospace
}
