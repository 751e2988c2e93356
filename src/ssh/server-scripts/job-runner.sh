# shellcheck shell=sh
# The runner: what `start` leaves on the server, the leader of a session and a process group of its own. Runs the command,
# keeps what it writes, ends it when its time is over, and takes everything down with itself.
# Its processes carry FLEETMARK_RUNNER=<job>; those of the command also FLEETMARK_JOB=<job>;

run() {
  BASE=$1 JOB=$2 MAXIMUM=$3 GRACE=$4 KEEP=$5 starter=$6
  FOLDER=$BASE/$JOB
  trap : TERM INT HUP ALRM # noted, not ignored: the command would inherit that
  claim
  claimed=$?
  rm -f "$FOLDER/runner.$starter" # `start` waits for this, or for the claim
  [ $claimed = 0 ] || exit 0
  settle || finish 126 unable
  keep out <"$FOLDER/out.pipe" &
  out=$!
  keep err <"$FOLDER/err.pipe" &
  err=$!
  now
  BEGAN=$NOW
  watch &
  [ -e "$FOLDER/cancelled" ] && finish 143 ended
  FLEETMARK_JOB="$JOB;" /bin/sh "$FOLDER/command" </dev/null >"$FOLDER/out.pipe" 2>"$FOLDER/err.pipe"
  status=$?
  now
  sweep "FLEETMARK_JOB=$JOB;"
  (nap 5 && kill -ALRM $$) & # whoever cleared its environment may hold the pipes for ever
  wait $out $err || doubt
  finish $status ended
}

# The link is the one atomic decision: of all runners of this job, ever, one gets it.
claim() {
  now
  oom_kills
  read -r boot </proc/sys/kernel/random/boot_id && process $$ && [ "$GROUP" = $$ ] || return 1
  {
    printf '%s\n' "$$ $STARTED $boot $NOW $OOM_KILLS $KEEP" >"$FOLDER/run.$$" && [ -s "$FOLDER/run.$$" ] &&
      printf '' >"$FOLDER/pending.$$" && ln "$FOLDER/run.$$" "$FOLDER/run"
  } 2>/dev/null
  claimed=$?
  rm -f "$FOLDER/run.$$"
  BORN=$STARTED BEGAN=$NOW
  if [ $claimed != 0 ]; then
    rm -f "$FOLDER/pending.$$" "$FOLDER/command.$starter"
  elif closed; then
    rm -rf "$FOLDER"
    claimed=1
  fi
  return $claimed
}

# Everything in place, with room for the tools' litter inside of the job's own folder.
settle() {
  mv "$FOLDER/command.$starter" "$FOLDER/command" && mkdir "$FOLDER/work" && cd "$FOLDER/work" &&
    mkdir tmp cache && mkfifo "$FOLDER/out.pipe" "$FOLDER/err.pipe" || return 1
  TMPDIR=$PWD/tmp XDG_CACHE_HOME=$PWD/cache XDG_DATA_HOME=$PWD/cache
  POCL_CACHE_DIR=$PWD/cache/pocl CUDA_CACHE_PATH=$PWD/cache/nv
  export TMPDIR XDG_CACHE_HOME XDG_DATA_HOME POCL_CACHE_DIR CUDA_CACHE_PATH
}

# keep NAME: what comes in goes to that file, the first KEEP bytes and, where there are more, the last 64 KiB. Whoever
# writes never notices, nor that the disk is full. A limit for one process only, since the command may write larger files.
keep() {
  trap '' TERM INT HUP XFSZ
  (ulimit -f $((KEEP / 512)) 2>/dev/null; exec cat) >"$FOLDER/$1" && return
  printf '' >"$FOLDER/$1.cut"
  tail -c 65536 >>"$FOLDER/$1"
  cat >/dev/null
}

doubt() {
  : >"$FOLDER/out.cut"
  : >"$FOLDER/err.cut"
} 2>/dev/null

# The job ends when its time is over, when its folder was removed, and when its runner was killed, though nobody asks.
watch() {
  trap '' TERM INT HUP
  trap 'kill -KILL -$$' EXIT # a shell that cannot fork ends: better no job than one without a limit
  while
    now
    rest=$((MAXIMUM - (NOW - BEGAN) / 100))
    [ $rest -gt 0 ]
  do
    [ $rest -lt 10 ] || rest=10
    sleep $rest
    if ! [ -e "$FOLDER/run" ] || ! process $$ || [ "$STARTED" != "$BORN" ]; then
      sweep "FLEETMARK_JOB=$JOB;"
      kill -KILL -$$
    fi
  done
  kill -TERM -$$
  sleep "$GRACE"
  sweep "FLEETMARK_JOB=$JOB;" # the runner sees its command die, and goes on to its end
  sleep 5
  now
  finish 137 ended
}

# finish STATUS HOW, at the time NOW.
finish() {
  space=enough how=$2
  { printf '%8192s' '' >"$FOLDER/space" && rm "$FOLDER/space"; } 2>/dev/null || space=full
  [ $((NOW - BEGAN)) -lt $((MAXIMUM * 100)) ] || how=timeout
  [ ! -e "$FOLDER/cancelled" ] || how=cancelled
  mv "$FOLDER/pending.$$" "$FOLDER/exit.$1.$how.$((NOW - BEGAN)).$space"
  wake
  kill -KILL -$$
}

run "$@"
