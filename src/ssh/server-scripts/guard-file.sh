# shellcheck shell=sh disable=SC2034,SC2154 # what one file sets, another reads
# The guard of a machine keeps two runs, even of different Temporal servers, from measuring it at the same time. It is a
# file, BASE/.guards/GUARD, created by `ln`, with one line: the run that holds it, the boot id, the time until which it is
# valid (hundredths of a second since the boot), and the holder. It is invalid after a restart, and after its time if no job
# of its run is running. GUARD is empty for jobs without a guard. The file BASE/JOB/guard.GUARD marks a job of this guard, and
# contains the holder.

# Long enough to replace a lost worker. A lost run blocks other runs for at most this time.
GUARD_TIME=30000
# Set by take-guard.sh: how much longer a guard is valid for other runs, since its run may have read it just before its end
# and be about to start a job.
LATER=0

guard_owner() {
  read_guard "$BASE/.guards/$GUARD"
}

# read_guard FILE: sets OWNER and HOLDER_SEEN (empty: not held), EXPIRES, and LINE, its content.
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
  # A restarted container keeps the boot id of its host and counts from 0 again, so a time far ahead is an old one.
  [ "$EXPIRES" -le $((NOW + GUARD_TIME)) ] || EXPIRES=0
  if [ "$NOW" -lt $((EXPIRES + LATER)) ] || runs "$owner"; then OWNER=$owner HOLDER_SEEN=${rest#* }; fi
} 2>/dev/null

# runs RUN: whether a job of that run is running. Overwrites the state of the current job: call `read_state` afterwards.
runs() {
  own_job=${JOB:-}
  for folder in "$BASE/$1".*; do
    JOB=${folder##*/}
    read_state
    [ "$STATE" != running ] || break
  done
  JOB=$own_job
  [ "$STATE" = running ]
}

# Extends it to GUARD_TIME from now, if less than half of that is left. False if RUN does not hold it.
renew_guard() {
  [ -n "$GUARD" ] || return 0
  guard_owner
  [ "$OWNER" = "$RUN" ] || return 1
  [ $((EXPIRES - NOW)) -lt $((GUARD_TIME / 2)) ] || return 0
  note=$BASE/.guards/.renewed.$$
  { printf '%s\n' "$RUN $boot $((NOW + GUARD_TIME)) $HOLDER_SEEN" >"$note" && mv -f "$note" "$BASE/.guards/$GUARD"; } \
    2>/dev/null || rm -f "$note"
}

# drop_guard RUN: removes the guard if it is of that run, valid or not.
drop_guard() {
  holds_guard "$1" && rm -f "$BASE/.guards/$GUARD"
} 2>/dev/null

holds_guard() {
  read -r LINE <"$BASE/.guards/$GUARD" && [ "${LINE%% *}" = "$1" ]
} 2>/dev/null
