# shellcheck shell=sh disable=SC2034 # what one file sets, another reads
# probe: what jobs need, and the folder where they will live. Takes BASE: a folder to try first, or nothing; TRACES: `none`
# to leave everything as it was.

probe() {
  for program in cat df find grep head id ln ls mkfifo mv rm setsid sleep tail tr xargs; do
    command -v $program >/dev/null 2>&1 || refuse "no-$program"
  done
  { read -r boot </proc/sys/kernel/random/boot_id && process $$ && [ -r /proc/uptime ]; } 2>/dev/null || refuse noproc
  wanted=$BASE
  name=.fleetmark.$(id -u)
  for demand in executable any; do
    for candidate in "$wanted" /var/tmp "${XDG_STATE_HOME:-}" "${HOME:-}" "${TMPDIR:-}" /tmp; do
      case $candidate in /*[!A-Za-z0-9._/@%+:,=-]*) continue ;; /?*) ;; *) continue ;; esac
      BASE=${candidate%/}/$name
      if [ "$TRACES" = none ]; then
        would_be_usable $demand || continue
      else
        usable $demand || continue
        tidy
        free_space
      fi
      say "base=$BASE free=$FREE boot=$boot"
      return
    done
  done
  refuse nobase
}

# Ours alone, takes 8 KiB, a hard link and a pipe. `usable executable`: and what is compiled there may run, as OpenCL
# kernels must.
usable() {
  mkdir -m 700 "$BASE" 2>/dev/null
  safe_base || return 1
  chmod 700 "$BASE" 2>/dev/null
  trial=$BASE/.trial.$$
  {
    printf '#!/bin/sh\n%8192s\n' '' >"$trial" && ln "$trial" "$trial.link" && mkfifo "$trial.pipe" &&
      mkdir -p "$BASE/.closed" && chmod 700 "$trial" && { [ "$1" = any ] || "$trial"; }
  } 2>/dev/null
  fits=$?
  rm -f "$trial" "$trial.link" "$trial.pipe" 2>/dev/null
  [ $fits = 0 ] || rmdir "$BASE/.closed" "$BASE" 2>/dev/null
  return $fits
}

# As usable, as far as that shows without writing: a quota, or a lack of inodes, shows only to whoever writes.
would_be_usable() {
  around=${BASE%/*}
  if [ -e "$BASE" ] || [ -L "$BASE" ]; then
    safe_base || return 1
    around=$BASE
  fi
  [ -d "$around" ] && [ -w "$around" ] && [ -x "$around" ] || return 1
  [ -z "$(find "${BASE%/*}/." -prune -perm -0002 ! -perm -1000)" ] || return 1
  case $(mount_of "$around") in
    vfat\ * | msdos\ * | exfat\ * | *,ro,*) return 1 ;; # the first three have no hard links and no pipes
    *,noexec,*) [ "$1" = any ] || return 1 ;;
  esac
  free_space "$around"
  [ "$FREE" -ge 16 ]
} 2>/dev/null

# The file system that a folder is in: `ext4 ,rw,relatime,`. BusyBox lets root write wherever it is mounted read-only.
mount_of() {
  # shellcheck disable=SC2046 # into its fields
  set -- $(df -Pk "$1" | tail -n 1)
  for at; do :; done
  while read -r _ place kind options _; do
    [ "$place" != "$at" ] || found="$kind ,$options,"
  done </proc/mounts
  echo "$found"
}

# Seven days after a run nobody asks for it again.
tidy() {
  find "$BASE/.closed" -type f -mtime +7 -exec rm -f {} +
  find "$BASE"/* -prune -type d -mtime +7 | while read -r folder; do
    JOB=${folder##*/}
    look
    [ "$STATE" = running ] || rm -rf "$folder"
  done
} 2>/dev/null
