# shellcheck shell=sh disable=SC2034 # what one file sets, another reads
# The runner of a job, started by `start`: leads a new session and process group, runs the command, keeps its output, kills it
# at the time limit, and finally kills all processes that it has started.
# All processes of the job have FLEETMARK_RUNNER=<job>; in their environment; those of the command also FLEETMARK_JOB=<job>;

run() {
  BASE=$1 JOB=$2 MAXIMUM=$3 GRACE=$4 KEEP=$5 starter=$6 TAIL=$7 PARTS=$8 TMPDIR=$9
  FOLDER=$BASE/$JOB
  trap : TERM INT HUP ALRM # not ignored: the command would inherit that
  claim
  claimed=$?
  exec 3>&- # `start` waits for this
  [ $claimed = 0 ] || exit 0
  set_up || finish 126 unable
  keep_output out <"$FOLDER/out.pipe" &
  out=$!
  keep_output err <"$FOLDER/err.pipe" &
  err=$!
  now
  BEGAN=$NOW
  SESSIONS=$$:999999999999
  watch &
  [ -e "$FOLDER/cancelled" ] && finish 143 ended
  FLEETMARK_JOB="$JOB;" /bin/sh "$FOLDER/command.$starter.sh" </dev/null >"$FOLDER/out.pipe" 2>"$FOLDER/err.pipe"
  status=$?
  now
  kill_marked "FLEETMARK_JOB=$JOB;"
  # A process without our mark may keep the pipes open for ever.
  if process $out || process $err; then (sleep_briefly 5 && kill -ALRM $$) & fi
  wait $out $err || { : >"$FOLDER/held"; } 2>/dev/null
  finish $status ended
}

# Only one runner of a job can ever create this link, because that is atomic.
claim() {
  now
  oom_kills
  read -r boot </proc/sys/kernel/random/boot_id && process $$ && [ "$GROUP" = $$ ] || return 1
  {
    printf '%s\n' "$$ $STARTED $boot $NOW $OOM_KILLS $KEEP" >"$FOLDER/run.$$" && [ -s "$FOLDER/run.$$" ] &&
      printf '' >"$FOLDER/pending.$$.end" && ln "$FOLDER/run.$$" "$FOLDER/run"
  } 2>/dev/null
  claimed=$?
  BORN=$STARTED BEGAN=$NOW
  if [ $claimed != 0 ]; then
    rm -rf "$TMPDIR" "$FOLDER/run.$$" "$FOLDER/pending.$$.end" "$FOLDER/runner.$starter" "$FOLDER/command.$starter.sh" \
      "$FOLDER/temporary.${TMPDIR##*/.t}"
  elif closed; then
    rm -rf "$TMPDIR" "$FOLDER"
    claimed=1
  fi
  return $claimed
}

# Keeps everything inside the job's own folders, temporary files and caches of tools included.
set_up() {
  cd "$FOLDER/work" && mkfifo "$FOLDER/out.pipe" "$FOLDER/err.pipe" || return 1
  XDG_CACHE_HOME=$PWD/cache XDG_DATA_HOME=$PWD/cache
  POCL_CACHE_DIR=$PWD/cache/pocl CUDA_CACHE_PATH=$PWD/cache/nv
  export TMPDIR XDG_CACHE_HOME XDG_DATA_HOME POCL_CACHE_DIR CUDA_CACHE_PATH
}

# keep_output NAME: writes its input to that file: the first KEEP bytes and, if there are more, a mark and the last TAIL. The command
# notices neither this nor a full disk. The limit is set for `cat` only, since the command may write larger files; what `cat` has
# read above its limit is lost, which only PARTS forbids.
keep_output() {
  trap '' TERM INT HUP XFSZ
  [ "$PARTS" = 0 ] || {
    keep_parts "$1" 2>/dev/null
    return
  }
  (ulimit -f $((KEEP / 512)) 2>/dev/null; exec cat) >"$FOLDER/$1" && return
  printf '' >"$FOLDER/$1.cut"
  printf '\n%s\n' "$CUT_MARK" >>"$FOLDER/$1"
  tail -c "$TAIL" >>"$FOLDER/$1"
  cat >/dev/null
}

# keep_parts NAME: the same, but exactly: a mark only if something is missing. `head` may read more than it writes, so it reads a
# copy.
keep_parts() {
  name=$1
  : >"$FOLDER/$name"
  if [ "$KEEP" = 0 ]; then
    tail -c $((TAIL + 1)) >"$FOLDER/$name.tail"
  else
    mkfifo "$FOLDER/$name.head"
    { head -c "$KEEP" >"$FOLDER/$name"; cat >/dev/null; } <"$FOLDER/$name.head" &
    head=$!
    tee "$FOLDER/$name.head" | tail -c +$((KEEP + 1)) | tail -c $((TAIL + 1)) >"$FOLDER/$name.tail"
    wait $head
  fi
  cat >/dev/null
  # shellcheck disable=SC2012,SC2046 # the name is ours; into its fields
  set -- $(ls -ln "$FOLDER/$name.tail")
  if [ "${5:-0}" -le "$TAIL" ]; then
    cat "$FOLDER/$name.tail"
  else
    : >"$FOLDER/$name.cut"
    printf '\n%s\n' "$CUT_MARK"
    tail -c "$TAIL" "$FOLDER/$name.tail"
  fi >>"$FOLDER/$name"
}

# Ends the job when its time is over, when its folder was removed, and when its runner was killed.
watch() {
  trap '' TERM INT HUP
  trap 'kill -KILL -$$' EXIT # a shell that cannot fork ends; without it, the job would have no limit
  while
    now
    rest=$((MAXIMUM - (NOW - BEGAN) / 100))
    [ $rest -gt 0 ]
  do
    [ $rest -lt 10 ] || rest=10
    sleep $rest
    if ! [ -e "$FOLDER/run" ] || ! process $$ || [ "$STARTED" != "$BORN" ]; then
      now
      { printf '%s\n' $((NOW - BEGAN)) >"$FOLDER/alive"; } 2>/dev/null
      kill_marked "FLEETMARK_JOB=$JOB;"
      [ -e "$FOLDER/run" ] || rm -rf "$TMPDIR"
      kill -KILL -$$
    fi
  done
  kill -TERM -$$
  sleep "$GRACE"
  kill_marked "FLEETMARK_JOB=$JOB;" # now the runner goes on to its own end
  sleep 5
  now
  finish 137 ended
}

# finish STATUS HOW: ends at the time NOW.
finish() {
  space=enough how=$2
  { printf '%8192s' '' >"$FOLDER/space" && : >"$FOLDER/space"; } 2>/dev/null || space=full
  [ $((NOW - BEGAN)) -lt $((MAXIMUM * 100)) ] || how=timeout
  [ ! -e "$FOLDER/cancelled" ] || how=cancelled
  ending=$FOLDER/exit.$1.$how.$((NOW - BEGAN)).$space
  { : >"$ending"; } 2>/dev/null || mv "$FOLDER/pending.$$.end" "$ending"
  wake_waiters
  kill -KILL -$$
}

run "$@"
