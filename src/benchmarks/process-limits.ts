import { shellQuote } from '../domain/jobs/shell.ts';
import type { MachineState } from '../domain/measurements/machine-state.ts';
import { lowest, sum } from '../domain/measurements/statistics.ts';
import type { ProcessLimits } from '../domain/servers/process-limits.ts';
import { decimal, decimalWithin } from '../domain/values/untrusted.ts';

/**
 * The part of a sed script that reads /proc/self/mountinfo: prints a line `mount KIND,OPTIONS, ROOT FOLDER` for each mount of
 * control groups.
 */
export const CONTROL_MOUNTS_SED = `s/^[^ ]* [^ ]* [^ ]* \\([^ ]*\\) \\([^ ]*\\) .* - \\(cgroup2*\\) [^ ]* \\([^ ]*\\)$/mount \\3,\\4, \\1 \\2/p`;

/**
 * Functions (POSIX sh: dash, bash, busybox) that print the limits of the shell and its processes, and start no process.
 * `begin_facts` sets `newline`; `add_control_mount` takes a line of {@link CONTROL_MOUNTS_SED}. After all of them, call
 * `process_limits`.
 *
 * They cover the control groups of this shell and all mounted groups above them. Version 2 is found by the line `0::` of
 * /proc/self/cgroup, version 1 by the lines of its controllers cpu and memory. If a container mounts only its own group,
 * the path starts below the root of that mount.
 * @see https://docs.kernel.org/admin-guide/cgroup-v2.html, https://docs.kernel.org/scheduler/sched-bwc.html
 * @param root - prefix of /proc and of the mounts, for tests
 */
// eslint-disable-next-line max-lines-per-function -- one shell script, read as such
export function limitFunctions(root: string): string {
  const at = (path: string): string => shellQuote(`${root}${path}`);
  return `
begin_facts() {
  newline='
'
  control_mounts=
}
add_control_mount() { control_mounts=$control_mounts\${1#mount }$newline; }
process_limits() {
  printf 'limit_cpu_seconds '; ulimit -t
  printf 'limit_memory_kib '; ulimit -v
  while IFS=: read -r _ names own; do
    case ",$names," in
      ,,) control_group 'cgroup2,*' "$own" version2 ;;
      *,cpu,*) control_group 'cgroup,*,cpu,*' "$own" cpu ;;
      *,memory,*) control_group 'cgroup,*,memory,*' "$own" memory ;;
    esac
  done <${at('/proc/self/cgroup')}
}
# control_group MOUNT PATH KIND: prints the limits of the group and of each above it.
control_group() {
  mounts=$control_mounts
  while [ -n "$mounts" ]; do
    mount=\${mounts%%"$newline"*} mounts=\${mounts#*"$newline"}
    case \${mount%% *} in $1) ;; *) continue ;; esac
    top=\${mount#* } mount=\${mount##* } top=\${top%% *}
    below=\${2#"\${top%/}"}
    case $below in *..*) below= ;; /*) ;; *) below= ;; esac
    below=\${below%/}
    while limits_of "$3" ${shellQuote(root)}"$mount$below" && [ -n "$below" ]; do below=\${below%/*}; done
    return
  done
}
limits_of() {
  case $1 in
    version2)
      tell limit_quota "$2/cpu.max"
      tell limit_memory_bytes "$2/memory.max"
      tell_counters "$2/cpu.stat" "$2/cgroup.stat.local" ;;
    cpu)
      read -r quota <"$2/cpu.cfs_quota_us" && read -r period <"$2/cpu.cfs_period_us" && echo "limit_quota $quota $period"
      tell_counters "$2/cpu.stat" ;;
    memory) tell limit_memory_bytes "$2/memory.limit_in_bytes" ;;
  esac
  return 0
}
tell_counters() {
  for file; do
    while read -r key value; do
      case $key in throttled_usec | throttled_time | frozen_usec) echo "$key $value" ;; esac
    done <"$file"
  done
}
tell() { read -r line <"$2" && echo "$1 $line"; }`;
}

/** In version 1 of control groups, "no limit" is a number close to 2^63. */
const NO_LIMIT_BYTES = 2 ** 60;

/** @param all - returns the values of the lines that start with a key, in order */
export function readProcessLimits(all: (key: string) => readonly string[]): ProcessLimits {
  const quotas = all('limit_quota').flatMap((line) => {
    const [quota, period] = line.split(' ').map((text) => decimal(text) ?? 0);
    return quota! > 0 && period! > 0 ? [quota! / period!] : [];
  });
  const bytes = numbers(all('limit_memory_bytes')).filter((each) => each > 0 && each < NO_LIMIT_BYTES);
  const kib = [...numbers(all('limit_memory_kib')), ...bytes.map((each) => each / 1024)];
  return {
    quotaCpus: lowest(quotas.map((each) => Math.round(each * 1000) / 1000)),
    cpuSeconds: lowest(numbers(all('limit_cpu_seconds'))),
    memoryKib: lowest(kib.map(Math.floor)),
  };
}

/** How long processes of these control groups were kept from running, summed over all CPUs. Null: unknown. */
export function readHeldBack(
  all: (key: string) => readonly string[]
): Pick<MachineState, 'throttledSeconds' | 'frozenSeconds'> {
  const throttled = [
    ...numbers(all('throttled_usec')).map((each) => each / 1e6),
    ...numbers(all('throttled_time')).map((each) => each / 1e9),
  ];
  // The counter of a group includes the groups above it.
  const [frozen] = numbers(all('frozen_usec'));
  return { throttledSeconds: sum(throttled), frozenSeconds: frozen === undefined ? null : frozen / 1e6 };
}

function numbers(texts: readonly string[]): number[] {
  return texts.flatMap((text) => decimalWithin(text, 0, 1e20) ?? []);
}
