import type { GpuProcess } from '../domain/measurements/machine-state.ts';
import { shellQuote } from '../domain/jobs/shell.ts';
import { printable } from '../domain/values/untrusted.ts';

/**
 * Functions (POSIX sh: dash, bash, busybox): `nvidia` runs nvidia-smi for at most 5 seconds, because it can hang on a broken
 * GPU; `gpu_processes` prints the compute processes on the GPUs, for {@link readGpuProcesses}.
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

/** Limits the number of processes in a result. */
const MAX_PROCESSES = 32;

/** @param answers - lines that `gpu_processes` printed; other lines are ignored */
export function readGpuProcesses(answers: readonly string[]): GpuProcess[] | null {
  if (!answers.includes('gpu_processes known')) return null;
  const processes = answers.flatMap((line): GpuProcess[] => {
    const [, pid, name = ''] = /^gpu_process (\d{1,10}), ?(.*)$/.exec(line) ?? [];
    // The server of CUDA's Multi-Process Service also runs when nothing computes.
    if (pid === undefined || name.endsWith('nvidia-cuda-mps-server')) return [];
    return [{ pid: Number(pid), name: printable(name.trim(), 60) || 'unknown' }];
  });
  return processes.slice(0, MAX_PROCESSES);
}
