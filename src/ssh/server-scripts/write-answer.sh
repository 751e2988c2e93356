# shellcheck shell=sh disable=SC2034 # what one file sets, another reads
# The answer of a verb: a line of ours that nothing else can have written, since it carries a number used once, and after
# it `outlen` and `errlen` bytes as they are.

say() {
  printf '\n@@%s %s\n' "$NONCE" "$*"
}

# refuse WORD: the verb ends here.
refuse() {
  say "error=$1"
  exit 0
}

# A job and its tools need as many files and folders.
NEEDED_FILES=100

# room FOLDER KIB: sets FREE, KiB that we may still write there, MOUNT, where its file system is, and WRONG: empty, or what
# there is too little of, `space:HAVE:NEED` or `files:HAVE:NEED`. Some file systems do not count files: they say 0 or `-`.
room() {
  WRONG=
  # shellcheck disable=SC2046 # into its fields
  set -- "$1" "$2" $(df -Pk "$1" 2>/dev/null | tail -n 1)
  FREE=${6:-0} MOUNT=${8:-}
  case $FREE in -* | *[!0-9]*) FREE=0 ;; esac
  if [ "$FREE" -lt "$2" ]; then
    WRONG=space:$FREE:$2
    return
  fi
  # shellcheck disable=SC2046 # into its fields
  set -- $(df -Pi "$1" 2>/dev/null | tail -n 1)
  case ${2:-} in '' | 0 | *[!0-9]*) return ;; esac
  case ${4:-} in '' | *[!0-9]*) return ;; esac
  [ "$4" -ge "$NEEDED_FILES" ] || WRONG=files:$4:$NEEDED_FILES
}

# on_the_way FOLDER: sets PLACE, the folder as it is without links, and WRONG: empty, or `unsafe:FOLDER` for the first one
# on the way to it, itself included, in which others than root and we could rename what is there. In a sticky folder, such
# as /tmp, they can rename only what is theirs.
on_the_way() {
  WRONG=absent
  PLACE=$(cd -P "$1" 2>/dev/null && pwd -P) || return 0
  PLACE=${PLACE%/} above=$PLACE
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

# Whoever else owns the folder, or could replace it, could make us write and delete elsewhere.
safe_base() {
  [ -d "$BASE" ] && [ ! -L "$BASE" ] && [ -O "$BASE" ] || return 1
  on_the_way "${BASE%/*}/"
  [ -z "$WRONG" ]
}

need_base() {
  safe_base || refuse nobase
}
