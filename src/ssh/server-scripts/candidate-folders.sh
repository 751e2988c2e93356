# shellcheck shell=sh disable=SC2034,SC2154 # what one file sets, another reads
# The folders below which jobs may live: probe takes one, and hold looks into all for guards.

# among_folders COMMAND: calls it with all of them, in order of preference. Unset variables give empty words.
among_folders() {
  "$1" /var/tmp "${XDG_STATE_HOME:-}" "${HOME:-}" "${TMPDIR:-}" /tmp
}

# probe takes no folder with other characters in its name.
plain_name() {
  case $1 in *[!A-Za-z0-9._/@%+:,=-]*) return 1 ;; esac
}

# Sets OURS to BASE, and BASES to OURS and each other folder of jobs that exists and is safe, each once.
find_bases() {
  OURS=$BASE BASES=$BASE
  among_folders find_bases_below
  BASE=$OURS
}

find_bases_below() {
  for parent; do
    case $parent in "${OURS%/*}") continue ;; /?*) ;; *) continue ;; esac
    BASE=$parent/${OURS##*/}
    if ! safe_base || ! plain_name "$PLACE"; then continue; fi
    case " $BASES " in *" $PLACE/${OURS##*/} "*) ;; *) BASES="$BASES $PLACE/${OURS##*/}" ;; esac
  done
}

# in_each_base COMMAND: calls it with BASE set to each of BASES.
in_each_base() {
  for BASE in $BASES; do "$1"; done
  BASE=$OURS
}
