# shellcheck shell=sh disable=SC2034,SC2153,SC2154 # what one file sets, another reads
# hold: acquires, inspects or releases the guard GUARD, as MODE says: `take` acquires it for RUN, and kills and removes the
# leftovers of earlier runs on this machine; `look` changes nothing; `drop` releases it. Answers the run that holds it, unless
# that is RUN, and its holder line. Other variables: BASE, HOLDER (a line about RUN), OVER (runs that have ended), GRACE.
#
# Another run may hold it in another folder, for example if /var/tmp is full for one of the two. So `take` looks into all
# folders after it has linked the guard: of two runs, the later one sees the earlier one. If each sees the other, both
# release it; the workflow retries. It also looks before, so that a run that retries never makes the holder release it.

# 5 s
LATER=500

hold() {
  OWNER='' HOLDER_SEEN=''
  if [ "$MODE" = take ] || [ -e "$BASE" ]; then safe_base || refuse nobase; fi
  case $MODE in
    take) find_bases && take_guard ;;
    drop) drop_guard "$RUN" ;;
    *) find_bases && find_holder ;;
  esac
  say "owner=$OWNER outlen=${#HOLDER_SEEN}"
  printf %s "$HOLDER_SEEN"
}

# Sets OWNER and HOLDER_SEEN to another run that holds it or has a running job, in any folder; empty: none.
find_holder() {
  OWNER='' HOLDER_SEEN=''
  in_each_base find_holder_in_base
}

find_holder_in_base() {
  [ -z "$OWNER" ] || return 0
  guard_owner
  if [ -z "$OWNER" ] || is_over "$OWNER"; then find_running_job; fi
}

is_over() {
  case " $RUN $OVER " in *" $1 "*) return 0 ;; esac
  return 1
}

take_guard() {
  find_holder
  [ -z "$OWNER" ] || return 0
  { [ -d "$BASE/.guards" ] && [ -d "$BASE/.closed" ]; } || mkdir "$BASE/.guards" "$BASE/.closed" 2>/dev/null
  in_each_base close_over
  link_guard
  [ -z "$OWNER" ] || is_over "$OWNER" || return 0
  # No other run can start a job from now on, except a start that has already seen the old guard: its runner checks for a
  # closed name after its claim, and we look for runners after this.
  find_holder
  if [ -n "$OWNER" ]; then drop_guard "$RUN"; else in_each_base clear_leftovers; fi
}

# In other folders a failure is ignored: no job can start there either. A guard that an earlier attempt of RUN has left there
# is removed before ours is linked, since both may be the same file by two paths.
close_over() {
  for over in $OVER; do
    { printf '' >"$BASE/.closed/$over"; } 2>/dev/null || [ "$BASE" != "$OURS" ] || refuse nospace
  done
  [ "$BASE" = "$OURS" ] || drop_guard "$RUN"
}

# Sets OWNER: if we got the guard, empty, RUN, or a run that has ended; otherwise the run that was faster.
link_guard() {
  note=$BASE/.guards/.new.$$ heir=$BASE/.guards/.heir.$GUARD
  now
  read -r boot </proc/sys/kernel/random/boot_id
  { printf '%s\n' "$RUN $boot $((NOW + GUARD_TIME)) $HOLDER" >"$note" && [ -s "$note" ]; } 2>/dev/null || {
    rm -f "$note"
    refuse nospace
  }
  tries=0
  until ln "$note" "$BASE/.guards/$GUARD" 2>/dev/null || replace_dead_guard; do
    [ -z "$OWNER" ] || is_over "$OWNER" || break
    tries=$((tries + 1))
    [ $tries -lt 100 ] || { rm -f "$note"; refuse nobase; }
  done
  rm -f "$note"
}

# Replaces an invalid guard, in one step. Only the run that has linked `.heir` may do so: of two runs that have read the same
# invalid guard, the second would replace the guard of the first. A killed shell's heir is valid as long as its guard would be.
replace_dead_guard() {
  if ! ln "$note" "$heir"; then
    read_guard "$heir"
    if [ -z "$OWNER" ] || is_over "$OWNER"; then remove_dead_heir; fi
    return 1
  fi
  guard_owner
  if [ -z "$OWNER" ] || is_over "$OWNER"; then
    mv -f "$heir" "$BASE/.guards/$GUARD"
  else
    rm -f "$heir"
    return 1
  fi
} 2>/dev/null

# Removes an invalid heir, and restores one that has replaced it meanwhile. A power failure can leave an empty one.
remove_dead_heir() {
  if [ -z "$LINE" ]; then
    find "$heir" -size 0 -exec rm -f {} +
    return
  fi
  mv "$heir" "$note.old" || return
  read -r moved <"$note.old"
  [ "$moved" = "$LINE" ] || ln "$note.old" "$heir"
  rm -f "$note.old"
}

# Sets OWNER and HOLDER_SEEN to a run that has a running job here without holding the guard.
find_running_job() {
  OWNER='' HOLDER_SEEN=''
  for mark in "$BASE"/*/guard."$GUARD"; do
    folder=${mark%/*} JOB=${folder##*/}
    if ! [ -e "$mark" ] || is_over "${JOB%%.*}"; then continue; fi
    read_state
    [ "$STATE" = running ] || continue
    OWNER=${JOB%%.*}
    read -r HOLDER_SEEN <"$mark"
    return
  done
} 2>/dev/null

# Does not close the names of their jobs: these runs may continue later and take the guard again. Ignores files that cannot be deleted.
clear_leftovers() {
  for over in $OVER; do drop_guard "$over"; done
  for mark in "$BASE"/*/guard."$GUARD"; do
    folder=${mark%/*} PREFIX=${folder##*/} PREFIX=${PREFIX%%.*}
    if ! [ -e "$mark" ] || [ "$PREFIX" = "$RUN" ]; then continue; fi
    SESSIONS='' TEMPORARY=''
    for folder in "$BASE/$PREFIX".*; do
      JOB=${folder##*/}
      now
      read_state
      note_job
      [ "$STATE" != running ] || kill_job
    done
    kill_run
    remove
  done
}
