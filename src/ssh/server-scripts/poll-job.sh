# shellcheck shell=sh
# poll: waits until the job is over, at most WAIT seconds, and tells how it stands; of one that is over also LENGTH bytes
# of its output from OUT_OFFSET on, and of its errors from ERR_OFFSET on. Takes BASE and JOB besides, and the guard
# GUARD, which it keeps for RUN.

poll() {
  [ ! -e "$BASE" ] || need_base
  renew_guard
  wait_and_tell
}

wait_and_tell() {
  rest "$((WAIT * 100))"
  # The state was read first: of a job that is over, the sizes are final.
  size_of out && out=$SIZE
  size_of err && err=$SIZE
  cut=
  [ -e "$FOLDER/out.cut" ] && cut=out
  [ -e "$FOLDER/err.cut" ] && cut=${cut}err
  share out "$out" "$OUT_OFFSET" && outlen=$SHARE
  share err "$err" "$ERR_OFFSET" && errlen=$SHARE
  say "state=$STATE detail=$DETAIL age=$((NOW - ${SINCE:-NOW})) keep=${KEEP:-0} cut=$cut" \
    "runner=${RUNNER:-0} out=$out err=$err outlen=$outlen errlen=$errlen"
  send out "$OUT_OFFSET" "$outlen"
  send err "$ERR_OFFSET" "$errlen"
}

size_of() {
  # shellcheck disable=SC2012,SC2046 # into its fields; the names are ours, and wc may read the whole file
  set -- $(ls -ln "$FOLDER/$1" 2>/dev/null)
  SIZE=${5:-0}
}

# share NAME SIZE OFFSET: sets SHARE, the bytes of the file that this answer carries.
share() {
  SHARE=$(($2 - $3))
  [ "$SHARE" -le "$LENGTH" ] || SHARE=$LENGTH
  if [ "$STATE" != exited ] || [ "$SHARE" -lt 0 ]; then SHARE=0; fi
}

# send NAME OFFSET BYTES
send() {
  [ "$3" = 0 ] || tail -c "+$(($2 + 1))" "$FOLDER/$1" | head -c "$3"
}
