import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect } from 'vitest';
import type { Tool, ToolReadings } from '../../src/benchmarks/tool.ts';
import type { BenchmarkSettings } from '../../src/domain/plans/configuration.ts';
import { Failure } from '../../src/domain/failures/failure.ts';
import type { Machine } from '../../src/domain/servers/machine.ts';

/** A recorded output of a real tool: `recorded('sysbench/cpu-1-thread.txt')`. */
export function recorded(fixture: string): string {
  return readFileSync(new URL(`../fixtures/${fixture}`, import.meta.url), 'utf8');
}

export const settings: BenchmarkSettings = {
  benchmark: 'cpu',
  samples: 3,
  durationMs: 10_000,
  silenceMs: null,
  timeoutMs: 60_000,
  command: null,
  openclCpuDevices: false,
  devices: null,
};

export const machine: Machine = {
  system: 'Debian GNU/Linux 12 (bookworm)',
  kernel: '6.1.0-18-amd64',
  cpuModel: 'AMD EPYC',
  cpus: 2,
  memoryMib: 24_105,
  gpus: [],
  executables: [],
  packageManager: 'apt-get',
};

export function readings(
  tool: Tool,
  stdout: string,
  changed: Partial<BenchmarkSettings> = {},
  on: Machine = machine
): ToolReadings {
  return tool.parse({ stdout, stderr: '' }, { ...settings, ...changed }, on);
}

/** The message of the Failure UnreadableOutput for a text; any other error fails the test. */
export function refusal(tool: Tool, stdout: string, changed: Partial<BenchmarkSettings> = {}): string {
  try {
    const { readings: read } = readings(tool, stdout, changed);
    throw new Error(`not refused, but read as ${JSON.stringify(read)}`);
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'UnreadableOutput') throw error;
    return error.message;
  }
}

/** Any code points, including control characters and lone surrogates. */
export function anyText(maxLength: number): fc.Arbitrary<string> {
  const codePoint = fc.oneof(fc.nat(0xff), fc.nat(0x10ffff));
  return fc.array(codePoint, { maxLength }).map((all) => String.fromCodePoint(...all));
}

/** However the lines of a real output are cut, doubled, shuffled or changed, the result is never a wrong number. */
export function neverMisreads(tool: Tool, real: string, changed: Partial<BenchmarkSettings> = {}): void {
  const lines = real.split('\n');
  const brokenLines = ['0', '-1', 'nan', '1e999', ''].flatMap((number) =>
    lines.map((line) => line.replace(/[\d.]+\s*$/, number))
  );
  const line = fc.constantFrom(...lines, ...brokenLines, '\u0000\u001b[2J', '\u202e', '{ "platforms" : [');
  const shuffled = fc.array(line, { maxLength: lines.length }).map((all) => all.join('\n'));
  const position = fc.nat(real.length);
  const cut = fc.tuple(position, position).map(([to, from]) => real.slice(0, to) + real.slice(from));
  const oneBrokenLine = fc
    .tuple(fc.nat(lines.length - 1), line)
    .map(([at, other]) => lines.map((own, index) => (index === at ? other : own)).join('\n'));
  fc.assert(
    fc.property(fc.oneof(shuffled, cut, oneBrokenLine, anyText(100)), (stdout) =>
      parsesOrRefuses(tool, stdout, changed)
    )
  );
}

function parsesOrRefuses(tool: Tool, stdout: string, changed: Partial<BenchmarkSettings>): void {
  try {
    const read = readings(tool, stdout, changed).readings;
    expect(read.filter(({ value }) => !Number.isFinite(value) || value < 0)).toEqual([]);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    expect(error.kind).toBe('UnreadableOutput');
    expect(error.message.length).toBeLessThan(1_500);
  }
}
