# shellcheck shell=sh disable=SC2034 # what one file sets, another reads
# The answer of a script: a line with a number that only this script knows, then `outlen` and `errlen` bytes of raw output.

say() {
  printf '\n@@%s %s\n' "$NONCE" "$*"
}

# refuse WORD: answers `error=WORD` and ends the script.
refuse() {
  say "error=$1"
  exit 0
}

# The free inodes that a job needs for its files and folders.
NEEDED_FILES=100

# check_space FOLDER KIB: sets FREE, KiB that we may write there, MOUNT, its mount point, and WRONG: empty, or what is lacking,
# `space:HAVE:NEED` or `files:HAVE:NEED`. Some file systems do not count files: they say 0 or `-`.
check_space() {
  WRONG=
  # shellcheck disable=SC2046 # into its fields, after those of the heading: Inodes IFree Avail Mounted on
  set -- "$1" "$2" $(df -k --output=itotal,iavail,avail,target "$1" 2>/dev/null)
  if [ $# -ge 11 ]; then
    total=$8 files=$9 FREE=${10} MOUNT=${11}
  else
    # Not every `df` knows these words.
    # shellcheck disable=SC2046
    set -- "$1" "$2" $(df -Pk "$1" 2>/dev/null | second_line)
    FREE=${6:-0} MOUNT=${8:-}
    # shellcheck disable=SC2046
    set -- "$1" "$2" $(df -Pi "$1" 2>/dev/null | second_line)
    total=${4:-} files=${6:-}
  fi
  case $FREE in -* | *[!0-9]*) FREE=0 ;; esac
  if [ "$FREE" -lt "$2" ]; then
    WRONG=space:$FREE:$2
    return
  fi
  case $total in '' | 0 | *[!0-9]*) return ;; esac
  case $files in '' | *[!0-9]*) return ;; esac
  [ "$files" -ge "$NEEDED_FILES" ] || WRONG=files:$files:$NEEDED_FILES
}

second_line() {
  read -r _
  read -r line
  printf '%s' "$line"
}

# check_path FOLDER: sets RESOLVED, its path without links, and WRONG: empty, `absent`, or `unsafe:FOLDER` for the first folder
# on that path in which users other than root and this one can rename files. In a sticky folder, such as /tmp, they can
# rename only their own.
check_path() {
  WRONG=absent
  cd -P "$1" 2>/dev/null || return 0
  RESOLVED=${PWD%/} above=${PWD%/}
  cd /
  set -- /
  while [ -n "$above" ]; do
    set -- "$@" "$above"
    above=${above%/*}
  done
  WRONG=$(find "$@" -prune \( ! -user 0 ! -user "${BASE##*.}" -o \( -perm -0020 -o -perm -0002 \) ! -perm -1000 \))
  WRONG=${WRONG%%"
"*}
  WRONG=${WRONG:+unsafe:$WRONG}
}

# Another user who owns the folder, or can replace it, could make us write and delete elsewhere. CHECKED: a folder whose path
# an earlier script of this shell has checked; other users cannot have changed it since.
safe_base() {
  [ -d "$BASE" ] && [ ! -L "$BASE" ] && [ -O "$BASE" ] || return 1
  RESOLVED=${BASE%/*}
  [ "$RESOLVED" != "${CHECKED:-}" ] || return 0
  check_path "${BASE%/*}/"
  [ -z "$WRONG" ] || return 1
  [ "$RESOLVED" != "${BASE%/*}" ] || CHECKED=${CHECKED:-$RESOLVED}
}
