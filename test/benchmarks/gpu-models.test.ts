import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { gpuModelsScript, readGpus } from '../../src/benchmarks/gpu-models.ts';
import { chooseGpus, type PciGpu } from '../../src/domain/servers/choose-gpus.ts';
import { otherGpusNote } from '../../src/domain/servers/machine.ts';
import { machineTree, shells, type MachineTree } from './machine-tree.ts';
import { recorded } from './recorded.ts';

let tree: MachineTree;

beforeEach(() => {
  tree = machineTree();
  pciDevice('0000:17:00.0', '0x10de', '0x2330');
  pciDevice('0000:65:00.0', '0x10de', '0x2330');
});

function pciDevice(address: string, vendor: string, device: string, pciClass = '0x030200'): string {
  const folder = `sys/bus/pci/devices/${address}`;
  tree.file(`${folder}/vendor`, `${vendor}\n`);
  tree.file(`${folder}/class`, `${pciClass}\n`);
  tree.file(`${folder}/device`, `${device}\n`);
  return folder;
}

function shownBy(shell: readonly string[]): PciGpu[] {
  const functions = `say() { printf '%s=%s\\n' "$1" "$2"; }\nfirst() { sed -n "$@" 2>/dev/null | head -n 1; }`;
  const { stdout, stderr } = tree.run(shell, `${functions}\n${gpuModelsScript(tree.root)}`);
  expect(stderr).toBe('');
  return readAnswer(stdout);
}

function models(shell: readonly string[]): (string | null)[] {
  return shownBy(shell).map(({ model }) => model);
}

function readAnswer(stdout: string) {
  const answers = stdout
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
  return readGpus((key) => answers.filter(([name]) => name === key).map(([, value]) => value!));
}

interface PciCase {
  address: string;
  vendor: string;
  device: string;
  class: string;
  boot_vga?: number;
}

function pciCase(name: string): PciCase[] {
  return JSON.parse(recorded(`gpus/${name}/pci.json`)) as PciCase[];
}

function printing(text: string): string {
  return `cat <<'END'\n${text}END`;
}

