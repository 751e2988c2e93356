import { beforeAll, describe, expect, test } from 'vitest';
import { splitMachineState, withMachineState } from '../../src/benchmarks/machine-state.ts';
import { openssl } from '../../src/benchmarks/openssl.ts';
import { machineTree, shells, type MachineTree } from './machine-tree.ts';
import { machine, readings, recorded, refusal, settings, neverMisreads } from './recorded.ts';

const real = recorded('openssl/two-cpus.txt');
const results = [...real.matchAll(/^\+F:25:sha256:(.*)\n/gm)];
const [first, last] = [results[0]!, results.at(-1)!];

describe('openssl', () => {
  test('measures elapsed time on all allowed CPUs', () => {
    expect(openssl.command(settings, machine)).toBe(
      'openssl version; n=0; while [ $n -lt 2 ]; do n=$((n+1)); ' +
        'openssl speed -elapsed -mr -seconds 10 -bytes 16384 -evp sha256 & done; wait'
    );
  });

  test('reads the sum of all processes', () => {
    expect(results).toHaveLength(2);
    const value = (Number(first[1]) + Number(last[1])) / 1e6;
    expect(readings(openssl, real)).toEqual({
      version: '3.0.19',
      readings: [{ metric: 'cpu.sha256_mb_per_second', unit: 'MB/s', better: 'higher', device: null, value }],
    });
  });

  test('rejects fewer or more results than CPUs', () => {
    expect(refusal(openssl, real.replace(first[0], ''))).toMatch(
      /^openssl speed printed 1 results \("\+F:" lines\), not one for each of 2 CPUs; /
    );
    expect(refusal(openssl, real + first[0])).toMatch(/printed 3 results/);
  });

  test('rejects an output that is truncated before its last result', () => {
    const end = real.lastIndexOf(last[0]) + '+F:25:sha256:'.length;
    for (let length = 0; length <= end; length += 1) refusal(openssl, real.slice(0, length));
  });

  test('rejects several block sizes, zero, and anything that is not a number', () => {
    expect(refusal(openssl, real.replace(last[1]!, `${last[1]}:5`))).toContain('not a number above 0');
    for (const number of ['0.00', '-5', 'inf', 'nan', '1e999', ''])
      expect(refusal(openssl, real.replace(last[1]!, number))).toContain('not a number above 0');
  });

  test('rejects the result of another algorithm', () => {
    expect(refusal(openssl, real.replace(last[0], `+F:8:md5:${last[1]}\n`))).toMatch(/printed 1 results/);
  });

  test('returns a value or UnreadableOutput, for any output', () => {
    neverMisreads(openssl, real);
  });
});

describe.each(shells.map((shell) => [shell.join(' '), shell] as const))('its command under %s', (_, shell) => {
  let tree: MachineTree;
  beforeAll(() => {
    tree = machineTree();
    // OpenSSL before 3.0.6 does not wait for the processes that -multi starts.
    const burn = 'i=0; while [ $i -lt 300000 ]; do i=$((i+1)); done';
    tree.program(
      'openssl',
      `case "$*" in
  version) echo 'OpenSSL 3.0.2 15 Mar 2022' ;;
  *-multi*) mkfifo "$0.$$"; (${burn}; echo done >"$0.$$") & read -r _ <"$0.$$"; echo +F:25:sha256:2000000.00 ;;
  *) ${burn}; echo +F:25:sha256:1000000.00 ;;
esac`
    );
  });

  test('has its CPU time counted, even if OpenSSL does not wait for its own processes', () => {
    const { stdout, stderr } = tree.run(shell, withMachineState(openssl.command(settings, machine), { gpus: false }));
    expect(readings(openssl, stdout).readings[0]).toMatchObject({ value: 2 });
    const { before, after } = splitMachineState(stderr).states!;
    expect(after.ownCpuSeconds! - before.ownCpuSeconds!).toBeGreaterThan(0.05);
  });
});
