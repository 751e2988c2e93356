# shellcheck shell=sh disable=SC2034,SC2153,SC2154 # what one file sets, another reads
# hold: the guard GUARD. Takes BASE, RUN, HOLDER (who that is, one line), OVER (runs that are known to be over), GRACE, and
# MODE: `take` takes it for RUN, and ends and removes what earlier runs have left of this machine; `look` only looks; `drop`
# lets go of it. Answers the run that holds it, unless that is RUN, and who that is.
#
# Another run may hold it in another folder: /var/tmp was full when one of the two chose its folder. So `take` looks into all
# folders after it has linked the guard: of two runs that take it in two folders at once, the later one sees the earlier one.
# If each sees the other, both let go and answer that it is held; the workflow asks again. It also looks before it links: a
# run that asks repeatedly never makes the holder let go.

# 5 s
LATER=500

hold() {
  OWNER='' HOLDER_SEEN=''
  if [ "$MODE" = take ] || [ -e "$BASE" ]; then need_base; fi
  case $MODE in
    take) find_bases && take_guard ;;
    drop) drop_guard "$RUN" ;;
    *) find_bases && find_holder ;;
  esac
  say "owner=$OWNER outlen=${#HOLDER_SEEN}"
  printf %s "$HOLDER_SEEN"
}

# Sets OWNER and HOLDER_SEEN to another run that holds it or has a job running, in any of the folders; empty: none.
find_holder() {
  OWNER='' HOLDER_SEEN=''
  in_each_base find_holder_here
}

find_holder_here() {
  [ -z "$OWNER" ] || return 0
  guard_owner
  if [ -z "$OWNER" ] || is_over "$OWNER"; then stranger; fi
}

is_over() {
  case " $RUN $OVER " in *" $1 "*) return 0 ;; esac
  return 1
}

take_guard() {
  find_holder
  [ -z "$OWNER" ] || return 0
  mkdir "$BASE/.guards" "$BASE/.closed" 2>/dev/null
  in_each_base close_over
  link_guard
  [ -z "$OWNER" ] || is_over "$OWNER" || return 0
  # Nobody of another run can start a job from now on; one that runs has begun before. A start that has seen the old guard
  # may still be on its way: its runner looks for a closed name after its decision, and we look for runners after this.
  find_holder
  if [ -n "$OWNER" ]; then drop_guard "$RUN"; else in_each_base clear_leftovers; fi
}

# In other folders a failure is ignored: where no empty file can be made, no job can begin either. A guard that an earlier
# attempt of RUN has left there is removed before ours is linked, since it may be the same file by another name.
close_over() {
  for over in $OVER; do
    { printf '' >"$BASE/.closed/$over"; } 2>/dev/null || [ "$BASE" != "$OURS" ] || refuse nospace
  done
  [ "$BASE" = "$OURS" ] || drop_guard "$RUN"
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
  for over in $OVER; do drop_guard "$over"; done
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
