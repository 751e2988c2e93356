# shellcheck shell=sh disable=SC2034,SC2154 # what one file sets, another reads
# The folders that may hold jobs: probe chooses one, and hold looks for guards in all of them.

# with_candidates COMMAND: calls it with all of them, in order of preference. Unset variables become empty words.
with_candidates() {
  "$1" /var/tmp "${XDG_STATE_HOME:-}" "${HOME:-}" "${TMPDIR:-}" /tmp
}

# probe chooses no folder with other characters in its name.
plain_name() {
  case $1 in *[!A-Za-z0-9._/@%+:,=-]*) return 1 ;; esac
}

# Sets OURS to BASE, and BASES to OURS and every other existing, safe folder of jobs.
find_bases() {
  OURS=$BASE BASES=$BASE
  with_candidates add_bases_below
  BASE=$OURS
}

add_bases_below() {
  for parent; do
    case $parent in "${OURS%/*}") continue ;; /?*) ;; *) continue ;; esac
    BASE=$parent/${OURS##*/}
    if ! safe_base || ! plain_name "$RESOLVED"; then continue; fi
    case " $BASES " in *" $RESOLVED/${OURS##*/} "*) ;; *) BASES="$BASES $RESOLVED/${OURS##*/}" ;; esac
  done
}

# in_each_base COMMAND: calls it with BASE set to each of BASES.
in_each_base() {
  for BASE in $BASES; do "$1"; done
  BASE=$OURS
}
