import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { otherWorkCommand, parseOtherWork } from '../../src/benchmarks/other-work.ts';
import { machineTree, shells, type MachineTree } from './machine-tree.ts';
import { anyText } from './recorded.ts';

let tree: MachineTree;

beforeAll(() => {
  tree = machineTree();
  tree.file('proc/stat', 'cpu  100 0 0 900 0 0 0 0 0 0\n');
  // During the check, four CPUs pass half a second each; a quarter of that time is used.
  const next = 'cpu  150 0 0 1040 5 0 0 5 0 0';
  tree.program('sleep', `[ "$1" = 1 ] && printf '%s\\n' '${next}' >'${tree.root.replaceAll("'", `'\\''`)}/proc/stat'`);
});

describe.each(shells.map((shell) => [shell.join(' '), shell] as const))('the script under %s', (_, shell) => {
  // busybox may run its own sleep and ignore PATH.
  test.skipIf(shell[0] === 'busybox')('reads the share of CPU time that others use', () => {
    tree.file('proc/stat', 'cpu  100 0 0 900 0 0 0 0 0 0\n');
    const { stdout, stderr, status } = tree.run(shell, otherWorkCommand({ afterSeconds: 3 }, tree.root));
    expect([status, stderr]).toEqual([0, '']);
    expect(parseOtherWork(stdout)).toEqual({ cpu: 0.25, gpuProcesses: null });
  });

  test('reads the compute processes on the GPUs', () => {
    const gpus = machineTree();
    gpus.program('sleep', ':');
    gpus.program(
      'nvidia-smi',
      `[ "$*" = "--query-compute-apps=pid,process_name --format=csv,noheader,nounits" ] && echo '4711, python3'`
    );
    gpus.file('sys/class/kfd/kfd/proc/12/pasid', '');
    const { stdout } = gpus.run(shell, otherWorkCommand({ afterSeconds: 0 }, gpus.root));
    const gpuProcesses = [
      { pid: 4711, name: 'python3' },
      { pid: 12, name: 'unknown' },
    ];
    expect(parseOtherWork(stdout)).toEqual({ cpu: null, gpuProcesses });
  });

  test.each([
    ['answers an error', "echo 'NVIDIA-SMI has failed because it could not communicate with the driver.'; exit 9"],
    ['crashes', 'kill -SEGV $$'],
  ])('reports no process if nvidia-smi %s', (_case, script) => {
    const broken = machineTree();
    broken.program('sleep', ':');
    broken.program('nvidia-smi', script);
    const { stdout } = broken.run(shell, otherWorkCommand({ afterSeconds: 0 }, broken.root));
    expect(parseOtherWork(stdout)).toEqual({ cpu: null, gpuProcesses: null });
  });
});

describe('parseOtherWork', () => {
  const answer = '\n@@ fleetmark work @@\ncpu  100 0 0 900 0 0 0 0 0 0\ncpu  200 0 0 900 0 0 0 0 0 0\n';

  test('ignores what a login script prints', () => {
    expect(parseOtherWork(`cpu  1 2 3 4\ngpu_processes known\n${answer}`)).toEqual({ cpu: 1, gpuProcesses: null });
  });

  test('finds no process if there is none, and does not count the CUDA MPS server', () => {
    const known = `${answer}gpu_processes known\n`;
    expect(parseOtherWork(`${known}gpu_process \n`).gpuProcesses).toEqual([]);
    expect(parseOtherWork(`${known}gpu_process 77, nvidia-cuda-mps-server\n`).gpuProcesses).toEqual([]);
    expect(parseOtherWork(`${known}gpu_process No running processes found\n`).gpuProcesses).toEqual([]);
  });

  test('shows names without control characters, truncated, and only some of them', () => {
    const many = Array.from({ length: 1000 }, (_, pid) => `gpu_process ${pid}, \x1b[2J${'x'.repeat(500)}`);
    const { gpuProcesses } = parseOtherWork(`${answer}gpu_processes known\n${many.join('\n')}`);
    expect(gpuProcesses).toHaveLength(32);
    expect(gpuProcesses![0]!.name).toMatch(/^\[2Jx+…$/);
  });

  test('returns a share or null, for any output', () => {
    const line = fc.oneof(fc.constantFrom(...answer.split('\n'), 'cpu  1 1 1 1', 'cpu  5 0 0 0 0 0 0 0'), anyText(20));
    fc.assert(
      fc.property(fc.array(line), (lines) => {
        const { cpu } = parseOtherWork(lines.join('\n'));
        expect(cpu === null || (cpu >= 0 && cpu <= 1)).toBe(true);
      })
    );
  });
});
