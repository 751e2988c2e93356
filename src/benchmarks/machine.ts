import { chooseGpus, type GpuChoice } from '../domain/servers/choose-gpus.ts';
import { Failure } from '../domain/failures/failure.ts';
import type { Machine } from '../domain/servers/machine.ts';
import { shellQuote } from '../domain/jobs/shell.ts';
import { printable } from '../domain/values/untrusted.ts';
import { gpuModelsScript, readGpus } from './gpu-models.ts';
import { CONTROL_MOUNTS_SED, limitFunctions, readProcessLimits } from './process-limits.ts';

/** Output before it comes from a login script, and is ignored. */
const BEGIN = '@@ fleetmark machine @@';
const END = '@@ fleetmark machine end @@';

/** Environment variables that hide devices from a benchmark; `src/ssh/connections/environment.ts` keeps them. */
export const DEVICE_VARIABLES = [
  ...['CUDA_VISIBLE_DEVICES', 'NVIDIA_VISIBLE_DEVICES', 'ROCR_VISIBLE_DEVICES', 'HIP_VISIBLE_DEVICES'],
  ...['GPU_DEVICE_ORDINAL', 'ZE_AFFINITY_MASK'],
];

const PACKAGE_MANAGERS = ['apt-get', 'dnf', 'zypper', 'apk', 'pacman'];

/**
 * The script (POSIX sh: dash, bash, busybox) that reads the facts about a machine; {@link parseMachine} reads its output.
 * @param executables - programs to look for
 * @param root - prefix of /etc, /proc and /sys, for tests
 */
// eslint-disable-next-line max-lines-per-function -- one shell script, read as such
export function machineCommand(executables: readonly string[], root = ''): string {
  const at = (path: string): string => shellQuote(`${root}${path}`);
  const found = (key: string, names: readonly string[]): string =>
    `for name in ${names.map(shellQuote).join(' ')}; do command -v "$name" >/dev/null 2>&1 && say ${key} "$name"; done`;
  return `
LC_ALL=C; export LC_ALL
# nproc would print these instead of the number of CPUs.
unset OMP_NUM_THREADS OMP_THREAD_LIMIT
say() { printf '%s=%s\\n' "$1" "$2"; }
# say_first_line KEY FILE...: of the first file that has one.
say_first_line() {
  key=$1
  shift
  for file; do
    line=
    { read -r line || [ -n "$line" ]; } 2>/dev/null <"$file" || continue
    say "$key" "$line"
    return
  done
  return 1
}
${limitFunctions(root)}
printf '\\n%s\\n' ${shellQuote(BEGIN)}
begin_facts
# One program reads all files with many lines.
facts=$(sed -n -e ${shellQuote(CONTROL_MOUNTS_SED)} -e 's/^PRETTY_NAME=/system=/p' \
  -e 's/^model name[[:space:]]*:[[:space:]]*\\([^[:space:]]\\)/model_name=\\1/p' -e 's/^Model[[:space:]]*:[[:space:]]*/cpu_model=/p' \
  -e 's/^MemTotal:[[:space:]]*/memory_kib=/p' -e 's/^Cpus_allowed_list:[[:space:]]*/allowed=/p' ${at('/etc/os-release')} ${at('/usr/lib/os-release')} \
  ${['/proc/cpuinfo', '/proc/meminfo', '/proc/self/mountinfo', '/proc/self/status'].map(at).join(' ')} 2>/dev/null)
model= allowed= online=
IFS=$newline
set -f
for fact in $facts; do
  case $fact in
    'mount '*) add_control_mount "$fact" ;;
    model_name=*) [ -n "$model" ] || { model=\${fact#*=} && say cpu_model "$model"; } ;;
    allowed=*) allowed=\${fact#*=} ;;
    *) printf '%s\\n' "$fact" ;;
  esac
done
unset IFS
set +f
# If all online CPUs are allowed, they are those that nproc counts.
{ read -r online <${at('/sys/devices/system/cpu/online')}; } 2>/dev/null
if [ -n "$allowed" ] && [ "$allowed" = "$online" ]; then
  cpus=0
  IFS=,
  for range in $online; do cpus=$((cpus + \${range#*-} - \${range%-*} + 1)); done
  unset IFS
else
  cpus=$(nproc 2>/dev/null) || cpus=$(getconf _NPROCESSORS_ONLN 2>/dev/null) || cpus=$(grep -c '^processor' ${at('/proc/cpuinfo')})
fi
say cpus "$cpus"
say_first_line kernel ${at('/proc/sys/kernel/osrelease')} || say kernel "$(uname -r)"
say_first_line product ${at('/sys/class/dmi/id/product_name')}
say_first_line bios ${at('/sys/class/dmi/id/bios_version')}
say_first_line gpu_driver ${['nvidia', 'amdgpu'].map((name) => at(`/sys/module/${name}/version`)).join(' ')}
say_first_line node ${at('/proc/sys/kernel/hostname')} || say node "$(uname -n)"
say_first_line machine_id ${at('/etc/machine-id')} ${at('/var/lib/dbus/machine-id')}
for file in ${at('/etc/ssh/ssh_host_')}*_key.pub; do
  { read -r _ key _ <"$file" && say host_key "$key"; } 2>/dev/null
done
say_first_line boot_id ${at('/proc/sys/kernel/random/boot_id')}
${gpuModelsScript(root)}
for name in ${DEVICE_VARIABLES.join(' ')}; do
  eval '[ -z "\${'$name'+set}" ] || say hides_devices "'$name'=$'$name'"'
done
process_limits 2>/dev/null
${found('executable', executables)}
${found('package_manager', PACKAGE_MANAGERS)}
printf '%s\\n' ${shellQuote(END)}
`;
}

