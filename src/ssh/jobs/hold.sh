# shellcheck shell=sh disable=SC2034,SC2153,SC2154 # what one file sets, another reads
# hold: the guard GUARD. Takes BASE, RUN, HOLDER (who that is, one line), OVER (runs that are known to be over), GRACE, and
# MODE: `take` takes it for RUN, and ends and removes what earlier runs have left of this machine; `look` only looks; `drop`
# lets go of it. Answers the run that holds it, unless that is RUN, and who that is.

hold() {
  OWNER='' HOLDER_SEEN=''
  if [ "$MODE" = take ] || [ -e "$BASE" ]; then need_base; fi
  case $MODE in
    take) take_guard ;;
    drop) drop_guard "$RUN" ;;
    *)
      guard_owner
      [ -n "$OWNER" ] || stranger
      ! is_over "$OWNER" || OWNER='' HOLDER_SEEN=''
      ;;
  esac
  say "owner=$OWNER outlen=${#HOLDER_SEEN}"
  printf %s "$HOLDER_SEEN"
}

is_over() {
  case " $RUN $OVER " in *" $1 "*) return 0 ;; esac
  return 1
}

take_guard() {
  mkdir "$BASE/.guards" "$BASE/.closed" 2>/dev/null
  link_guard
  # Nobody of another run can start a job from now on; one that runs has begun before. A start that has seen the old guard
  # may still be on its way: its runner looks after its decision, and we look for runners after this.
  for over in $OVER; do
    { printf '' >"$BASE/.closed/$over"; } 2>/dev/null || refuse nospace
  done
  if [ -n "$OWNER" ] && ! is_over "$OWNER"; then return; fi
  stranger
  if [ -n "$OWNER" ]; then drop_guard "$RUN"; else clear_leftovers; fi
}

# Sets OWNER: empty, RUN or one that is over where we have it, else who was faster.
link_guard() {
  note=$BASE/.guards/.new.$$ heir=$BASE/.guards/.heir.$GUARD
  now
  read -r boot </proc/sys/kernel/random/boot_id
  { printf '%s\n' "$RUN $boot $((NOW + GUARD_TIME)) $HOLDER" >"$note" && [ -s "$note" ]; } 2>/dev/null || {
    rm -f "$note"
    refuse nospace
  }
  tries=0
  until ln "$note" "$BASE/.guards/$GUARD" 2>/dev/null || inherit; do
    [ -z "$OWNER" ] || is_over "$OWNER" || break
    tries=$((tries + 1))
    [ $tries -lt 100 ] || { rm -f "$note"; refuse nobase; }
  done
  rm -f "$note"
}

# Replaces a dead guard, in one step. Only the heir may: of two that have read the same dead guard, the second would replace
# the guard of the first. The heir of a shell that was killed counts as long as its guard would.
inherit() {
  if ! ln "$note" "$heir"; then
    read_guard "$heir"
    if [ -z "$OWNER" ] || is_over "$OWNER"; then retire_heir; fi
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

# Removes a dead heir; another one that has replaced it meanwhile is put back. A power failure can leave an empty one.
retire_heir() {
  if [ -z "$LINE" ]; then
    find "$heir" -size 0 -exec rm -f {} +
    return
  fi
  mv "$heir" "$note.old" || return
  read -r moved <"$note.old"
  [ "$moved" = "$LINE" ] || ln "$note.old" "$heir"
  rm -f "$note.old"
}

# Sets OWNER and HOLDER_SEEN to a run that has a job running here, though it is not the one that has the guard.
stranger() {
  OWNER='' HOLDER_SEEN=''
  for mark in "$BASE"/*/guard."$GUARD"; do
    folder=${mark%/*} JOB=${folder##*/}
    if ! [ -e "$mark" ] || is_over "${JOB%%.*}"; then continue; fi
    look
    [ "$STATE" = running ] || continue
    OWNER=${JOB%%.*}
    read -r HOLDER_SEEN <"$mark"
    return
  done
} 2>/dev/null

# Of a run that may come back no name is closed: it finds out by the guard, and can hold it again. What cannot be deleted,
# such as files of another user, keeps nobody from measuring.
clear_leftovers() {
  for mark in "$BASE"/*/guard."$GUARD"; do
    folder=${mark%/*} PREFIX=${folder##*/} PREFIX=${PREFIX%%.*}
    if ! [ -e "$mark" ] || [ "$PREFIX" = "$RUN" ]; then continue; fi
    for folder in "$BASE/$PREFIX".*; do
      JOB=${folder##*/}
      look
      [ "$STATE" != running ] || stop
    done
    sweep "FLEETMARK_RUNNER=$PREFIX;
FLEETMARK_RUNNER=$PREFIX."
    remove || open_and_remove
  done
}
