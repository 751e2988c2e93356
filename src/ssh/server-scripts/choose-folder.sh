# shellcheck shell=sh disable=SC2034 # what one file sets, another reads
# probe: what jobs need, and the folder where they will live. Takes BASE: a folder to try first, or nothing; NEED: KiB that
# have to be free; TRACES: `none` to leave everything as it was. If no folder fits, answers why: a line `FOLDER WRONG` for
# each one tried.

probe() {
  for program in cat df find grep head id ln ls mkfifo mv rm setsid sleep tail tr xargs; do
    command -v $program >/dev/null 2>&1 || refuse "no-$program"
  done
  { read -r boot </proc/sys/kernel/random/boot_id && process $$ && [ -r /proc/uptime ]; } 2>/dev/null || refuse noproc
  wanted=$BASE
  name=.fleetmark.$(id -u)
  for demand in executable any; do
    tried=
    among_folders first_fit && return
  done
  say "error=nobase outlen=${#tried}"
  printf %s "$tried"
}

first_fit() {
  for candidate in "$wanted" "$@"; do
    case $candidate in /?*) ;; *) continue ;; esac
    fits "$candidate" "$demand"
    if [ -n "$WRONG" ]; then
      tried="$tried$candidate $WRONG
"
      continue
    fi
    [ "$TRACES" = none ] || tidy
    say "base=$BASE free=$FREE boot=$boot"
    return 0
  done
  return 1
}

# fits FOLDER DEMAND: sets BASE, below that folder, and WRONG: empty, or why it cannot be used. The demand `executable`: what
# is compiled there may run, as OpenCL kernels must. What does not show without writing, such as a quota, is found by
# writing, unless no trace may be left.
fits() {
  BASE=$1/$name
  on_the_way "$1"
  [ -z "$WRONG" ] || return
  # shellcheck disable=SC2153 # set there
  BASE=$PLACE/$name around=$PLACE/
  WRONG=name
  plain_name "$BASE" || return
  WRONG=
  if [ -e "$BASE" ] || [ -L "$BASE" ]; then
    WRONG=foreign around=$BASE
    [ -d "$BASE" ] && [ ! -L "$BASE" ] && [ -O "$BASE" ] || return
  fi
  room "$around" "$NEED"
  lacking=$WRONG
  WRONG=
  case $(file_system "$MOUNT") in
    *,ro,*) WRONG='readonly' ;;
    vfat\ * | msdos\ * | exfat\ *) WRONG=links ;; # no hard links, no pipes
    *,noexec,*) [ "$2" = any ] || WRONG=noexec ;;
  esac
  [ -n "$WRONG" ] || { [ -w "$around" ] && [ -x "$around" ]; } || WRONG=unwritable
  WRONG=${WRONG:-$lacking}
  [ -n "$WRONG" ] || [ "$TRACES" = none ] || try_to_write "$2"
} 2>/dev/null

# Takes NEED KiB, a hard link and a pipe, and maybe runs.
try_to_write() {
  made=no
  mkdir -m 700 "$BASE" && made=yes
  chmod 700 "$BASE"
  trial=$BASE/.trial.$$ WRONG=unwritable
  complaint=$({ head -c "$((NEED * 1024))" /dev/zero >"$trial.bulk" && printf '#!/bin/sh\n' >"$trial"; } 2>&1) &&
    WRONG=links && ln "$trial" "$trial.link" && mkfifo "$trial.pipe" && mkdir -p "$BASE/.closed" && WRONG=noexec &&
    chmod 700 "$trial" && { [ "$1" = any ] || "$trial"; } && WRONG=
  case $complaint in
    *[Qq]uota*) WRONG=quota ;;
    *space*) WRONG=full ;;
  esac
  rm -f "$trial" "$trial.bulk" "$trial.link" "$trial.pipe"
  # One that was there may have jobs, whose cleaning needs it.
  [ -z "$WRONG" ] || [ $made = no ] || rmdir "$BASE/.closed" "$BASE"
}

# file_system MOUNT: its kind and options, `ext4 ,rw,relatime,`. BusyBox lets root write wherever it is mounted read-only.
file_system() {
  while read -r _ place kind options _; do
    [ "$place" != "$1" ] || found="$kind ,$options,"
  done </proc/mounts
  echo "$found"
}

# Seven days after a run nobody asks for it again; a guard that is held is renewed all the time.
tidy() {
  find "$BASE/.closed" "$BASE/.guards" -type f -mtime +7 -exec rm -f {} +
  find "$BASE"/* -prune -type d -mtime +7 | while read -r folder; do
    JOB=${folder##*/}
    look
    [ "$STATE" = running ] || rm -rf "$folder"
  done
} 2>/dev/null
