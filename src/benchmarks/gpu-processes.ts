import type { GpuProcess } from '../domain/measurements/machine-state.ts';
import { shellQuote } from '../domain/jobs/shell.ts';
import { printable } from '../domain/values/untrusted.ts';

/**
 * Functions (POSIX sh: dash, bash, busybox): `nvidia` runs nvidia-smi, which a broken GPU can hold up for ever, for 5
 * seconds at most; `gpu_processes` says who computes on the GPUs, for {@link readGpuProcesses}.
 * @param root - prefix of /proc and /sys, for tests
 */
export function gpuFunctions(root: string): string {
  const at = (path: string): string => shellQuote(`${root}${path}`);
  return `
nvidia() {
  command -v timeout >/dev/null && command -v nvidia-smi >/dev/null && timeout 5 nvidia-smi "$@" --format=csv,noheader,nounits
}
gpu_processes() {
  if list=$(nvidia --query-compute-apps=pid,process_name); then
    echo 'gpu_processes known'
    printf '%s\\n' "$list" | sed 's/^/gpu_process /'
  fi
  for process in ${at('/sys/class/kfd/kfd/proc')}/[0-9]*; do
    [ -d "$process" ] || continue
    echo 'gpu_processes known'
    pid=\${process##*/} name=
    read -r name <${at('/proc')}/$pid/comm
    echo "gpu_process $pid, $name"
  done
}`;
}

/** More of them tell nothing more. */
const MAX_PROCESSES = 32;

/** @param answers - lines that `gpu_processes` printed, and any others */
export function readGpuProcesses(answers: readonly string[]): GpuProcess[] | null {
  if (!answers.includes('gpu_processes known')) return null;
  const processes = answers.flatMap((line): GpuProcess[] => {
    const [, pid, name = ''] = /^gpu_process (\d{1,10}), ?(.*)$/.exec(line) ?? [];
    // The server of CUDA's multi-process service is there whether or not anybody computes.
    if (pid === undefined || name.endsWith('nvidia-cuda-mps-server')) return [];
    return [{ pid: Number(pid), name: printable(name.trim(), 60) || 'unknown' }];
  });
  return processes.slice(0, MAX_PROCESSES);
}
