import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { skipsWithout, startFleet, type Fleet } from './fleet.ts';
import { quietOff, scoreCommand } from '../support/fleetmark-yaml.ts';

describe.skipIf(skipsWithout())('a server that is already working', () => {
  let fleet: Fleet;
  beforeAll(async () => {
    fleet = await startFleet(1);
    fleet.configure({
      // Temporal and the worker run on this machine too, so it is never that quiet.
      quiet: { ...quietOff, cpu: 0, otherLoad: 0 },
      benchmarks: { burn: scoreCommand(`echo ran >>${fleet.file('ran')}; sleep 2; echo score: 7`) },
      expect: { 'burn.score': { min: 50 } },
    });
  });
  afterAll(async () => fleet?.stop());

  test('is busy and not measured; --even-if-busy measures and marks it, and its shortfalls are inconclusive', async () => {
    const left = await fleet.run();
    expect(left.exitCode).toBe(3);
    expect(left.report.counts.busy).toBe(1);
    expect(left.report.servers[0]?.error?.message).toMatch(
      /^this server is busy with other work: others use \S+ % of its CPU time/
    );

    const measured = await fleet.run('--even-if-busy');
    const [row] = measured.report.servers;
    expect(row).toMatchObject({ verdict: 'error', error: { type: 'Inconclusive' } });
    expect(row?.benchmarks[0]?.error?.message).toMatch(
      /^burn\.score 7 of >= 50 points \(14 %\), but other programs used \S+ % of all CPU time/
    );
    expect(row?.notes).toEqual([
      expect.stringMatching(/^measured although it was already working: others use/),
      expect.stringMatching(
        /^burn was measured again: burn\.score 7 of >= 50 points \(14 %\), but other programs used \S+ %/
      ),
    ]);
    expect(row?.benchmarks[0]?.evidence).toMatchObject({ doubtful: 2, loadBefore: expect.any(Number) });
  });
});
