import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import type { FleetReport } from '../../src/domain/reports/fleet-report.ts';
import type { BenchmarkRow } from '../../src/domain/verdicts/server-row.ts';
import { cpuQuota } from '../support/control-group.ts';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';

const QUOTA = 0.2;
const group = cpuQuota(QUOTA);
const mark = `held-back-${process.pid}-mark`;

describe.skipIf(skipsWithout('sysbench'))('a server whose benchmark was held back does not fail', () => {
  let fleet: Fleet;
  afterEach(() => fleet.stop());
  afterAll(() => group?.remove());

  async function start(through: string[] = []): Promise<void> {
    fleet = await startFleet(1, [`SetEnv FLEETMARK_MARKS=${mark}`], through);
    fleet.configure({
      benchmarks: { cpu: { samples: 1, duration: '2s' } },
      expect: { 'cpu.events_per_second': { min: 1e12 } },
      quiet: { cpu: 'off' },
    });
  }

  function rowOf({ servers: [server] }: FleetReport): BenchmarkRow {
    return server!.benchmarks[0]!;
  }

  test('if it was stopped for half of the time', async () => {
    await start();
    const { report, exitCode } = await whileStopped(fleet.run());
    const { verdict, error, evidence, shortfalls } = rowOf(report);
    expect({ verdict, type: error?.type, shortfalls }).toEqual({
      verdict: 'error',
      type: 'Inconclusive',
      shortfalls: [],
    });
    expect(error?.message).toMatch(/it was stopped or held back: |other programs used \d/);
    expect(evidence?.ownCpu).toBeLessThan(0.8);
    expect(exitCode).toBe(3);
  });

  test.skipIf(group === null)('if it has a CPU quota, which a check reports', async () => {
    await start(group!.through);
    const check = await fleet.start('check').ended;
    expect(check.stdout).toContain(`limited to a CPU quota of ${QUOTA} CPUs`);
    const { report } = await fleet.run();
    const { verdict, error, evidence } = rowOf(report);
    expect({ verdict, type: error?.type }).toEqual({ verdict: 'error', type: 'Inconclusive' });
    expect(error?.message).toContain(`a CPU quota of ${QUOTA} CPUs withheld `);
    expect(evidence).toMatchObject({ limits: { quotaCpus: QUOTA }, throttled: expect.any(Number) });
  });
});

/** Stops each new sysbench process of the server for a second, until the run ends. */
async function whileStopped<Result>(run: Promise<Result>): Promise<Result> {
  let isOver = false;
  const ended = run.finally(() => (isOver = true));
  const stopped = new Set<number>();
  while (!isOver) {
    for (const pid of ownSysbenches().filter((each) => !stopped.has(each))) {
      stopped.add(pid);
      signal(pid, 'SIGSTOP');
      await delay(1000);
      signal(pid, 'SIGCONT');
    }
    await delay(20);
  }
  return ended;
}

function ownSysbenches(): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => isOwnSysbench(pid)).map(Number);
}

function isOwnSysbench(pid: string): boolean {
  try {
    return (
      readFileSync(`/proc/${pid}/comm`, 'utf8') === 'sysbench\n' &&
      readFileSync(`/proc/${pid}/environ`, 'latin1').includes(mark)
    );
  } catch {
    return false; // it has ended
  }
}

function signal(pid: number, name: NodeJS.Signals): void {
  try {
    process.kill(pid, name);
  } catch {
    // gone meanwhile
  }
}
