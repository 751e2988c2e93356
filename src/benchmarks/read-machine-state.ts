import type { GpuState, MachineState } from '../domain/measurements/machine-state.ts';
import { readPciAddress } from '../domain/servers/pci-address.ts';
import { decimal, printable } from '../domain/values/untrusted.ts';
import { readCpuTime } from './cpu-time.ts';
import { readGpuProcesses } from './gpu-processes.ts';
import { readHeldBack, readProcessLimits } from './process-limits.ts';

/** Reads the output of the script of `withMachineState` at one moment: the first word of a line says what it is. */
export function readMachineState(text: string): MachineState {
  const lines = text.split('\n').map((line) => line.trimEnd());
  const all = (key: string): string[] =>
    lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.slice(key.length + 1).trim());
  const megahertz = [...numbers(all('mhz')), ...numbers(all('khz')).map((each) => each / 1000)];
  const celsius = numbers(all('millidegrees')).map((each) => each / 1000);
  const throttlings = numbers(all('throttle'));
  return {
    cpu: readCpuTime(lines.find((line) => line.startsWith('cpu ')) ?? ''),
    countedCpus: within(1, 1e5, all('counted')[0]),
    load: within(0, 1e6, all('load')[0]?.split(' ')[0]),
    uptimeSeconds: within(0, 1e10, all('uptime')[0]?.split(' ')[0]),
    ownCpuSeconds: readTimes(lines),
    ...readHeldBack(all),
    limits: readProcessLimits(all),
    megahertz: clockOf(megahertz.filter((each) => each > 0 && each < 1e5)),
    governor: printable(all('governor')[0] ?? '', 30) || null,
    throttlings: throttlings.length > 0 ? throttlings.reduce((sum, each) => sum + each, 0) : null,
    celsius: hottest(celsius.filter((each) => each > -50 && each < 150)),
    gpus: all('gpu').slice(0, MOST_GPUS).flatMap(readGpu),
    gpuProcesses: readGpuProcesses(lines),
  };
}

/** More than a machine has: what a server says must not fill a history. */
const MOST_GPUS = 32;

/** `times` of a shell: itself, then its ended children, which are the command: `0m1.23s 0m0.45s`, user and system. */
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
 * Bits of https://docs.nvidia.com/deploy/nvml-api/group__nvmlClocksEventReasons.html; the others are an idle GPU, and
 * limits that somebody set.
 */
const slowdownBits = [
  [0x08, 'hardware'],
  [0x20, 'heat, by its driver'],
  [0x40, 'heat'],
  [0x80, 'power brake'],
] as const;

/** `00000000:17:00.0, 97, 61, 0x0000000000000004, 0, 0`; the last two on newer drivers only, `[N/A]` for what a GPU does not tell. */
function readGpu(line: string): GpuState[] {
  const [busId = '', utilization, celsius, reasons, ...slowed] = line.split(', ');
  const address = readPciAddress(busId);
  if (address === null) return [];
  const share = within(0, 100, utilization);
  const mask = /^0x([0-9a-fA-F]{1,16})$/.exec(reasons ?? '')?.[1];
  const microseconds = numbers(slowed);
  return [
    {
      address,
      utilization: share === null ? null : share / 100,
      celsius: within(-50, 200, celsius),
      slowdowns:
        mask === undefined
          ? null
          : slowdownBits.filter(([bit]) => (Number.parseInt(mask.slice(-4), 16) & bit) !== 0).map(([, name]) => name),
      slowedMicroseconds: microseconds.length > 0 ? microseconds.reduce((sum, each) => sum + each, 0) : null,
    },
  ];
}

function numbers(texts: readonly string[]): number[] {
  return texts.flatMap((text) => within(-1e6, 1e18, text) ?? []);
}

function within(least: number, most: number, text: string | undefined): number | null {
  const value = decimal(text ?? '');
  return value !== null && value >= least && value <= most ? value : null;
}

function hottest(celsius: readonly number[]): number | null {
  return celsius.length > 0 ? Math.max(...celsius) : null;
}
