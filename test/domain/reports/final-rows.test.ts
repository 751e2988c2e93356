import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FinalRows } from '../../../src/domain/reports/final-rows.ts';
import { withoutDuplicateMessages } from '../../../src/domain/reports/duplicate-messages.ts';
import { withSameMachines } from '../../../src/domain/reports/same-machine.ts';
import { judgedRow } from '../../../src/domain/verdicts/judged-row.ts';
import type { BenchmarkRow, ServerRow } from '../../../src/domain/verdicts/server-row.ts';

const start = Date.parse('2026-11-24T02:00:00.000Z');
const machine = '0123456789abcdef';

function row(serverId: string, verdict: 'pass' | 'fail', identity: string | null, from: number, to: number): ServerRow {
  const short = {
    metric: 'cpu.score',
    device: null,
    measured: 12,
    comparison: '>=',
    expected: 50,
    unit: 'points',
  } as const;
  const benchmark: BenchmarkRow = {
    ...{ benchmark: 'cpu', verdict, reason: null, error: null, tool: null, seconds: 1, evidence: null },
    ...{ measurements: [], shortfalls: verdict === 'fail' ? [short] : [] },
  };
  const seconds = Math.round((to - from) * 10) / 10;
  const startedAt = new Date(start + from * 1000).toISOString();
  return judgedRow({ serverId, hardwareClass: 'default', startedAt, seconds, identity }, [benchmark]);
}

function verdicts(rows: readonly ServerRow[]): string[] {
  return rows.map(({ serverId, verdict }) => `${serverId} ${verdict}`);
}

describe('the verdict of a server', () => {
  test('that passed is final immediately, no matter what else is running', () => {
    expect(verdicts(new FinalRows().add(row('web-1', 'pass', machine, 0, 10), ['web-2']))).toEqual(['web-1 pass']);
  });

  test('that fell short is final immediately if nothing else is running, or its machine is unknown', () => {
    expect(verdicts(new FinalRows().add(row('web-1', 'fail', machine, 0, 10), []))).toEqual(['web-1 fail']);
    expect(verdicts(new FinalRows().add(row('web-1', 'fail', null, 0, 10), ['web-2']))).toEqual(['web-1 fail']);
  });

  test('that fell short waits for the servers running at the same time, but not for later ones', () => {
    const final = new FinalRows();
    expect(final.add(row('web-1', 'fail', machine, 0, 10), ['web-2', 'web-3'])).toEqual([]);
    expect(verdicts(final.add(row('web-2', 'pass', 'fedcba9876543210', 0, 11), ['web-3', 'web-4']))).toEqual([
      'web-2 pass',
    ]);
    expect(final.ended).toBe(2);
    expect(verdicts(final.add(row('web-3', 'pass', 'aaaabbbbccccdddd', 0, 12), ['web-4']))).toEqual([
      ...['web-1 fail', 'web-3 pass'],
    ]);
  });

  test('that fell short beside another id of its machine becomes inconclusive', () => {
    const final = new FinalRows();
    final.add(row('web-1', 'fail', machine, 0, 10), ['web-2']);
    const [finalRow] = final.add(row('web-2', 'pass', machine, 5, 15), []);
    expect(finalRow).toMatchObject({ serverId: 'web-1', verdict: 'error', error: { type: 'Inconclusive' }, notes: [] });
  });

  test('that started in the tenth of a second in which the other one ended stays', () => {
    const rows = [row('web-1', 'fail', machine, 0, 9.96), row('web-2', 'fail', machine, 9.97, 20)];
    expect(verdicts(withSameMachines(rows))).toEqual(['web-1 fail', 'web-2 fail']);
  });
});

test('for any machines and times, each server becomes final once, with the verdict of the report', () => {
  const server = fc.record({
    machine: fc.constantFrom(machine, 'fedcba9876543210', null),
    verdict: fc.constantFrom('pass' as const, 'fail' as const),
    seconds: fc.integer({ min: 1, max: 30 }),
  });
  fc.assert(
    fc.property(fc.array(server, { maxLength: 20 }), fc.integer({ min: 1, max: 5 }), (servers, lanes) => {
      const final = new FinalRows();
      const queue = servers.map((each, index) => ({ ...each, id: `web-${index}` }));
      const running: { id: string; from: number; to: number; of: (typeof queue)[0] }[] = [];
      const rows: ServerRow[] = [];
      const begin = (now: number): void => {
        const of = queue.shift();
        if (of) running.push({ id: of.id, from: now, to: now + of.seconds, of });
      };
      for (let lane = 0; lane < lanes; lane += 1) begin(0);
      while (running.length > 0) {
        running.sort((a, b) => a.to - b.to);
        const { id, from, to, of } = running.shift()!;
        const ended = row(id, of.verdict, of.machine, from, to);
        rows.push(ended);
        final.add(
          ended,
          running.map((each) => each.id)
        );
        begin(to);
      }
      const report = withSameMachines(rows).map(withoutDuplicateMessages);
      const byId = (of: readonly ServerRow[]): string[] => verdicts(of).sort();
      expect(byId(final.rows)).toEqual(byId(report));
    }),
    { numRuns: 300 }
  );
});
