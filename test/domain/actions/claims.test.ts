import fc from 'fast-check';
import { expect, test } from 'vitest';
import { allowedServers, type ActionSettings } from '../../../src/domain/actions/action.ts';
import { decide, type Hold } from '../../../src/domain/actions/claims.ts';
import { unmeasuredRow, type BenchmarkRow, type ServerRow } from '../../../src/domain/verdicts/server-row.ts';
import type { BenchmarkVerdict, Verdict } from '../../../src/domain/verdicts/verdict.ts';

const command = { kind: 'command', command: ['drain'], undo: ['undrain'], timeoutMs: 1_000 } as const;
const slack = { kind: 'slack', url: { env: 'SLACK' } } as const;

function action(changed: Partial<ActionSettings> = {}): ActionSettings {
  const how = { per: 'server', asServersEnd: false, limit: null, dryRun: false } as const;
  return { name: 'drain', verdicts: ['fail'], onRecovery: true, ...how, does: command, ...changed };
}

function rowOf(serverId: string, verdict: Verdict, benchmarks: Record<string, BenchmarkVerdict> = {}): ServerRow {
  const of = Object.entries(benchmarks).map(
    ([benchmark, each]) => ({ benchmark, verdict: each, measurements: [], shortfalls: [] }) as unknown as BenchmarkRow
  );
  return { ...unmeasuredRow(serverId, verdict, null), hardwareClass: 'c5', benchmarks: of };
}

function hold(serverId: string, changed: Partial<Hold> = {}): Hold {
  return { serverId, verdict: 'fail', hardwareClass: 'c5', benchmarks: ['cpu'], ...changed };
}

const classOf = new Map(Array.from({ length: 20 }, (_, index) => [`web-${index + 1}`, 'c5']));

function changes(settings: ActionSettings, rows: ServerRow[], holds: Hold[] = []): string[] {
  const { claims } = decide(settings, rows, holds, classOf);
  return claims.map(({ serverId, change, state }) => `${serverId} ${change} ${state}`);
}

test('a failed server is acted on once, and again only after it has passed', () => {
  expect(changes(action(), [rowOf('web-1', 'fail')])).toEqual(['web-1 failed started']);
  expect(changes(action(), [rowOf('web-1', 'fail')], [hold('web-1')])).toEqual([]);
  expect(changes(action(), [rowOf('web-1', 'pass', { cpu: 'pass' })], [hold('web-1')])).toEqual([
    'web-1 recovered started',
  ]);
});

test.each(['error', 'busy', 'skip', 'measured', 'cancelled', 'not_reached'] as const)(
  'a server that is %s has neither failed nor recovered',
  (verdict) => {
    expect(changes(action(), [rowOf('web-1', verdict)])).toEqual([]);
    expect(changes(action(), [rowOf('web-1', verdict, { cpu: 'pass' })], [hold('web-1')])).toEqual([]);
  }
);

test('an error counts if it is asked for; a message is sent again when it becomes a failure, a command is not', () => {
  const on = { verdicts: ['fail', 'error'] } as const;
  const before = [hold('web-1', { verdict: 'error', benchmarks: [] })];
  expect(changes(action(on), [rowOf('web-1', 'error')])).toEqual(['web-1 failed started']);
  expect(changes(action({ ...on, does: slack }), [rowOf('web-1', 'fail')], before)).toEqual(['web-1 failed started']);
  expect(changes(action(on), [rowOf('web-1', 'fail')], before)).toEqual([]);
});

test('a pass of other benchmarks is no recovery, and all that have failed since must pass', () => {
  const gpuOnly = rowOf('web-1', 'pass', { gpu: 'pass' });
  expect(changes(action(), [gpuOnly], [hold('web-1')])).toEqual([]);
  const { holds } = decide(action(), [rowOf('web-1', 'fail', { gpu: 'fail' })], [hold('web-1')], classOf);
  expect(holds).toEqual([hold('web-1', { benchmarks: ['cpu', 'gpu'] })]);
  expect(changes(action(), [gpuOnly], holds)).toEqual([]);
  expect(changes(action(), [rowOf('web-1', 'pass', { cpu: 'pass', gpu: 'pass' })], holds)).toHaveLength(1);
});

test('without an undo, a server that passes is forgotten in silence', () => {
  const passed = [rowOf('web-1', 'pass', { cpu: 'pass' })];
  expect(decide(action({ onRecovery: false }), passed, [hold('web-1')], classOf)).toEqual({
    ...{ claims: [], holds: [], released: ['web-1'] },
  });
});

test('the limit counts all servers of the class in the inventory, and those that were acted on before', () => {
  const limit = action({ limit: { share: 0.05 } });
  expect(changes(limit, [rowOf('web-1', 'fail')])).toEqual(['web-1 failed started']);
  expect(changes(limit, [rowOf('web-1', 'fail'), rowOf('web-2', 'fail')])).toEqual([
    'web-1 failed held_back',
    'web-2 failed held_back',
  ]);
  expect(changes(limit, [rowOf('web-1', 'fail')], [hold('web-9')])).toEqual(['web-1 failed held_back']);
  // A server that is no longer in the inventory does not count.
  expect(changes(limit, [rowOf('web-1', 'fail')], [hold('gone-9')])).toEqual(['web-1 failed started']);
  const unknown = { ...rowOf('new-1', 'fail'), hardwareClass: null };
  expect(decide(limit, [unknown], [], classOf).claims[0]).toMatchObject({
    message: 'it would have acted on 1 of an unknown class; the limit is 5 %, which is 0',
  });
});

test('a held server whose class is no longer known counts in the class that it had', () => {
  const limit = action({ limit: { servers: 1 } });
  const known = new Map([...classOf, ['web-9', null]]);
  const { claims } = decide(limit, [rowOf('web-1', 'fail')], [hold('web-9')], known);
  expect(claims).toMatchObject([{ serverId: 'web-1', state: 'held_back' }]);
});

test('an undo has no limit', () => {
  const passed = rowOf('web-1', 'pass', { cpu: 'pass' });
  expect(changes(action({ limit: { servers: 1 } }), [passed], [hold('web-1'), hold('web-2')])).toEqual([
    'web-1 recovered started',
  ]);
});

test('whatever fails in whatever order, an action never holds more servers of a class than its limit', () => {
  const ids = fc.uniqueArray(fc.integer({ min: 1, max: 20 }), { maxLength: 8 });
  const check = (runs: number[][], percent: number): void => {
    const settings = action({ limit: { share: percent / 100 } });
    const allowed = allowedServers(settings.limit!, classOf.size);
    const holds = new Map<string, Hold>();
    for (const failing of runs) {
      const rows = failing.map((id) => rowOf(`web-${id}`, 'fail', { cpu: 'fail' }));
      for (const each of decide(settings, rows, [...holds.values()], classOf).holds) holds.set(each.serverId, each);
      expect(holds.size).toBeLessThanOrEqual(allowed);
    }
  };
  fc.assert(fc.property(fc.array(ids, { maxLength: 6 }), fc.integer({ min: 1, max: 99 }), check));
});
