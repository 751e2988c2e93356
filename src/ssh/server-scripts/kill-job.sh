# shellcheck shell=sh
# cancel: kills the job, or prevents its start. Sends TERM, after GRACE seconds KILL, and kills processes that have left its
# group. Takes BASE and JOB. Answers the processes that are left, a line `PID NAME` each. At its time limit, job-runner.sh
# kills the job.

cancel() {
  safe_base || refuse nobase
  read_state
  case $STATE in absent | idle) prevent_start ;; esac
  [ "$STATE" = running ] && kill_job
  kill_marked "FLEETMARK_RUNNER=$JOB;"
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
  { printf '' >"$FOLDER/cancelled"; } 2>/dev/null
  # The only spelling for a process group that dash, bash and busybox understand.
  kill -TERM "-$RUNNER" 2>/dev/null
  wait_for_end $((GRACE * 100))
  [ "$STATE" != running ] || kill -KILL "-$RUNNER" 2>/dev/null
}
