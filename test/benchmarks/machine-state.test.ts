import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { splitMachineState, withMachineState } from '../../src/benchmarks/machine-state.ts';
import { evidenceOf } from '../../src/domain/measurements/evidence.ts';
import { withDoubt } from '../../src/domain/measurements/quiet-limits.ts';
import type { MachineState } from '../../src/domain/measurements/machine-state.ts';
import { allOff } from '../support/configuration.ts';
import { noLimits } from '../support/quiet-evidence.ts';
import { machineTree, shells, type MachineTree } from './machine-tree.ts';
import { anyText, recorded } from './recorded.ts';

const use = { cpus: 2, loadsAllCpus: true };
const strict = { ...allOff, otherLoad: 0, steal: 0, unused: 0, throttling: 0 };

let full: MachineTree;
let bare: MachineTree;

const mps = '77, /usr/bin/nvidia-cuda-mps-server';

beforeAll(() => {
  bare = machineTree();
  full = machineTree();
  full.file('proc/stat', 'cpu  100 20 30 4000 50 6 7 80 90 10\ncpu0 1 2 3 4 5 6 7 8 9 10\nintr 12345\n');
  full.file('proc/loadavg', '0.71 1.22 1.30 2/383 9515\n');
  full.file('proc/uptime', '3785.40 3877.14\n');
  full.file('proc/cpuinfo', 'processor\t: 0\nCPU architecture: 8\n');
  full.file('sys/devices/system/cpu/cpufreq/policy0/scaling_cur_freq', '2400000\n');
  full.file('sys/devices/system/cpu/cpufreq/policy4/scaling_cur_freq', '1200000\n');
  full.file('sys/devices/system/cpu/cpu0/cpufreq/scaling_governor', 'powersave\n');
  full.file('sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_count', '3\n');
  full.file('sys/devices/system/cpu/cpu0/thermal_throttle/core_throttle_total_time_ms', '900\n');
  full.file('sys/devices/system/cpu/cpu11/thermal_throttle/package_throttle_count', '4\n');
  full.file('sys/class/thermal/thermal_zone0/type', 'acpitz\n');
  full.file('sys/class/thermal/thermal_zone0/temp', '99000\n');
  full.file('sys/class/thermal/thermal_zone1/type', 'x86_pkg_temp\n');
  full.file('sys/class/thermal/thermal_zone1/temp', '61000\n');
  full.file('sys/class/hwmon/hwmon0/name', 'drivetemp\n');
  full.file('sys/class/hwmon/hwmon0/temp1_input', '98000\n');
  full.file('sys/class/hwmon/hwmon1/name', 'k10temp\n');
  full.file('sys/class/hwmon/hwmon1/temp1_input', '63125\n');
  full.file('sys/class/kfd/kfd/proc/4242/pasid', '32769\n');
  full.file('proc/4242/comm', 'rocHPL\n');
  full.program(
    'nvidia-smi',
    `case $1 in
  --query-compute-apps=pid,process_name) printf '%s\\n' '4711, /opt/conda/bin/python3' '${mps}' ;;
  *counters*) echo 'Field "clocks_event_reasons.active" is not a valid field to query.'; exit 2 ;;
  *) printf '%s\\n' '00000000:17:00.0, 97, 71, 0x0000000000000024' '00000000:C1:00.0, [N/A], [N/A], [Not Supported]' ;;
esac`
  );
});

function states(tree: MachineTree, shell: readonly string[], command = ':', gpus = false) {
  const { stderr } = tree.run(shell, withMachineState(command, { gpus }, tree.root));
  const split = splitMachineState(stderr);
  expect(split.states).not.toBeNull();
  return { stderr: split.stderr, ...split.states! };
}

const nothing: MachineState = {
  ...{ cpu: null, load: null, uptimeSeconds: null, megahertz: null, governor: null, throttlings: null, celsius: null },
  ...{ countedCpus: null, ownCpuSeconds: null, throttledSeconds: null, frozenSeconds: null, limits: noLimits },
  ...{ gpus: [], gpuProcesses: null },
};