describe.each(shells.map((shell) => [shell.join(' '), shell] as const))('under %s', (_, shell) => {
  test('names come from the driver in /proc, without starting nvidia-smi', () => {
    for (const address of ['0000:17:00.0', '0000:65:00.0']) {
      tree.file(`proc/driver/nvidia/gpus/${address}/information`, 'Model: \t\t NVIDIA H100 80GB HBM3\nIRQ: 42\n');
    }
    tree.program('nvidia-smi', 'echo started >&2');
    tree.program('lspci', 'echo started >&2');
    expect(models(shell)).toEqual(['NVIDIA H100 80GB HBM3', 'NVIDIA H100 80GB HBM3']);
  });

  test('else from nvidia-smi, in its documented format', () => {
    tree.program('nvidia-smi', printing(recorded('machine/nvidia-smi-documented.csv')));
    expect(models(shell)).toEqual(['NVIDIA H100 80GB HBM3', 'NVIDIA H100 80GB HBM3']);
  });

  test('else from the PCI id list', () => {
    tree.program(
      'nvidia-smi',
      'echo "NVIDIA-SMI has failed because it could not communicate with the driver."; exit 9'
    );
    tree.program('lspci', `[ "$4" = 10de: ] || exit 0\n${printing(recorded('machine/lspci-mm.txt'))}`);
    expect(models(shell)).toEqual(['NVIDIA GH100[H100 SXM5 80GB]', null]);
  });

  test('UUIDs come from the driver in /proc, from nvidia-smi, or from the unique id in /sys', () => {
    const uuid = 'GPU-4fcac49b-bc5a-f781-9c02-889186926070';
    const unknown = 'GPU-????????-????-????-????-????????????';
    for (const [address, text] of [
      ['0000:17:00.0', uuid],
      ['0000:65:00.0', unknown],
    ]) {
      const information = `Model: \t\t NVIDIA A100: 40GB\nGPU UUID: \t ${text}\nBus Type: \t PCIe\n`;
      tree.file(`proc/driver/nvidia/gpus/${address}/information`, information);
    }
    tree.file(`${pciDevice('0000:85:00.0', '0x1002', '0x74a1', '0x120000')}/unique_id`, 'c6f220c172dc76bb\n');
    tree.program('lspci', 'exit 1');
    expect(shownBy(shell).map((gpu) => gpu.uuid)).toEqual([uuid, null, 'c6f220c172dc76bb']);
    expect(models(shell)).toEqual(['NVIDIA A100: 40GB', 'NVIDIA A100: 40GB', null]);

    rmSync(join(tree.root, 'proc'), { recursive: true });
    tree.program('nvidia-smi', `echo '00000000:17:00.0, ${uuid}, NVIDIA A100'; echo '00000000:65:00.0, [N/A], A'`);
    expect(shownBy(shell).map((gpu) => gpu.uuid)).toEqual([uuid, null, 'c6f220c172dc76bb']);
  });

  test('GPUs are ordered by PCI address as numbers', () => {
    pciDevice('10000:01:00.0', '0x10de', '0x2330');
    for (const program of ['nvidia-smi', 'lspci']) tree.program(program, 'exit 1');
    expect(shownBy(shell).map(({ address }) => address)).toEqual(['0000:17:00.0', '0000:65:00.0', '10000:01:00.0']);
  });

  test('in the case gpu-and-integrated, one GPU is measured, and the note names the others', () => {
    rmSync(join(tree.root, 'sys'), { recursive: true });
    for (const { address, vendor, device, class: kind, boot_vga: bootVga } of pciCase('gpu-and-integrated')) {
      const folder = pciDevice(address, `0x${vendor}`, `0x${device}`, `0x${kind}00`);
      if (bootVga !== undefined) tree.file(`${folder}/boot_vga`, `${bootVga}\n`);
    }
    for (const program of ['nvidia-smi', 'lspci']) tree.program(program, 'exit 1');
    const chosen = chooseGpus(shownBy(shell), null);
    expect(chosen.gpus.map(({ address }) => address)).toEqual(['0000:01:00.0']);
    expect(otherGpusNote(chosen)).toBe(
      'not measured: 0000:03:00.0 1a03:2000 (display only), 0000:09:00.0 AMD 1002:164e (integrated)'
    );
  });

  test('a GPU in an AMD processor, one for a virtual machine and a virtual function are distinguished', () => {
    pciDevice('0000:0b:00.0', '0x1002', '0x7777', '0x030000');
    pciDevice('0000:0b:00.2', '0x1022', '0x1649', '0x108000');
    pciDevice('0000:0c:00.0', '0x1002', '0x7550', '0x030000');
    pciDevice('0000:0c:00.1', '0x1002', '0xab40', '0x040300');
    const virtual = pciDevice('0000:17:00.4', '0x10de', '0x2330');
    symlinkSync('../0000:17:00.0', join(tree.root, virtual, 'physfn'));
    tree.file('sys/bus/pci/drivers/vfio-pci/0000:65:00.0/vendor', '0x10de\n');
    for (const program of ['nvidia-smi', 'lspci']) tree.program(program, 'exit 1');
    const { gpus, otherGpus } = chooseGpus(shownBy(shell), null);
    expect(gpus.map(({ address }) => address)).toEqual(['0000:0c:00.0', '0000:17:00.0']);
    expect(otherGpus?.map(({ address, why }) => [address, why])).toEqual([
      ['0000:0b:00.0', 'integrated'],
      ['0000:65:00.0', 'reserved for a virtual machine'],
    ]);
  });

  test('GPUs have no model name if neither nvidia-smi nor lspci gives one', () => {
    for (const program of ['nvidia-smi', 'lspci']) tree.program(program, 'exit 1');
    expect(models(shell)).toEqual([null, null]);
  });

  // busybox has its own timeout.
  test.skipIf(shell[0] === 'busybox')('a program that hangs is killed, and not started again', () => {
    // Instead of waiting: behaves as timeout does when the time is over.
    tree.program('timeout', 'echo "timeout $*" >>"$0.asked"; exit 137');
    for (const program of ['nvidia-smi', 'lspci']) tree.program(program, 'exec sleep 60');
    expect(models(shell)).toEqual([null, null]);
    expect(tree.run(shell, `cat "$(command -v timeout).asked"`).stdout.split('\n')).toEqual([
      'timeout -s KILL 10 nvidia-smi --query-gpu=pci.bus_id,uuid,name --format=csv,noheader',
      'timeout -s KILL 10 lspci -D -mm -d 10de:',
      '',
    ]);
  });
});

test('a machine without NVIDIA or AMD devices starts neither', () => {
  const empty = machineTree();
  for (const program of ['nvidia-smi', 'lspci']) empty.program(program, 'echo started');
  expect(empty.run(shells[0]!, gpuModelsScript(empty.root)).stdout).toBe('');
});

test('names from a server are shown without control characters, and truncated', () => {
  const answer = `gpu=0000:17:00.0 0x10de 0x2330 0x030200 - \u001b[2JH100\u202e ${'x'.repeat(10_000)}`;
  expect(readAnswer(answer)[0]!.model).toMatch(/^\[2JH100 x+…$/);
  expect(readAnswer(answer)[0]!.model).toHaveLength(100);
});

test('a name is not read from an unrelated line', () => {
  const lines = [
    'gpu=0000:17:00.0 0x10de 0x2330 0x030200 - ',
    'nvidia_smi=0000:18:00.0, GPU-4fcac49b-bc5a-f781-9c02-889186926070, A',
    'nvidia_smi=No devices were found',
    'lspci=x',
  ];
  expect(readAnswer(lines.join('\n'))).toMatchObject([
    { address: '0000:17:00.0', vendorId: '10de', deviceId: '2330', model: null, uuid: null },
  ]);
});
