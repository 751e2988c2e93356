import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { gpuModelsScript, readGpus } from '../../src/benchmarks/gpu-models.ts';
import { machineTree, shells } from './machine-tree.ts';
import type { MachineTree } from './machine-tree.ts';
import { recorded } from './recorded.ts';

let tree: MachineTree;

beforeEach(() => {
  tree = machineTree();
  pciDevice('0000:17:00.0', '0x10de', '0x2330');
  pciDevice('0000:65:00.0', '0x10de', '0x2330');
});
afterEach(() => tree.remove());

function pciDevice(address: string, vendor: string, device: string): void {
  const folder = `sys/bus/pci/devices/${address}`;
  tree.file(`${folder}/vendor`, `${vendor}\n`);
  tree.file(`${folder}/class`, '0x030200\n');
  tree.file(`${folder}/device`, `${device}\n`);
}

function models(shell: readonly string[]): (string | null | undefined)[] {
  const functions = `say() { printf '%s=%s\\n' "$1" "$2"; }\nfirst() { sed -n "$@" 2>/dev/null | head -n 1; }`;
  const { stdout, stderr } = tree.run(shell, `${functions}\n${gpuModelsScript(tree.root)}`);
  expect(stderr).toBe('');
  return readAnswer(stdout).map(({ model }) => model);
}

function readAnswer(stdout: string) {
  const answers = stdout
    .split('\n')
    .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]);
  return readGpus((key) => answers.filter(([name]) => name === key).map(([, value]) => value!));
}

function printing(text: string): string {
  return `cat <<'END'\n${text}END`;
}

describe.each(shells.map((shell) => [shell.join(' '), shell] as const))('under %s', (_, shell) => {
  test('what the driver says in /proc counts, and nvidia-smi is not started for it', () => {
    for (const address of ['0000:17:00.0', '0000:65:00.0']) {
      tree.file(`proc/driver/nvidia/gpus/${address}/information`, 'Model: \t\t NVIDIA H100 80GB HBM3\nIRQ: 42\n');
    }
    tree.program('nvidia-smi', 'echo started >&2');
    tree.program('lspci', 'echo started >&2');
    expect(models(shell)).toEqual(['NVIDIA H100 80GB HBM3', 'NVIDIA H100 80GB HBM3']);
  });

  test('else nvidia-smi names them, in the format that its manual shows', () => {
    tree.program('nvidia-smi', printing(recorded('machine/nvidia-smi-documented.csv')));
    expect(models(shell)).toEqual(['NVIDIA H100 80GB HBM3', 'NVIDIA H100 80GB HBM3']);
  });

  test('else the list of PCI ids does', () => {
    tree.program(
      'nvidia-smi',
      'echo "NVIDIA-SMI has failed because it could not communicate with the driver."; exit 9'
    );
    tree.program('lspci', `[ "$4" = 10de: ] || exit 0\n${printing(recorded('machine/lspci-mm.txt'))}`);
    expect(models(shell)).toEqual(['NVIDIA GH100[H100 SXM5 80GB]', null]);
  });

  test('and where nothing does, they have none', () => {
    for (const program of ['nvidia-smi', 'lspci']) tree.program(program, 'exit 1');
    expect(models(shell)).toEqual([null, null]);
  });

  // busybox brings its own timeout.
  test.skipIf(shell[0] === 'busybox')('a program that hangs is killed, and is asked for nothing more', () => {
    // In place of the clock: what timeout does once its time is over.
    tree.program('timeout', 'echo "timeout $*" >>"$0.asked"; exit 137');
    for (const program of ['nvidia-smi', 'lspci']) tree.program(program, 'exec sleep 60');
    expect(models(shell)).toEqual([null, null]);
    expect(tree.run(shell, `cat "$(command -v timeout).asked"`).stdout.split('\n')).toEqual([
      'timeout -s KILL 10 nvidia-smi --query-gpu=pci.bus_id,name --format=csv,noheader',
      'timeout -s KILL 10 lspci -D -mm -d 10de:',
      'timeout -s KILL 10 lspci -D -mm -d 1002:',
      '',
    ]);
  });
});

test('a machine without NVIDIA or AMD devices starts neither', () => {
  const empty = machineTree();
  for (const program of ['nvidia-smi', 'lspci']) empty.program(program, 'echo started');
  expect(empty.run(shells[0]!, gpuModelsScript(empty.root)).stdout).toBe('');
  empty.remove();
});

test('names of a server are shown clean and short', () => {
  const answer = `gpu=0000:17:00.0 0x10de 0x2330 \u001b[2JH100\u202e ${'x'.repeat(10_000)}`;
  expect(readAnswer(answer)[0]!.model).toMatch(/^\[2JH100 x+…$/);
  expect(readAnswer(answer)[0]!.model).toHaveLength(100);
});

test('a name is not taken from a line about something else', () => {
  const lines = [
    'gpu=0000:17:00.0 0x10de 0x2330 ',
    'nvidia_smi=0000:18:00.0, A',
    'nvidia_smi=No devices were found',
    'lspci=x',
  ];
  expect(readAnswer(lines.join('\n'))).toEqual([
    { address: '0000:17:00.0', vendor: 'nvidia', deviceId: '2330', model: null },
  ]);
});
