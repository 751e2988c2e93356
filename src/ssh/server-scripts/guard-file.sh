# shellcheck shell=sh disable=SC2034,SC2154 # what one file sets, another reads
# The guard of a machine, so that no two runs measure it at once, even if they know nothing of each other: one file,
# BASE/.guards/GUARD, with one line: the run that holds it, the boot id, until when (hundredths of a second since the
# boot), and who that is. It is linked, so that one of several gets it. It is worth nothing after a restart of the machine,
# and when its time is over and no job of its run is running. GUARD is empty for jobs that have none.
# BASE/JOB/guard.GUARD: this job is of that machine, and who began it.

# A worker that was lost is replaced by then, and a run that is gone for good blocks the others no longer.
GUARD_TIME=30000
# hold.sh sets it: how much longer a guard counts for other runs, since its run may have looked at it just before its end
# and be about to start a job.
LATER=0

guard_owner() {
  read_guard "$BASE/.guards/$GUARD"
}

# read_guard FILE: sets OWNER and HOLDER_SEEN: empty where nobody holds it; EXPIRES, and LINE as it was read.
read_guard() {
  OWNER='' HOLDER_SEEN='' EXPIRES=0 LINE=''
  read -r LINE <"$1" || return 0
  owner=${LINE%% *} rest=${LINE#* }
  held_boot=${rest%% *} rest=${rest#* }
  EXPIRES=${rest%% *}
  read -r boot </proc/sys/kernel/random/boot_id
  now
  case $EXPIRES in '' | *[!0-9]*) EXPIRES=0 ;; esac
  [ "$held_boot" = "$boot" ] || return 0
  # A container that was restarted keeps the boot id of its host and counts from 0 again: nobody has written that by now.
  [ "$EXPIRES" -le $((NOW + GUARD_TIME)) ] || EXPIRES=0
  if [ "$NOW" -lt $((EXPIRES + LATER)) ] || runs "$owner"; then OWNER=$owner HOLDER_SEEN=${rest#* }; fi
} 2>/dev/null

# runs RUN: is a job of that run running? Whoever looks at a job afterwards has to `look` again.
runs() {
  own_job=${JOB:-}
  for folder in "$BASE/$1".*; do
    JOB=${folder##*/}
    look
    [ "$STATE" != running ] || break
  done
  JOB=$own_job
  [ "$STATE" = running ]
}

# Makes it hold for GUARD_TIME from now on, once half of that is over. False where RUN does not hold it.
renew_guard() {
  [ -n "$GUARD" ] || return 0
  guard_owner
  [ "$OWNER" = "$RUN" ] || return 1
  [ $((EXPIRES - NOW)) -lt $((GUARD_TIME / 2)) ] || return 0
  note=$BASE/.guards/.renewed.$$
  { printf '%s\n' "$RUN $boot $((NOW + GUARD_TIME)) $HOLDER_SEEN" >"$note" && mv -f "$note" "$BASE/.guards/$GUARD"; } \
    2>/dev/null || rm -f "$note"
}

# drop_guard RUN: if that run has it, dead or alive.
drop_guard() {
  read -r LINE <"$BASE/.guards/$GUARD" && [ "${LINE%% *}" = "$1" ] && rm -f "$BASE/.guards/$GUARD"
} 2>/dev/null
