import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judge } from '../../../src/domain/verdicts/judge.ts';
import { summarize } from '../../../src/domain/measurements/measurement.ts';
import { withSameMachines } from '../../../src/domain/reports/same-machine.ts';
import { judgedRow } from '../../../src/domain/verdicts/judged-row.ts';
import { unmeasuredRow, type ServerRow } from '../../../src/domain/verdicts/server-row.ts';

const machine = 'aaaaaaaa00000001';
/** The same host key; everything else differs. */
const clone = 'aaaaaaaaffffffff';
/** A host key that differs only in the last digit. */
const another = 'aaaaaaab00000001';

interface Measured {
  identity: string | null;
  /** A time range within one minute, in seconds. */
  during: [number, number];
  score?: number;
  metric?: string;
  unit?: string;
}

function row(
  serverId: string,
  { identity, during: [from, to], score = 80, metric = 'cpu.score', unit = 'points' }: Measured
): ServerRow {
  const reading = { metric, unit, better: 'higher', device: null, value: score } as const;
  const outcome = { measurements: summarize([reading]), error: null, tool: 'command', seconds: 1 };
  const startedAt = new Date(Date.UTC(2026, 10, 24, 2, 0, from)).toISOString();
  const facts = { serverId, hardwareClass: 'default', identity, startedAt, seconds: to - from };
  return judgedRow(facts, [judge(metric.split('.')[0]!, outcome, { [metric]: { min: 50 } })]);
}

const short = { score: 12 };
const note = 'seems to be the same machine as web-1: same host key and machine id';

describe('two ids of one machine', () => {
  test('that were measured at the same time: a shortfall is inconclusive, a pass stays', () => {
    const rows = withSameMachines([
      row('web-1', { identity: machine, during: [0, 20] }),
      row('web-2', { identity: machine, during: [10, 30], ...short }),
      row('web-3', { identity: another, during: [0, 30], ...short }),
    ]);
    expect(rows.map(({ verdict }) => verdict)).toEqual(['pass', 'error', 'fail']);
    const reason =
      'cpu.score 12 of >= 50 points (24 %), but web-1, which seems to be the same machine, was measured at the same time';
    expect(rows[1]).toMatchObject({ reason, error: { type: 'Inconclusive', message: reason }, notes: [note] });
    expect(rows[1]!.benchmarks[0]).toMatchObject({ verdict: 'error', shortfalls: [] });
    expect(rows[1]!.benchmarks[0]!.measurements[0]).toMatchObject({ value: 12 });
    expect(rows[0]!.notes).toEqual(['seems to be the same machine as web-2: same host key and machine id']);
    expect(rows[2]!.notes).toEqual([]);
  });

  test('that were measured one after the other get a note, and keep their verdict', () => {
    const rows = withSameMachines([
      row('web-1', { identity: machine, during: [0, 20] }),
      row('web-2', { identity: machine, during: [20, 30], ...short }),
    ]);
    expect(rows[1]).toMatchObject({ verdict: 'fail', notes: [note] });
  });

  test.each(['gpu.devices', 'burn.boards'])('that lack one of %s fail, even if measured at the same time', (metric) => {
    const devices = { ...short, metric, unit: 'devices' };
    const rows = withSameMachines([
      row('web-1', { identity: machine, during: [0, 20], ...devices }),
      row('web-2', { identity: machine, during: [0, 20], ...devices }),
    ]);
    expect(rows.map(({ verdict }) => verdict)).toEqual(['fail', 'fail']);
  });

  test('fail for a missing device, but not for other shortfalls', () => {
    const reading = { better: 'higher', device: null } as const;
    const readings = [
      { ...reading, metric: 'gpu.devices', unit: 'devices', value: 7 },
      { ...reading, metric: 'gpu.score', unit: 'x', value: 12 },
    ];
    const outcome = { measurements: summarize(readings), error: null, tool: 'clpeak', seconds: 1 };
    const both = judge('gpu', outcome, { 'gpu.devices': { min: 8 }, 'gpu.score': { min: 50 } });
    const [, found] = withSameMachines([
      row('web-1', { identity: machine, during: [0, 20] }),
      { ...row('web-2', { identity: machine, during: [0, 20], ...short }), benchmarks: [both] },
    ]);
    expect(both.shortfalls).toHaveLength(2);
    expect(found).toMatchObject({ verdict: 'fail', reason: 'gpu.devices 7 of >= 8 devices (87 %)' });
    const because = 'but web-1, which seems to be the same machine, was measured at the same time';
    expect(found!.benchmarks[0]).toMatchObject({
      shortfalls: [{ metric: 'gpu.devices' }],
      error: { type: 'Inconclusive', message: `gpu.score 12 of >= 50 x (24 %), ${because}` },
    });
  });

  test('fail for wrong results, even if measured at the same time', () => {
    const reading = { unit: 'errors', better: 'lower', device: null, metric: 'burn.errors', value: 3 } as const;
    const outcome = { measurements: summarize([reading]), error: null, tool: 'command', seconds: 1 };
    const wrong = judge('burn', outcome, { 'burn.errors': { max: 0 } });
    const rows = withSameMachines([
      row('web-1', { identity: machine, during: [0, 20] }),
      { ...row('web-2', { identity: machine, during: [0, 20], ...short }), benchmarks: [wrong] },
    ]);
    expect(rows[1]).toMatchObject({ verdict: 'fail', benchmarks: [{ shortfalls: [{ metric: 'burn.errors' }] }] });
  });

  test('are inconclusive for a metric in another unit than devices, for any name', () => {
    const devices = { ...short, metric: 'burn.devices' };
    const rows = withSameMachines([
      row('web-1', { identity: machine, during: [0, 20], ...devices }),
      row('web-2', { identity: machine, during: [0, 20], ...devices }),
    ]);
    expect(rows.map(({ verdict }) => verdict)).toEqual(['error', 'error']);
  });

  test('with a row that was truncated to the verdict', () => {
    const stripped = { ...row('web-2', { identity: machine, during: [10, 30], ...short }), benchmarks: [] };
    const [, doubted] = withSameMachines([row('web-1', { identity: machine, during: [0, 20] }), stripped]);
    expect(doubted).toMatchObject({ verdict: 'error', error: { type: 'Inconclusive' } });
  });

  test('with a row without shortfalls keep its reason', () => {
    const failed = row('web-2', { identity: machine, during: [0, 9], ...short });
    const benchmarks = failed.benchmarks.map((each) => ({ ...each, shortfalls: [], reason: 'cpu is slow' }));
    const rows = [row('web-1', { identity: machine, during: [0, 20] }), { ...failed, benchmarks }];
    expect(withSameMachines(rows)[1]!.reason).toMatch(/^cpu is slow, but web-1, which seems to be the same machine,/);
  });

  test('keep a pass', () => {
    const first = row('web-1', { identity: machine, during: [0, 20] });
    const failed = row('web-2', { identity: machine, during: [0, 20], ...short });
    const both = { ...failed, benchmarks: [...first.benchmarks, ...failed.benchmarks] };
    const [stripped, mixed] = withSameMachines([{ ...first, benchmarks: [] }, both]);
    expect(stripped!.verdict).toBe('pass');
    expect(mixed!.benchmarks.map(({ verdict }) => verdict)).toEqual(['pass', 'error']);
  });
});

