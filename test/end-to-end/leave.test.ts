import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import { startFaultProxy, type FaultProxy } from '../support/fault-proxy.ts';
import { eventually, processesWith } from '../support/processes.ts';
import type { Ended, Running } from './command-line.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { HeldBenchmark } from './held-benchmark.ts';

describe.skipIf(skipsWithout())('a signal while a server does not answer', () => {
  let fleet: Fleet;
  let held: HeldBenchmark;
  let way: FaultProxy;
  beforeEach(async () => {
    fleet = await startFleet(2);
    held = new HeldBenchmark(fleet);
    way = await startFaultProxy('127.0.0.1', { host: fleet.addressOf('web-2'), port: fleet.sshd.port });
    fleet.configure({
      ...held.settings(),
      servers: { 'web-2': { host: way.address, port: way.port } },
      ssh: { hostKeys: 'accept-new' },
    });
    held.hold();
  });
  afterEach(async () => {
    await way?.close();
    await fleet?.stop();
  });

  async function signal(running: Running, name: NodeJS.Signals): Promise<Ended> {
    const begin = performance.now();
    running.process.kill(name);
    const ended = await running.ended;
    console.error(`${name}: ended after ${((performance.now() - begin) / 1000).toFixed(1)} s`);
    await eventually(
      () => processesWith(fleet.file('state')),
      (left) => left.length === 0
    );
    return ended;
  }

  /** The server answers again, and is freed as the message said. */
  async function freeLater(): Promise<void> {
    way.pass();
    expect((await fleet.start('cancel').ended).exitCode).toBe(0);
    expect(held.processes()).toEqual([]);
  }

  test('leaves the run, with a partial report and the server that may not have stopped', async () => {
    const run = fleet.start('run', '--yes', '--json');
    await held.measures(2);
    way.blackHole();
    const { exitCode, stdout, stderr } = await signal(run, 'SIGINT');
    expect(exitCode).toBe(130);
    expect(stderr).toContain('Cancelled, but may still be running: web-2\n');
    const report = JSON.parse(stdout) as FleetReport;
    expect(report.servers.map(({ verdict }) => verdict)).toEqual(['cancelled', 'cancelled']);
    expect(report.servers[1]?.reason).toBe('not known to have stopped');
    await freeLater();
  });

  test('leaves `up`, and names the run', async () => {
    const up = fleet.start('up');
    await up.waitFor(/^Up\./m);
    const { stdout } = await fleet.start('run', '--yes', '--detach').ended;
    await held.measures(2);
    way.blackHole();
    const { exitCode, stderr } = await signal(up, 'SIGTERM');
    expect(exitCode).toBe(143);
    expect(stderr).toContain(`${stdout.trim()} is still running; fleetmark no longer waits for it.\n`);
    expect(stderr).toContain('Cancelled, but may still be running: web-2\n');
    await freeLater();
  });
});
