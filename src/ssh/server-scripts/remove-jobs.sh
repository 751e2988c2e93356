# shellcheck shell=sh
# clean: removes the job PREFIX and all jobs PREFIX.*, so that none can start again, and the guard GUARD. If some are running,
# removes nothing and answers their names; otherwise answers the remaining processes, one line `PID NAME` each. Needs BASE.

clean() {
  safe_base || refuse nobase
  # This comes first: a runner checks for it after its claim, and we look for runners after this.
  { printf '' >"$BASE/.closed/$PREFIX"; } 2>/dev/null || refuse nospace
  running=
  for folder in "$BASE/$PREFIX" "$BASE/$PREFIX".*; do
    JOB=${folder##*/}
    read_state
    [ "$STATE" != running ] || running="$running$JOB
"
  done
  if [ -n "$running" ]; then
    say "running=1 outlen=${#running}"
    printf %s "$running"
    return
  fi
  kill_run
  if [ -n "$GUARD" ] && holds_guard "$PREFIX"; then set -- "$BASE/.guards/$GUARD"; fi
  remove "$@" || refuse undeleted
  say "running=0 outlen=${#LEFT}"
  printf %s "$LEFT"
}

# Kills all processes of the jobs of the run PREFIX.
kill_run() {
  kill_all_marked "FLEETMARK_RUNNER=$PREFIX;
FLEETMARK_RUNNER=$PREFIX."
}

# remove FILE...: removes the jobs, and these files. Some tools make their folders read-only.
remove() {
  rm -rf "${BASE:?}/$PREFIX" "$BASE/$PREFIX".* "$@" && return
  chmod -R u+rwX "$BASE/$PREFIX" "$BASE/$PREFIX".*
  rm -rf "${BASE:?}/$PREFIX" "$BASE/$PREFIX".* "$@"
} 2>/dev/null