describe.each(shells.map((shell) => [shell.join(' '), shell] as const))('the script under %s', (_, shell) => {
  test('reads the state of a machine', () => {
    const { before, after } = states(full, shell);
    const expected = {
      cpu: { total: 4293, idle: 4050, steal: 80 },
      countedCpus: 1,
      ...{ load: 0.71, uptimeSeconds: 3785.4, megahertz: { mean: 1800, lowest: 1200 }, governor: 'powersave' },
      ...{ throttlings: 7, celsius: 63.125, gpus: [], gpuProcesses: null },
    };
    expect(before).toMatchObject(expected);
    expect(after).toMatchObject(expected);
  });

  test('reads its GPUs by the fields that the driver supports, and their processes', () => {
    expect(states(full, shell, ':', true).after).toMatchObject({
      gpus: [
        {
          ...{ address: '0000:17:00.0', utilization: 0.97, celsius: 71 },
          ...{ slowdowns: ['heat, by its driver'], slowedMicroseconds: null },
        },
        { address: '0000:c1:00.0', utilization: null, celsius: null, slowdowns: null, slowedMicroseconds: null },
      ],
      gpuProcesses: [
        { pid: 4711, name: '/opt/conda/bin/python3' },
        { pid: 4242, name: 'rocHPL' },
      ],
    });
  });

  test('works on a machine that reports nothing', () => {
    const { before, after } = states(bare, shell, ':', true);
    expect(before).toEqual({ ...nothing, ownCpuSeconds: expect.any(Number) });
    expect(after).toEqual({ ...nothing, ownCpuSeconds: expect.any(Number) });
  });

  test.each([
    ['', 0],
    ['exit 3', 3],
    ['kill -TERM $$', 143],
    ['no-such-program-here', 127],
    ['cat; echo read: $?', 0],
    ['printf \'%s|\' "it\'s" "$0" "$#"; line=1; echo "$line" >&2', 0],
    ['printf unended; printf unended >&2', 0],
    ['echo "a\n\n b"; echo "@@ fleetmark state @@" >&2; echo "@@ fleetmark state end @@" >&2', 0],
    [': ) # closes nothing', 2],
    ["cat <<'END'\n$HOME ) '\nEND", 0],
    ['exec sh -c "echo replaced; exit 7"', 7],
  ])('changes neither status nor output of %j', (command, status) => {
    const plain = bare.run(['/bin/sh'], command);
    const watched = bare.run(shell, withMachineState(command, { gpus: true }, bare.root));
    expect(watched.status).toBe(status);
    expect(watched.stdout).toBe(plain.stdout);
    expect(splitMachineState(watched.stderr).stderr).toBe(plain.stderr);
  });

  test('counts the CPU time of the command and of the children that it waited for, and nothing else', () => {
    const work = 'i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done';
    const spent = ({ before, after }: { before: MachineState; after: MachineState }): number =>
      after.ownCpuSeconds! - before.ownCpuSeconds!;
    const [idle, busy] = [spent(states(bare, shell, ':')), spent(states(bare, shell, `${work}; (${work}); ${work}`))];
    expect(busy).toBeGreaterThan(idle);
  });

  test('passes the variables of its caller on unchanged', () => {
    const names = ['line', 'type', 'name', 'file', 'zone', 'chip', 'mhz', 'gpu', 'list', 'pid', 'process', 'status'];
    const set = names.map((name) => `${name}=mine`).join(' ');
    const print = names.map((name) => `"$${name}"`).join(' ');
    const command = withMachineState(`echo ${print}`, { gpus: true }, full.root);
    expect(full.run(shell, `export ${set}; ${command}`).stdout).toBe(`${names.map(() => 'mine').join(' ')}\n`);
  });
});

test('at least two shells were tested', () => {
  expect(shells.length).toBeGreaterThan(1);
});