test('three and more ids are counted', () => {
  const rows = ['web-1', 'web-2', 'web-3'].map((id) => row(id, { identity: machine, during: [0, 1] }));
  expect(withSameMachines(rows).map(({ notes }) => notes[0]?.split(':')[0])).toEqual([
    'seems to be the same machine as web-2 and 1 more',
    'seems to be the same machine as web-1 and 1 more',
    'seems to be the same machine as web-1 and 1 more',
  ]);
});

test('clones of one image get a note, and keep their verdict', () => {
  const rows = withSameMachines([
    row('web-1', { identity: machine, during: [0, 20] }),
    row('web-2', { identity: clone, during: [0, 20], ...short }),
  ]);
  expect(rows.map(({ verdict }) => verdict)).toEqual(['pass', 'fail']);
  expect(rows[1]!.notes).toEqual(['has the same host key as web-1: they are copies of one image']);
});

test('an unknown machine is never a duplicate', () => {
  const rows = [
    unmeasuredRow('web-1', 'error', { type: 'ServerUnreachable', message: 'x' }),
    unmeasuredRow('web-2', 'busy', null),
    row('web-3', { identity: null, during: [0, 9], ...short }),
    row('web-4', { identity: null, during: [0, 9] }),
  ];
  expect(withSameMachines(rows)).toEqual(rows);
});

test('a shortfall is doubtful exactly if another id of the machine overlaps in time', () => {
  const measured = fc.record({
    identity: fc.constantFrom(machine, clone, another, null),
    during: fc
      .tuple(fc.nat(20), fc.integer({ min: 1, max: 20 }))
      .map(([from, length]): [number, number] => [from, from + length]),
    score: fc.constantFrom(12, 80),
  });
  fc.assert(
    fc.property(fc.array(measured, { maxLength: 12 }), (all) => {
      const rows = all.map((each, index) => row(`web-${index}`, each));
      const after = withSameMachines(rows);
      expect(after.map(({ serverId }) => serverId)).toEqual(rows.map(({ serverId }) => serverId));
      for (const [index, { identity, during, score }] of all.entries()) {
        const overlaps = all.some((other, at) => {
          const same = at !== index && identity !== null && other.identity === identity;
          return same && other.during[0] < during[1] && during[0] < other.during[1];
        });
        expect(after[index]!.verdict).toBe(score === 80 ? 'pass' : overlaps ? 'error' : 'fail');
      }
    })
  );
});
