# shellcheck shell=sh disable=SC2034 # what one file sets, another reads
# cancel: kills the job BASE/JOB, or prevents its start. Sends TERM, after GRACE seconds KILL, and also kills processes that
# have left its group. Answers the remaining processes, one line `PID OWNER NAME` each. (At the time limit of a job,
# job-runner.sh kills it.)

cancel() {
  safe_base || refuse nobase
  now
  read_state
  SESSIONS='' TEMPORARY=''
  note_job
  case $STATE in absent | idle) prevent_start ;; esac
  [ "$STATE" = running ] && kill_job
  kill_all_marked "FLEETMARK_RUNNER=$JOB;"
  read_state
  say "state=$STATE outlen=${#LEFT}"
  printf %s "$LEFT"
}

# Links an empty `run`, so that no later start can.
prevent_start() {
  mkdir "$FOLDER" 2>/dev/null || [ -d "$FOLDER" ] || refuse nospace
  { printf '' >"$FOLDER/none.$$"; } 2>/dev/null || refuse nospace
  ln "$FOLDER/none.$$" "$FOLDER/run" 2>/dev/null
  rm -f "$FOLDER/none.$$"
  read_state
}

kill_job() {
  { printf '' >"$FOLDER/cancelled" && printf '%s\n' "$AGE" >"$FOLDER/alive"; } 2>/dev/null
  # The only spelling for a process group that dash, bash and busybox understand.
  kill -TERM "-$RUNNER" 2>/dev/null
  wait_for_end $((GRACE * 100))
  [ "$STATE" != running ] || kill -KILL "-$RUNNER" 2>/dev/null
}
