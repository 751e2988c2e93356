# shellcheck shell=sh
# clean: removes the job PREFIX and all jobs PREFIX.*, none of which starts again. While one of them runs, removes nothing
# and answers which. Lets go of the guard GUARD. Takes BASE. Answers else which processes are left, a line `PID NAME` each.

clean() {
  need_base
  # First of all: a runner looks for it after its decision, and we look for runners after this.
  { printf '' >"$BASE/.closed/$PREFIX"; } 2>/dev/null || refuse nospace
  running=
  for folder in "$BASE/$PREFIX" "$BASE/$PREFIX".*; do
    JOB=${folder##*/}
    look
    [ "$STATE" != running ] || running="$running$JOB
"
  done
  if [ -n "$running" ]; then
    say "running=1 outlen=${#running}"
    printf %s "$running"
    return
  fi
  sweep "FLEETMARK_RUNNER=$PREFIX;
FLEETMARK_RUNNER=$PREFIX."
  remove || open_and_remove || refuse undeleted
  [ -z "$GUARD" ] || drop_guard "$PREFIX"
  say "running=0 outlen=${#LEFT}"
  printf %s "$LEFT"
}

remove() {
  rm -rf "${BASE:?}/$PREFIX" "$BASE/$PREFIX".*
} 2>/dev/null

# Some tools make folders read-only.
open_and_remove() {
  chmod -R u+rwX "$BASE/$PREFIX" "$BASE/$PREFIX".*
  remove
} 2>/dev/null
