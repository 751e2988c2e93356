import { describe, expect, test } from 'vitest';
import { splitMachineState, withMachineState } from '../../src/benchmarks/machine-state.ts';
import type { MachineState } from '../../src/domain/measurements/machine-state.ts';
import { machineTree, shells, type MachineTree } from './machine-tree.ts';

const v2 = '30 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:9 - cgroup2 cgroup2 rw,nsdelegate';
const v1 = (names: string, top = '/'): string =>
  `31 25 0:28 ${top} /sys/fs/cgroup/${names} rw,relatime shared:12 - cgroup cgroup rw,${names}`;
const others = ['22 1 8:1 / / rw - ext4 /dev/sda1 rw', '24 22 0:5 / /proc rw,relatime shared:13 - proc proc rw'];

let tree: MachineTree;

/** The machine state after the command, on a machine with these files. */
function stateWith(shell: readonly string[], files: Record<string, string>, command = ':'): MachineState {
  tree = machineTree();
  for (const [path, text] of Object.entries(files)) tree.file(path, text);
  const { stderr } = tree.run(shell, withMachineState(command, { gpus: false }, tree.root));
  return splitMachineState(stderr).states!.after;
}

describe.each(shells.map((shell) => [shell.join(' '), shell] as const))('under %s', (_, shell) => {
  test('the lowest quota of the own control group and those above it counts', () => {
    const slice = 'sys/fs/cgroup/user.slice';
    const state = stateWith(shell, {
      'proc/self/cgroup': '0::/user.slice/user-1000.slice/session-5.scope\n',
      'proc/self/mountinfo': `${[...others, v2].join('\n')}\n`,
      [`${slice}/cpu.max`]: '150000 100000\n',
      [`${slice}/user-1000.slice/cpu.max`]: '10000 100000\n',
      [`${slice}/user-1000.slice/cpu.stat`]: 'usage_usec 9\nnr_throttled 3\nthrottled_usec 2500000\n',
      [`${slice}/user-1000.slice/memory.max`]: '1073741824\n',
      [`${slice}/user-1000.slice/session-5.scope/cpu.max`]: 'max 100000\n',
      [`${slice}/user-1000.slice/session-5.scope/memory.max`]: 'max\n',
      [`${slice}/user-1000.slice/session-5.scope/cpu.stat`]: 'usage_usec 9\nthrottled_usec 500000\n',
      [`${slice}/user-1000.slice/session-5.scope/cgroup.stat.local`]: 'frozen_usec 1250000\n',
      [`${slice}/cgroup.stat.local`]: 'frozen_usec 99\n',
    });
    expect(state).toMatchObject({
      limits: { quotaCpus: 0.1, cpuSeconds: null, memoryKib: 1_048_576 },
      ...{ throttledSeconds: 3, frozenSeconds: 1.25 },
    });
  });

  test('version 1 has a tree for each controller, and a number for "no limit"', () => {
    const state = stateWith(shell, {
      'proc/self/cgroup': '9:name=systemd:/x\n4:memory:/user.slice\n3:cpuset:/other\n2:cpu,cpuacct:/a/b\n0::/\n',
      'proc/self/mountinfo': `${[...others, v1('cpuset'), v1('cpu,cpuacct'), v1('memory'), v2].join('\n')}\n`,
      'sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us': '-1\n',
      'sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_period_us': '100000\n',
      'sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us': '50000\n',
      'sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us': '25000\n',
      'sys/fs/cgroup/cpu,cpuacct/a/cpu.stat': 'nr_periods 1\nnr_throttled 1\nthrottled_time 4000000000\n',
      'sys/fs/cgroup/cpuset/other/cpu.cfs_quota_us': '1\n',
      'sys/fs/cgroup/memory/user.slice/memory.limit_in_bytes': '9223372036854771712\n',
    });
    expect(state.limits).toEqual({ quotaCpus: 2, cpuSeconds: null, memoryKib: null });
    expect([state.throttledSeconds, state.frozenSeconds]).toEqual([4, null]);
  });

  test.each([
    ['0::/docker/ab/x', v2.replace(' / ', ' /docker/ab '), 'sys/fs/cgroup/cpu.max'],
    ['0::/', v2, 'sys/fs/cgroup/cpu.max'],
    ['0::/../../other', v2, 'sys/fs/cgroup/cpu.max'],
    ['2:cpu:/docker/ab', v1('cpu', '/docker/ab'), 'sys/fs/cgroup/cpu/cpu.cfs_quota_us'],
    ['2:cpu:/elsewhere', v1('cpu', '/docker/ab'), 'sys/fs/cgroup/cpu/cpu.cfs_quota_us'],
  ])('the control group of a container is found by %s', (own, mount, file) => {
    const { limits } = stateWith(shell, {
      'proc/self/cgroup': `${own}\n`,
      'proc/self/mountinfo': `${[...others, mount].join('\n')}\n`,
      [file]: file.endsWith('cpu.max') ? '20000 100000\n' : '20000\n',
      'sys/fs/cgroup/cpu/cpu.cfs_period_us': '100000\n',
    });
    expect(limits.quotaCpus).toBe(0.2);
  });

  test('the limits of the shell itself count as well', () => {
    tree = machineTree();
    const limited = `ulimit -t 77; ulimit -v 8000000; ${withMachineState(':', { gpus: false }, tree.root)}`;
    const { states } = splitMachineState(tree.run(shell, limited).stderr);
    expect(states?.before.limits).toEqual({ quotaCpus: null, cpuSeconds: 77, memoryKib: 8_000_000 });
  });
});
