import { readFile } from 'node:fs/promises';

/** The CPUs to measure on, from those that this process may use. */
export async function measuringCpus(): Promise<number[]> {
  const list = /^Cpus_allowed_list:\s*(\S+)$/m.exec(await readText('/proc/self/status'))?.[1];
  const allowed = parseCpuList(list ?? '0');
  const cores = await Promise.all(
    allowed.map((cpu) => readText(`/sys/devices/system/cpu/cpu${cpu}/topology/thread_siblings_list`))
  );
  return chooseCpus(allowed, cores, parseCpuQuota(await readText('/sys/fs/cgroup/cpu.max')));
}

/**
 * Chooses CPUs for fair measurements: no two share a core, one core stays free for Temporal and the worker if possible, and
 * at most two are used: the demo calibrates on two servers and must measure the same way later.
 * @param cores - for each allowed CPU, the name of its core
 * @param quota - how many CPUs a container may use
 */
export function chooseCpus(allowed: readonly number[], cores: readonly string[], quota: number): number[] {
  const oneOfEachCore = [...new Map(allowed.map((cpu, index) => [cores[index] || `cpu ${cpu}`, cpu])).values()];
  const usable = Math.min(oneOfEachCore.length, Math.floor(quota));
  // The last ones, because interrupts and early daemons prefer CPU 0.
  return oneOfEachCore.slice(-Math.min(2, Math.max(1, usable - 1)));
}

/** `0-2,5` (cpuset(7), List Format) -> 0, 1, 2, 5. Empty for invalid input. */
export function parseCpuList(text: string): number[] {
  if (!/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(text)) return [];
  return text.split(',').flatMap((range) => {
    const [first, last = first] = range.split('-').map(Number) as [number, number?];
    return Array.from({ length: Math.max(0, last - first + 1) }, (_, index) => first + index);
  });
}

/** `150000 100000` (cgroup v2, cpu.max) -> 1.5 CPUs; `max 100000` and anything else -> Infinity. */
export function parseCpuQuota(text: string): number {
  const [, quota, period] = /^(\d+) (\d+)\s*$/.exec(text) ?? [];
  return quota === undefined ? Number.POSITIVE_INFINITY : Number(quota) / Number(period);
}

/** Empty if the file does not exist. */
async function readText(file: string): Promise<string> {
  return (await readFile(file, 'utf8').catch(() => '')).trim();
}
