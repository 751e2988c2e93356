import type { MachineState } from '../domain/measurements/machine-state.ts';
import { shellQuote } from '../domain/jobs/shell.ts';
import { gpuFunctions } from './gpu-processes.ts';
import { CONTROL_MOUNTS_SED, limitFunctions } from './process-limits.ts';
import { readMachineState } from './read-machine-state.ts';

const BEGIN = '@@ fleetmark state @@';
const END = '@@ fleetmark state end @@';

/** Newer drivers have another name for the slowdown reasons, and counters as well: that query is tried first. */
const GPU_FIELDS = 'pci.bus_id,utilization.gpu,temperature.gpu';
const slowed = ['sw', 'hw'].map((by) => `clocks_event_reasons_counters.${by}_thermal_slowdown`).join(',');
const gpuQueries = [
  `${GPU_FIELDS},clocks_event_reasons.active,${slowed}`,
  `${GPU_FIELDS},clocks_throttle_reasons.active`,
];

/**
 * Wraps a command (POSIX sh: dash, bash, busybox): prints the state of the machine before and after it to standard error,
 * for {@link splitMachineState}. The command runs in its own shell, with unchanged input, output, variables and exit status.
 * Counters are read right before and after the command, slow queries outside of that.
 * @param gpus - also query the GPUs, which takes nvidia-smi a while
 * @param root - prefix of /proc and /sys, for tests
 */
// eslint-disable-next-line max-lines-per-function -- one shell script, read as such
export function withMachineState(command: string, { gpus }: { gpus: boolean }, root = ''): string {
  const at = (path: string): string => shellQuote(`${root}${path}`);
  const cpu = at('/sys/devices/system/cpu');
  return `${gpus ? gpuFunctions(root) : ''}${limitFunctions(root)}
counters() {
  read -r line <${at('/proc/stat')} && echo "$line"
  tell uptime ${at('/proc/uptime')}
}
slow() {
  begin_facts
  # One program reads all files with many lines.
  facts=$(sed -n -e ${shellQuote(CONTROL_MOUNTS_SED)} -e 's/^cpu MHz[^:]*: */mhz /p' -e 's/^cpu[0-9].*/cpu/p' \
    -e 's/^[0-9][0-9]*$/throttle &/p' ${at('/proc/self/mountinfo')} ${at('/proc/cpuinfo')} ${at('/proc/stat')} \
    ${cpu}/cpu[0-9]*/thermal_throttle/*_throttle_count)
  mhz= counted=0
  IFS=$newline
  set -f
  for fact in $facts; do
    case $fact in
      'mount '*) add_control_mount "$fact" ;;
      cpu) counted=$((counted + 1)) ;;
      'mhz '*) echo "$fact" && mhz=known ;;
      *) echo "$fact" ;;
    esac
  done
  unset IFS
  set +f
  echo "counted $counted"
  process_limits
  tell load ${at('/proc/loadavg')}
  tell governor ${cpu}/cpu0/cpufreq/scaling_governor
  if [ -z "$mhz" ]; then
    for file in ${cpu}/cpufreq/policy*/scaling_cur_freq; do tell khz "$file"; done
  fi
  for zone in ${at('/sys/class/thermal')}/thermal_zone*; do
    read -r type <"$zone/type" || continue
    case $type in x86_pkg_temp|*cpu*|*CPU*|*soc*) tell millidegrees "$zone/temp" ;; esac
  done
  for chip in ${at('/sys/class/hwmon')}/hwmon*; do
    read -r name <"$chip/name" || continue
    case $name in coretemp|k10temp|zenpower)
      for file in "$chip"/temp*_input; do tell millidegrees "$file"; done ;;
    esac
  done
${gpus ? PRINT_GPUS : ''}}
# Messages of the shell itself, such as how the command was killed, are not part of its output.
exec 9>&2 2>/dev/null
{
  echo ${shellQuote(BEGIN)}
  (slow; counters)
  times
  echo ${shellQuote(END)}
} >&9
(exec /bin/sh -c ${shellQuote(command)} 2>&9 9>&-)
status=$?
{
  printf '\\n%s\\n' ${shellQuote(BEGIN)}
  times
  counters
  slow
  echo ${shellQuote(END)}
} >&9
exit $status`;
}

const PRINT_GPUS = `  gpu=$(${gpuQueries.map((fields) => `nvidia --query-gpu=${fields}`).join(' || ')}) &&
    printf '%s\\n' "$gpu" | sed 's/^/gpu /'
  gpu_processes
`;

/**
 * Separates the states of {@link withMachineState} from the standard error of the command. Missing or unreadable values are
 * null. The command can write to the same stream, so this is evidence, not proof.
 */
export function splitMachineState(stderr: string): {
  stderr: string;
  states: { before: MachineState; after: MachineState } | null;
} {
  const [opening, closing] = [`${BEGIN}\n`, `\n${END}\n`];
  const beforeEnd = stderr.indexOf(closing);
  const afterBegin = stderr.lastIndexOf(`\n${opening}`);
  const afterEnd = afterBegin < 0 ? -1 : stderr.indexOf(closing, afterBegin);
  if (!stderr.startsWith(opening) || beforeEnd < 0) return { stderr, states: null };
  const own = beforeEnd + closing.length;
  if (afterEnd < 0 || afterBegin < own) return { stderr: stderr.slice(own), states: null };
  return {
    stderr: stderr.slice(own, afterBegin) + stderr.slice(afterEnd + closing.length),
    states: {
      before: readMachineState(stderr.slice(0, beforeEnd)),
      after: readMachineState(stderr.slice(afterBegin, afterEnd)),
    },
  };
}
