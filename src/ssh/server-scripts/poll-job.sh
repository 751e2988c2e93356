# shellcheck shell=sh
# poll: waits until the job has ended, at most WAIT seconds, and answers its state. If the job has ended or is lost, also answers
# the first LENGTH bytes of its output and of its errors. Renews the guard GUARD for RUN. Other variables: BASE and JOB.

poll() {
  [ ! -e "$BASE" ] || safe_base || refuse nobase
  renew_guard
  wait_and_tell
}

wait_and_tell() {
  wait_for_end "$((WAIT * 100))"
  # The state was read first: if the job has ended, the sizes are final.
  find_sizes
  cut='' held=no
  [ -e "$FOLDER/held" ] && held=yes
  [ -e "$FOLDER/out.cut" ] && cut=out
  [ -e "$FOLDER/err.cut" ] && cut=${cut}err
  case $STATE in exited | lost) ;; *) LENGTH=0 ;; esac
  outlen=$((out < LENGTH ? out : LENGTH)) errlen=$((err < LENGTH ? err : LENGTH))
  say "state=$STATE detail=$DETAIL age=$((NOW - ${SINCE:-NOW})) keep=${KEEP:-0} cut=$cut held=$held runner=${RUNNER:-0}" \
    "out=$out err=$err outlen=$outlen errlen=$errlen"
  # The processes of a lost job may still write.
  if [ "$STATE.$outlen.$errlen" = "exited.$out.$err" ]; then
    [ "$out.$err" = 0.0 ] || cat "$FOLDER/out" "$FOLDER/err"
  else
    send out "$outlen"
    send err "$errlen"
  fi
}

# Sets `out` and `err` to the sizes of these files. `wc` may read the whole files.
find_sizes() {
  out=0 err=0
  # shellcheck disable=SC2012,SC2046 # the names are ours; into its fields, nine for each file
  set -- $(ls -ln "$FOLDER/out" "$FOLDER/err" 2>/dev/null)
  while [ $# -ge 9 ]; do
    case $9 in */out) out=$5 ;; */err) err=$5 ;; esac
    shift 9
  done
}

# send NAME BYTES
send() {
  [ "$2" = 0 ] || head -c "$2" "$FOLDER/$1"
}
