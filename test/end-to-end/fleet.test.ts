import { createHash, randomInt } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { Ledger } from './ledger.ts';
import { scoreCommand } from '../support/fleetmark-yaml.ts';

const seed = process.env['FLEETMARK_TEST_SEED'] ?? String(randomInt(2 ** 31));

/** Integers from 0 to `end` - 1; the same seed returns the same numbers. */
function draw(what: string, end: number): number {
  return createHash('sha256').update(`${seed} ${what}`).digest().readUInt32BE() % end;
}

describe.skipIf(skipsWithout())('ten servers, five in parallel', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet(10);
    stage();
  });
  afterAll(async () => fleet?.stop());

  const benchmarks = ['cpu', 'gpu'] as const;
  const staged = (benchmark: string): string => `${fleet.file('stage')}/$address.${benchmark}`;

  /** Two scores at the limit, the others at random. */
  function scoreOf(serverId: string, benchmark: string): number {
    if (benchmark === 'cpu' && serverId === 'web-1') return 50;
    if (benchmark === 'gpu' && serverId === 'web-2') return 49;
    return draw(`score ${serverId} ${benchmark}`, 101);
  }

  function stage(): void {
    mkdirSync(fleet.file('stage'));
    for (const serverId of fleet.serverIds) {
      for (const benchmark of benchmarks) {
        // Long enough for a sixth command to begin, if the limit failed.
        const seconds = (0.7 + draw(`sleep ${serverId} ${benchmark}`, 8) / 10).toFixed(1);
        const name = `stage/${fleet.addressOf(serverId)}.${benchmark}`;
        writeFileSync(fleet.file(name), `${seconds} ${scoreOf(serverId, benchmark)}\n`);
      }
    }
  }

  /** @param act shell that prints `score: N` from the value that was prepared for `$address` */
  function configure(ledger: Ledger, act: (benchmark: string) => string): void {
    const command = (benchmark: string): [string, object] => [
      benchmark,
      scoreCommand(ledger.command(benchmark, act(benchmark)), { timeout: '60s' }),
    ];
    fleet.configure({
      maxParallel: 5,
      benchmarks: Object.fromEntries(benchmarks.map(command)),
      expect: { 'cpu.score': { min: 50 }, 'gpu.score': { min: 50 } },
    });
  }

  const isSlow = (serverId: string): boolean => benchmarks.some((benchmark) => scoreOf(serverId, benchmark) < 50);

  test('exactly the slow ones fail, and five are measured in parallel, never more', async () => {
    console.error(`FLEETMARK_TEST_SEED=${seed}`);
    // Each command waits until five have begun: with a concurrency of four, this would time out.
    const five = `until [ "$(grep -c begin "$ledger")" -ge 5 ]; do sleep 0.1; done`;
    const ledger = new Ledger(fleet);
    configure(
      ledger,
      (benchmark) => `${five}; read -r seconds score <${staged(benchmark)}; sleep $seconds; echo "score: $score"`
    );
    const { report, exitCode, stderr } = await fleet.run();

    const slow = fleet.serverIds.filter(isSlow);
    expect(report.failed).toEqual(slow);
    expect(report.errored).toEqual([]);
    expect(report.requested).toBe(10);
    expect(report.counts).toMatchObject({ fail: slow.length, pass: 10 - slow.length });
    expect(exitCode).toBe(1);

    expect(report.servers.map((row) => row.serverId)).toEqual(fleet.serverIds);
    for (const { serverId, verdict, reason, benchmarks: rows } of report.servers) {
      expect(verdict, serverId).toBe(isSlow(serverId) ? 'fail' : 'pass');
      const measured = rows.flatMap(({ measurements }) => measurements.map(({ metric, value }) => [metric, value]));
      expect(measured, serverId).toEqual(
        benchmarks.map((benchmark) => [`${benchmark}.score`, scoreOf(serverId, benchmark)])
      );
      const short = benchmarks.filter((benchmark) => scoreOf(serverId, benchmark) < 50);
      const lines = short.map((benchmark) => `${benchmark}.score ${scoreOf(serverId, benchmark)} of >= 50 points`);
      expect(reason?.replaceAll(/ \(\d+ %\)/g, '') ?? '', serverId).toBe(lines.join('; '));
    }
    for (const serverId of slow) expect(stderr).toMatch(new RegExp(`${serverId} .*of >= 50 points`));

    expect(ledger.ended()).toBe(20);
    expect(ledger.max()).toEqual({ atOnce: 5, onOneServer: 1 });
  });

  test('the same fleet one at a time gives the same verdicts', async () => {
    const ledger = new Ledger(fleet, 'ledger-alone');
    configure(ledger, (benchmark) => `read -r _ score <${staged(benchmark)}; sleep 0.2; echo "score: $score"`);
    const { report } = await fleet.run('--max-parallel', '1');
    expect(report.failed).toEqual(fleet.serverIds.filter(isSlow));
    expect(ledger.max()).toEqual({ atOnce: 1, onOneServer: 1 });
  });
});
