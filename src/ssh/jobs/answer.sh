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

# Sets FREE: KiB that we may still write, in BASE or in the folder that is given.
free_space() {
  # shellcheck disable=SC2046 # into its fields
  set -- $(df -Pk "${1:-$BASE}" 2>/dev/null | tail -n 1)
  FREE=${4:-0}
}

# Whoever else owns the folder, or could replace it, could make us write and delete elsewhere.
safe_base() {
  [ -d "$BASE" ] && [ ! -L "$BASE" ] && [ -O "$BASE" ] &&
    [ -z "$(find "${BASE%/*}/." -prune -perm -0002 ! -perm -1000)" ]
}

need_base() {
  safe_base || refuse nobase
}
