import { shellQuote } from '../../domain/jobs/shell.ts';

/**
 * The POSIX script that runs one command and frames what it writes:
 *
 *     @@<nonce> begin <process group>     on both streams; whatever the login files wrote comes before it
 *     ...
 *     @@<nonce> end <exit status>         on standard output, after the last byte of the command
 *
 * All is one function, so that a script cut off half-way runs nothing; nor does one whose beginning a login file has read. sshd makes the shell the leader of a session and
 * a process group. While standard input is open the command runs; at its end (we close it to cancel, or the connection
 * is gone, the worker with it) the watchdog sends TERM to the group and KILL two seconds later. The shell only notes
 * the TERM, to go on to its last act: KILL for whatever is left of the group, the watchdog and itself included.
 */
export function commandScript(nonce: string, commandId: string, command: string): string {
  return `began=1
main() {
  LC_ALL=C FLEETMARK_COMMAND=${shellQuote(commandId)}
  PATH=$PATH:/usr/local/bin:/usr/local/sbin:/usr/sbin:/sbin:/usr/local/cuda/bin:/opt/rocm/bin
  export LC_ALL FLEETMARK_COMMAND PATH
  command=${shellQuote(command)}
  group=$$
  if read -r stat </proc/$$/stat; then
    set -- \${stat##*) }
    group=$3
  fi 2>/dev/null
  if [ "$group" != $$ ] && [ "$group" != "$PPID" ] || ! kill -0 -$group 2>/dev/null; then
    echo '@@${nonce} nogroup'
    exit 1
  fi
  [ "$began" ] || exit 125
  trap : TERM
  exec 3<&0 4>&2 2>/dev/null
  (
    trap '' TERM
    while read -r line; do :; done
    kill -TERM -$group
    sleep 2
    kill -KILL -$group
  ) <&3 >/dev/null 4>&- &
  printf '\\n@@${nonce} begin %s\\n' $group >&4
  printf '\\n@@${nonce} begin %s\\n' $group
  (exec /bin/sh -c "$command" </dev/null 2>&4 3<&- 4>&-)
  printf '\\n@@${nonce} end %s\\n' $?
  kill -KILL -$group
}
main
`;
}

/** Kills a process group and answers `@@<nonce> left <number of its processes that are still there>`. */
export function sweepScript(nonce: string, group: number): string {
  return `main() {
  for try in 1 2 3 4; do
    left=0
    for file in /proc/[0-9]*/stat; do
      read -r stat <"$file" || continue
      set -- \${stat##*) }
      [ "$3" = ${group} ] && [ "$1" != Z ] && left=$((left + 1))
    done 2>/dev/null
    [ $left = 0 ] && break
    kill -KILL -${group} 2>/dev/null
    [ $try = 4 ] || sleep 1
  done
  echo '@@${nonce} left' $left
}
main
`;
}
