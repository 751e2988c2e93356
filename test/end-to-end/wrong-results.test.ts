import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { documented } from '../outputs/documented.ts';
import { writeGpuBurnOutput } from '../support/gpu-burn-output.ts';
import { canMount, withMounts } from '../support/own-mounts.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';

const outputs = join(import.meta.dirname, '..', 'fixtures', 'outputs');

/** The PCI devices of a server with 8 GPUs of one model. */
function eightGpus(): string {
  const devices = temporaryFolder('gpus');
  for (let gpu = 0; gpu < 8; gpu += 1) {
    const folder = join(devices, `0000:1${gpu}:00.0`);
    mkdirSync(folder);
    const files = { vendor: '0x10de', class: '0x030200', device: '0x2330' };
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), `${text}\n`);
  }
  return devices;
}

describe.skipIf(skipsWithout())('a tool that says that results are wrong', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    const through = canMount ? withMounts(`mount --bind ${eightGpus()} /sys/bus/pci/devices`, []) : [];
    fleet = await startFleet(1, [], through);
    copyFileSync(join(outputs, 'gpu-burn-16-faulty.txt'), fleet.file('faulty.txt'));
    const metrics = { ok: { pattern: '^\\s*GPU \\d+: OK', take: 'count', unit: 'gpus' } };
    const faults = [{ pattern: '^\\s*GPU (?<device>\\d+): FAULTY', says: 'wrong results' }];
    const yaml = { json: '$.speed', file: 'out/result.json', unit: 'GFLOPS' };
    writeGpuBurnOutput(fleet.file('hour.txt'), 25_000_000);
    fleet.configure({
      benchmarks: {
        hour: { ...(documented['burn'] as object), command: `cat ${fleet.file('hour.txt')}` },
        burn: { command: `cat ${fleet.file('faulty.txt')}`, faults, metrics },
        file: { command: `mkdir out; echo '{"speed": 80}' >out/result.json`, metrics: { speed: yaml } },
        exits: { command: 'echo "memory mismatch"; exit 1', exit: { 1: 'fail' }, metrics: { speed: yaml } },
      },
      expect: { 'burn.ok': { min: 0 }, 'file.speed': { min: 50 }, 'hour.gflops': { min: 5000 } },
    });
  });
  afterAll(() => fleet?.stop());

  test('fails the server, although it exits with 0, and names the devices', async () => {
    const { report, exitCode } = await fleet.run();
    expect(exitCode).toBe(1);
    const [hour, burn, file, exits] = report.servers[0]!.benchmarks;
    expect(hour!.shortfalls).toMatchObject([
      {
        ...{ metric: 'hour.faults', device: 3, says: 'wrong results: "GPU 3: FAULTY"' },
        ...(canMount && { address: '0000:13:00.0' }),
      },
    ]);
    expect(hour!.shortfalls).toHaveLength(1);
    const speeds = hour!.measurements.filter(({ metric }) => metric === 'hour.gflops');
    expect(speeds.map(({ value }) => value)).toEqual([6000, 6001, 6002, 6003, 6004, 6005, 6006, 6007]);
    expect(burn).toMatchObject({ verdict: 'fail', error: null });
    expect(burn!.reason).toMatch(/^burn on device \d+: wrong results: "GPU \d+: FAULTY"; 15 more devices with faults$/);
    expect(burn!.shortfalls.map(({ device }) => device).sort((a, b) => a! - b!)).toEqual([...Array(16).keys()]);
    expect(file).toMatchObject({ verdict: 'pass', measurements: [{ metric: 'file.speed', value: 80 }] });
    expect(exits).toMatchObject({ verdict: 'fail', reason: 'exits: it exited with 1: "memory mismatch"' });
    expect(report.failed).toEqual(['web-1']);
  });

  test('is read from a saved output in the same way', async () => {
    const { stdout, exitCode } = await fleet.start('benchmarks', 'try', 'burn', '--output', fleet.file('faulty.txt'))
      .ended;
    expect(exitCode).toBe(1);
    expect(stdout).toContain('burn.ok  0 gpus\n');
    expect(stdout).toContain('fail wrong results, device 3: "GPU 3: FAULTY"\n');
    const wrong = await fleet.start('benchmarks', 'try', 'brun', '--output', fleet.file('faulty.txt')).ended;
    expect(wrong).toMatchObject({ exitCode: 2, stdout: '' });
    expect(wrong.stderr).toContain('the configuration has no command brun; did you mean "burn"?');
  });
});
