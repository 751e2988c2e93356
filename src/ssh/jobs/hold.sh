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
  note=$BASE/.guards/.new.$$
  now
  read -r boot </proc/sys/kernel/random/boot_id
  { printf '%s\n' "$RUN $boot $((NOW + GUARD_TIME)) $HOLDER" >"$note" && [ -s "$note" ]; } 2>/dev/null || {
    rm -f "$note"
    refuse nospace
  }
  tries=0
  until ln "$note" "$BASE/.guards/$GUARD" 2>/dev/null; do
    guard_owner
    [ -z "$OWNER" ] || is_over "$OWNER" || break
    retire
    tries=$((tries + 1))
    [ $tries -lt 100 ] || { rm -f "$note"; refuse nobase; }
  done
  rm -f "$note"
  # Nobody of another run can start a job from now on; one that runs has begun before. A start that has seen the old guard
  # may still be on its way: its runner looks after its decision, and we look for runners after this.
  for over in $OVER; do
    { printf '' >"$BASE/.closed/$over"; } 2>/dev/null || refuse nospace
  done
  if [ -n "$OWNER" ] && ! is_over "$OWNER"; then return; fi
  stranger
  if [ -n "$OWNER" ]; then drop_guard "$RUN"; else clear_leftovers; fi
}

# Removes the guard, unless it is another one by now: that is put back.
retire() {
  mv "$BASE/.guards/$GUARD" "$note.old" || return
  read -r moved <"$note.old"
  [ "$moved" = "$LINE" ] || ln "$note.old" "$BASE/.guards/$GUARD"
  rm -f "$note.old"
} 2>/dev/null

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