describe('splitMachineState', () => {
  const real = recorded('machine-state/openssl-debian-12.txt');
  const split = splitMachineState(real);

  test('reads a real output, and returns the rest as that of the tool', () => {
    expect(split.stderr).toMatch(/^You have chosen to measure elapsed time/);
    expect(split.stderr).not.toContain('fleetmark');
    const evidence = evidenceOf(split.states!.before, split.states!.after, use);
    expect(evidence).toMatchObject({ governor: null, throttlings: null, celsius: null, gpus: [] });
    expect(evidence.seconds).toBeGreaterThan(1);
    expect(evidence.otherLoad).toBeGreaterThanOrEqual(0);
    expect(evidence.megahertz?.mean).toBeGreaterThan(1000);
  });

  test('reads the counters of newer drivers', () => {
    const line = 'gpu 00000000:17:00.0, 12, 84, 0x0000000000000060, 1500, 2500';
    const result = splitMachineState(real.replace(/^load /m, `${line}\nload `));
    expect(result.states!.before.gpus).toEqual([
      {
        address: '0000:17:00.0',
        utilization: 0.12,
        celsius: 84,
        slowdowns: ['heat, by its driver', 'heat'],
        slowedMicroseconds: 4000,
      },
    ]);
  });

  test('reads times with a decimal comma', () => {
    const result = splitMachineState(real.replace(/^(0m[\d.]+s 0m[\d.]+s\n)0m.*$/m, '$11m2,5s 2m0,25s'));
    expect(result.states!.before.ownCpuSeconds).toBe(182.75);
  });

  test('returns no states for a text without states, or with only one', () => {
    expect(splitMachineState('')).toEqual({ stderr: '', states: null });
    expect(splitMachineState('killed\n')).toEqual({ stderr: 'killed\n', states: null });
    const killed = real.slice(0, real.lastIndexOf('\n@@ fleetmark state @@'));
    expect(splitMachineState(killed)).toEqual({ stderr: split.stderr, states: null });
  });

  test('keeps every byte of the tool, even in a truncated output', () => {
    for (let length = 0; length < real.length; length += 1) {
      const cut = splitMachineState(real.slice(0, length));
      expect(cut.stderr.length).toBeLessThanOrEqual(length);
      if (cut.states !== null) expect(length).toBeGreaterThanOrEqual(real.trimEnd().length);
    }
    fc.assert(fc.property(anyText(200), (text) => void expect(splitMachineState(text).stderr).toBe(text)));
  });

  test('returns plausible numbers or null, for any output', () => {
    const lines = [
      ...real.split('\n'),
      ...['cpu  1 2 3', 'cpu  9 9 9 9 9 9 9 9', 'load -1', 'load 1e999', 'uptime NaN', 'mhz 0', 'khz 1e12'],
      ...['millidegrees 9e9', 'throttle x', 'gpu 0', 'gpu 1, 2000, -3000, 0xffffffffffffffff, 1', 'gpu_process 1, x'],
      ...['counted 0', 'counted 2', 'throttled_usec 1e30', 'frozen_usec -1', 'limit_quota max', 'limit_quota 1 0'],
      ...['gpu_processes known', '0m0.1s 0m99999.1s', 'governor \u202e', 'gpu __proto__, 1, 2, 3'],
    ];
    const line = fc.oneof(fc.constantFrom(...lines), anyText(20));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 40 }), fc.array(line, { maxLength: 40 }), (first, second) => {
        const block = (of: string[]): string =>
          ['@@ fleetmark state @@', ...of, '@@ fleetmark state end @@\n'].join('\n');
        const { states: result } = splitMachineState(`${block(first)}own\n${block(second)}`);
        if (result === null) return;
        const evidence = withDoubt(evidenceOf(result.before, result.after, use), strict);
        const { otherLoad, steal, celsius, ownCpu, stoodStill, throttled, unused } = evidence;
        for (const share of [otherLoad, steal, ownCpu, stoodStill, throttled, unused])
          if (share !== null) expect(share >= 0 && share <= 1).toBe(true);
        if (celsius !== null) expect(Math.abs(celsius)).toBeLessThan(200);
        expect(JSON.parse(JSON.stringify(evidence))).toEqual(evidence);
      })
    );
  });
});
