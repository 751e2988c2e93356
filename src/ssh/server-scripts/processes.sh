# shellcheck shell=sh disable=SC2034 # what one file sets, another reads
# Processes and time, from Linux /proc. Part of every script and of the runner. Variables in capitals are shared between the
# files, all others are local to their function.

LC_ALL=C
# Non-interactive logins often lack these folders. They follow the user's own, which take precedence.
PATH=$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/cuda/bin:/opt/rocm/bin
export LC_ALL PATH
umask 077

# Sets NOW: hundredths of a second since the boot, a monotonic clock.
now() {
  read -r NOW _ </proc/uptime
  NOW=${NOW%.*}${NOW#*.}
  NOW=${NOW#0}
  NOW=${NOW#0}
}

# sleep_briefly SECONDS: 1 second if `sleep` accepts no fractions.
sleep_briefly() {
  sleep "$1" 2>/dev/null || sleep 1
}

# process PID: false if it has ended, or is a zombie. Sets NAME, GROUP, SESSION and STARTED, which differs for a later process
# with the same id.
process() {
  stat=
  { while read -r line; do stat="$stat $line"; done <"/proc/$1/stat"; } 2>/dev/null || return 1
  NAME=${stat#*\(}
  NAME=${NAME%)*}
  # shellcheck disable=SC2086 # into its fields
  set -- ${stat##*) }
  [ $# -ge 20 ] || return 1
  GROUP=$3 SESSION=$4 STARTED=${20}
  case $1 in Z | X) return 1 ;; esac
}

# Sets OOM_KILLS: the number of OOM kills since the boot.
oom_kills() {
  OOM_KILLS=0
  while read -r key value; do
    [ "$key" != oom_kill ] || { OOM_KILLS=$value && return; }
  done </proc/vmstat
} 2>/dev/null
