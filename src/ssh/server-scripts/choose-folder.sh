# shellcheck shell=sh disable=SC2034 # what one file sets, another reads
# probe: checks what jobs need, and chooses a folder for them. Takes BASE: a folder to try first, or nothing; NEED: KiB of
# free space; TRACES: `none` to change nothing. If no folder fits, answers why: a line `FOLDER WRONG` for each candidate.

probe() {
  for program in cat df find grep head id ln ls mkfifo mv rm setsid sleep tail tr xargs; do
    command -v $program >/dev/null 2>&1 || refuse "no-$program"
  done
  { read -r boot </proc/sys/kernel/random/boot_id && process $$ && [ -r /proc/uptime ]; } 2>/dev/null || refuse noproc
  wanted=$BASE
  while read -r key _ user _; do [ "$key" != Uid: ] || break; done </proc/self/status
  name=.fleetmark.${user:-$(id -u)}
  for demand in executable any; do
    tried=
    with_candidates choose_first && return
  done
  say "error=nobase outlen=${#tried}"
  printf %s "$tried"
}

choose_first() {
  for candidate in "$wanted" "$@"; do
    case $candidate in /?*) ;; *) continue ;; esac
    check_folder "$candidate" "$demand"
    if [ -n "$WRONG" ]; then
      tried="$tried$candidate $WRONG
"
      continue
    fi
    CHECKED=$RESOLVED
    say "base=$BASE free=$FREE boot=$boot"
    return 0
  done
  return 1
}

# check_folder FOLDER DEMAND: sets BASE, a folder in it, and WRONG: empty, or why it cannot be used. The demand `executable`:
# compiled programs can run there, as OpenCL kernels must. Unless it must change nothing, it also writes, to find a quota.
check_folder() {
  BASE=$1/$name
  check_path "$1"
  [ -z "$WRONG" ] || return
  # shellcheck disable=SC2153 # set there
  BASE=$RESOLVED/$name around=$RESOLVED/
  WRONG=name
  plain_name "$BASE" || return
  WRONG=
  if [ -e "$BASE" ] || [ -L "$BASE" ]; then
    WRONG=foreign around=$BASE
    [ -d "$BASE" ] && [ ! -L "$BASE" ] && [ -O "$BASE" ] || return
  fi
  check_space "$around" "$NEED"
  lacking=$WRONG
  WRONG=
  find_options "$MOUNT"
  case $options in
    *,ro,*) WRONG='readonly' ;;
    vfat\ * | msdos\ * | exfat\ *) WRONG=links ;; # no hard links, no pipes
    *,noexec,*) [ "$2" = any ] || WRONG=noexec ;;
  esac
  [ -n "$WRONG" ] || { [ -w "$around" ] && [ -x "$around" ]; } || WRONG=unwritable
  WRONG=${WRONG:-$lacking}
  [ -n "$WRONG" ] || [ "$TRACES" = none ] || try_to_write "$2"
} 2>/dev/null

# Tries to write NEED KiB. Unless that was tried since yesterday and since the last restart, also makes a hard link and a pipe,
# and if demanded runs a file, and removes old jobs.
try_to_write() {
  made=no
  [ -d "$BASE" ] || { mkdir -m 700 "$BASE" && made=yes; }
  WRONG=unwritable
  complaint=$(head -c "$((NEED * 1024))" /dev/zero 2>&1 >"$BASE/.trial") && : >"$BASE/.trial" && WRONG=
  [ -n "$WRONG" ] || was_tried "$1" || try_links_and_pipes "$1"
  case $complaint in
    *[Qq]uota*) WRONG=quota ;;
    *space*) WRONG=full ;;
  esac
  [ -n "$WRONG" ] || return 0
  rm -f "$BASE/.trial"
  # A folder that existed before may hold jobs, which need it.
  [ $made = no ] || rmdir "$BASE/.closed" "$BASE/.guards" "$BASE"
}

# was_tried DEMAND: reads BASE/.tried: boot id and time of the last trial, and its demand.
was_tried() {
  now
  read -r tried_boot tried_at tried_demand <"$BASE/.tried" && [ "$tried_boot" = "$boot" ] &&
    [ "$NOW" -lt $((tried_at + 8640000)) ] && case $tried_demand in executable | "$1") ;; *) return 1 ;; esac
}

try_links_and_pipes() {
  trial=$BASE/.trial.$$
  chmod 700 "$BASE"
  complaint=$({ printf '#!/bin/sh\n' >"$trial"; } 2>&1) && WRONG=links && ln "$trial" "$trial.link" &&
    mkfifo "$trial.pipe" && mkdir -p "$BASE/.closed" "$BASE/.guards" && WRONG=noexec &&
    chmod 700 "$trial" && { [ "$1" = any ] || "$trial"; } && WRONG=
  rm -f "$trial" "$trial.link" "$trial.pipe"
  [ -n "$WRONG" ] || { remove_old_jobs; printf '%s\n' "$boot $NOW $1" >"$BASE/.tried"; }
}

# find_options MOUNT: sets `options`: its type and options, `ext4 ,rw,relatime,`: BusyBox says that root may write to a
# read-only one.
find_options() {
  options=
  while read -r _ place kind found _; do
    [ "$place" != "$1" ] || options="$kind ,$found,"
  done </proc/mounts
}

# Nothing needs a job seven days after its run; a guard in use is renewed all the time.
remove_old_jobs() {
  find "$BASE/.closed" "$BASE/.guards" -type f -mtime +7 -exec rm -f {} +
  find "$BASE"/* "$BASE"/.t[0-9]* -prune -type d -mtime +7 | while read -r folder; do
    JOB=${folder##*/} TEMPORARY=''
    case $JOB in .t*)
      is_noted "${JOB#.t}" || rm -rf "$folder"
      continue
      ;;
    esac
    read_state
    note_job
    # shellcheck disable=SC2086 # into its words
    [ "$STATE" = running ] || rm -rf $TEMPORARY "$folder"
  done
} 2>/dev/null

# is_noted NAME: whether a job has the folder BASE/.tNAME. The folder of that job may have been removed by hand.
is_noted() {
  for note in "$BASE"/*/temporary."$1"; do
    [ ! -e "$note" ] || return 0
  done
  return 1
}