/**
 * @param asked - the executables of {@link machineCommand}; others in the output are ignored
 * @param choice - the GPUs to measure; null: all compute GPUs
 * @throws Failure HostUnsuitable if the output is incomplete or has no number of CPUs
 */
export function parseMachine(stdout: string, asked: readonly string[], choice: GpuChoice | null = null): Machine {
  const lines = stdout.split('\n').map((line) => line.trimEnd());
  const from = lines.lastIndexOf(BEGIN);
  const to = lines.indexOf(END, from);
  if (from < 0 || to < 0) throw unsuitable('the script that reads the machine facts did not finish', stdout);
  const all = (key: string): string[] => {
    const answers = lines
      .slice(from + 1, to)
      .filter((line) => /^[= ]/.test(line.slice(key.length)) && line.startsWith(key));
    return answers.map((line) => line.slice(key.length + 1));
  };
  const text = (key: string): string | null => printable(unquoted(all(key)[0] ?? ''), 120) || null;
  const [cpus = ''] = all('cpus');
  if (!/^[1-9]\d{0,5}$/.test(cpus)) throw unsuitable('the number of CPUs cannot be read', cpus);
  const found = new Set(all('executable'));
  const memoryKib = /^(\d{1,15})(?: kB)?$/.exec(all('memory_kib')[0] ?? '')?.[1];
  return {
    system: text('system'),
    kernel: text('kernel'),
    cpuModel: text('cpu_model'),
    cpus: Number(cpus),
    memoryMib: memoryKib === undefined ? null : Math.floor(Number(memoryKib) / 1024),
    ...chooseGpus(readGpus(all), choice),
    limits: readProcessLimits(all),
    hidesDevices: DEVICE_VARIABLES.flatMap((name) => {
      const line = all('hides_devices').find((each) => each.startsWith(`${name}=`));
      return line === undefined ? [] : printable(line, 80);
    }),
    hardware: known({ product: text('product'), bios: text('bios'), gpuDriver: text('gpu_driver') }),
    executables: [...new Set(asked)].filter((name) => found.has(name)),
    packageManager: PACKAGE_MANAGERS.find((name) => all('package_manager').includes(name)) ?? null,
  };
}

/** Only the texts that are known. */
function known<Key extends string>(texts: Record<Key, string | null>): Partial<Record<Key, string>> {
  const found = Object.entries(texts).filter(([, text]) => text !== null);
  return Object.fromEntries(found) as Partial<Record<Key, string>>;
}

function unsuitable(what: string, answer: string): Failure {
  const shown = printable(answer, 200);
  return new Failure('HostUnsuitable', `${what}; it printed ${shown === '' ? 'nothing' : `"${shown}"`}`);
}

/** Confidential according to machine-id(5): hashed before they are shown or stored. Null: unknown. */
export interface MachineIds {
  machineId: string | null;
  bootId: string | null;
  /** The host name, as `uname -n` prints it. */
  node: string | null;
  /** All host keys that its sshd may present, in base64. */
  hostKeys: string[];
}

/** Reads the ids from the output of {@link machineCommand}. */
export function parseMachineIds(stdout: string): MachineIds {
  const answer = stdout.slice(Math.max(0, stdout.lastIndexOf(BEGIN)));
  const machineId = /^machine_id=([0-9a-f]{32})\r?$/m.exec(answer)?.[1] ?? null;
  const bootId = /^boot_id=([0-9a-f-]{36})\r?$/m.exec(answer)?.[1] ?? null;
  const node = /^node=(\S{1,255})\s*$/m.exec(answer)?.[1] ?? null;
  const hostKeys = [...answer.matchAll(/^host_key=([A-Za-z0-9+/]{1,10000}={0,2})\r?$/gm)].map(([, key]) => key!);
  return { machineId, bootId, node, hostKeys };
}

function unquoted(value: string): string {
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
}
