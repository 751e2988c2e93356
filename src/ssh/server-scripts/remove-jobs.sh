# shellcheck shell=sh disable=SC2034 # what one file sets, another reads
# clean: removes the job PREFIX and all jobs PREFIX.*, so that none can start again, and the guard GUARD. If some are running,
# removes nothing and answers their names; otherwise answers the remaining processes, one line `PID OWNER NAME` each. Needs BASE.

clean() {
  safe_base || refuse nobase
  # This comes first: a runner checks for it after its claim, and we look for runners after this.
  { printf '' >"$BASE/.closed/$PREFIX"; } 2>/dev/null || refuse nospace
  running='' SESSIONS='' TEMPORARY=''
  for folder in "$BASE/$PREFIX" "$BASE/$PREFIX".*; do
    JOB=${folder##*/}
    read_state
    note_job
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

# remove FILE...: removes the jobs, the folders TEMPORARY (before the notes about them), and these files. Some tools make their
# folders read-only.
remove() {
  # shellcheck disable=SC2086 # into its words: BASE has no blanks
  set -- $TEMPORARY "${BASE:?}/$PREFIX" "$BASE/$PREFIX".* "$@"
  rm -rf "$@" && return
  chmod -R u+rwX "$@"
  rm -rf "$@"
} 2>/dev/null
