import type { CpuTime, GpuState, MachineState } from '../domain/measurements/machine-state.ts';
import { highest, sum } from '../domain/measurements/statistics.ts';
import { readPciAddress } from '../domain/servers/pci-address.ts';
import { decimalWithin, printable } from '../domain/values/untrusted.ts';
import { MAX_GPUS } from './gpu-models.ts';
import { readGpuProcesses } from './gpu-processes.ts';
import { readHeldBack, readProcessLimits } from './process-limits.ts';

/** Reads one state that the script of `withMachineState` printed: the first word of each line is its key. */
export function readMachineState(text: string): MachineState {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const all = (key: string): string[] =>
    lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1).trim());
  const numbers = (key: string, min: number, max: number): number[] =>
    all(key).flatMap((each) => decimalWithin(each.split(' ')[0], min, max) ?? []);
  const first = (key: string, max: number): number | null => numbers(key, 0, max)[0] ?? null;
  const megahertz = [...numbers('mhz', 1, 1e5), ...numbers('khz', 1e3, 1e8).map((each) => each / 1000)];
  return {
    cpu: readCpuTime(lines.find((line) => line.startsWith('cpu ')) ?? ''),
    countedCpus: first('counted', 1e5) || null,
    load: first('load', 1e6),
    uptimeSeconds: first('uptime', 1e10),
    ownCpuSeconds: readTimes(lines),
    ...readHeldBack(all),
    limits: readProcessLimits(all),
    megahertz: clockOf(megahertz),
    governor: printable(all('governor')[0] ?? '', 30) || null,
    throttlings: sum(numbers('throttle', 0, 1e18)),
    celsius: highest(numbers('millidegrees', -50_000, 150_000).map((each) => each / 1000)),
    gpus: all('gpu').slice(0, MAX_GPUS).flatMap(readGpu),
    gpuProcesses: readGpuProcesses(lines),
  };
}

/**
 * Reads the first line of /proc/stat, https://man7.org/linux/man-pages/man5/proc_stat.5.html: user, nice, system, idle,
 * iowait, irq, softirq, steal; user already includes the guest time that follows. Null for anything else.
 */
export function readCpuTime(line: string): CpuTime | null {
  if (!/^cpu +\d{1,15}(?: \d{1,15}){3,9}$/.test(line)) return null;
  const ticks = line.split(/ +/).slice(1, 9).map(Number);
  const [, , , idle = 0, iowait = 0, , , steal = 0] = ticks;
  return { total: ticks.reduce((sum, each) => sum + each, 0), idle: idle + iowait, steal };
}

/** Output of `times`: a line for the shell, then one for its ended children (the command): `0m1.23s 0m0.45s`, user and system. */
function readTimes(lines: readonly string[]): number | null {
  const [, children] = lines.flatMap((line) => {
    const found = /^(\d{1,9})m(\d{1,2}[.,]\d{1,9})s (\d{1,9})m(\d{1,2}[.,]\d{1,9})s$/.exec(line);
    if (!found) return [];
    const [userMinutes, user, systemMinutes, system] = found.slice(1).map((part) => Number(part.replace(',', '.')));
    return [(userMinutes! + systemMinutes!) * 60 + user! + system!];
  });
  return children ?? null;
}

function clockOf(megahertz: readonly number[]): MachineState['megahertz'] {
  if (megahertz.length === 0) return null;
  const mean = megahertz.reduce((sum, each) => sum + each, 0) / megahertz.length;
  return { mean: Math.round(mean), lowest: Math.round(Math.min(...megahertz)) };
}

/**
 * Bits of https://docs.nvidia.com/deploy/nvml-api/group__nvmlClocksEventReasons.html; the other bits mean an idle GPU, or
 * configured limits.
 */
const slowdownBits = [
  [0x08, 'hardware'],
  [0x20, 'heat, by its driver'],
  [0x40, 'heat'],
  [0x80, 'power brake'],
] as const;

/** `00000000:17:00.0, 97, 61, 0x0000000000000004, 0, 0`; the last two on newer drivers only, `[N/A]`: unsupported. */
function readGpu(line: string): GpuState[] {
  const [busId = '', utilization, celsius, reasons, ...slowed] = line.split(', ');
  const address = readPciAddress(busId);
  if (address === null) return [];
  const share = decimalWithin(utilization, 0, 100);
  const mask = /^0x([0-9a-fA-F]{1,16})$/.exec(reasons ?? '')?.[1];
  return [
    {
      address,
      utilization: share === null ? null : share / 100,
      celsius: decimalWithin(celsius, -50, 200),
      slowdowns:
        mask === undefined
          ? null
          : slowdownBits.filter(([bit]) => (Number.parseInt(mask.slice(-4), 16) & bit) !== 0).map(([, name]) => name),
      slowedMicroseconds: sum(slowed.map((each) => decimalWithin(each, 0, 1e18))),
    },
  ];
}
