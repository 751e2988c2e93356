# shellcheck shell=sh
# cancel: the job never starts, or it ends: TERM, after GRACE seconds KILL, then whoever left its group. Takes BASE and
# JOB. Answers which processes are left, a line `PID NAME` each.

cancel() {
  need_base
  look
  case $STATE in absent | idle) forestall ;; esac
  [ "$STATE" = running ] && stop
  sweep "FLEETMARK_RUNNER=$JOB;"
  look
  say "state=$STATE outlen=${#LEFT}"
  printf %s "$LEFT"
}

# A `run` without a runner: every start that comes later finds it decided.
forestall() {
  mkdir "$FOLDER" 2>/dev/null || [ -d "$FOLDER" ] || refuse nospace
  { printf '' >"$FOLDER/none.$$"; } 2>/dev/null || refuse nospace
  ln "$FOLDER/none.$$" "$FOLDER/run" 2>/dev/null
  rm -f "$FOLDER/none.$$"
  look
}

stop() {
  { printf '' >"$FOLDER/cancelled"; } 2>/dev/null
  # Of all ways to write it, this alone means the group to dash, bash and busybox.
  kill -TERM "-$RUNNER" 2>/dev/null
  rest $((GRACE * 100))
  [ "$STATE" != running ] || kill -KILL "-$RUNNER" 2>/dev/null
}
