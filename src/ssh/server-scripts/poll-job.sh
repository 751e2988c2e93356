# shellcheck shell=sh
# poll: waits until the job has ended, at most WAIT seconds, and answers its state. If the job has ended, also answers the first
# LENGTH bytes of its output and of its errors. Renews the guard GUARD for RUN. Other variables: BASE and JOB.

poll() {
  [ ! -e "$BASE" ] || safe_base || refuse nobase
  renew_guard
  wait_and_tell
}

wait_and_tell() {
  wait_for_end "$((WAIT * 100))"
  # The state was read first: if the job has ended, the sizes are final.
  size_of out && out=$SIZE
  size_of err && err=$SIZE
  cut=
  [ -e "$FOLDER/out.cut" ] && cut=out
  [ -e "$FOLDER/err.cut" ] && cut=${cut}err
  [ "$STATE" = exited ] || LENGTH=0
  outlen=$((out < LENGTH ? out : LENGTH)) errlen=$((err < LENGTH ? err : LENGTH))
  say "state=$STATE detail=$DETAIL age=$((NOW - ${SINCE:-NOW})) keep=${KEEP:-0} cut=$cut runner=${RUNNER:-0}" \
    "out=$out err=$err outlen=$outlen errlen=$errlen"
  send out "$outlen"
  send err "$errlen"
}

size_of() {
  # shellcheck disable=SC2012,SC2046 # into its fields; the names are ours, and wc may read the whole file
  set -- $(ls -ln "$FOLDER/$1" 2>/dev/null)
  SIZE=${5:-0}
}

# send NAME BYTES
send() {
  [ "$2" = 0 ] || head -c "$2" "$FOLDER/$1"
}
