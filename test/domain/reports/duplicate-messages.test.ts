import { expect, test } from 'vitest';
import { ownError, withoutDuplicateMessages, reasonOf } from '../../../src/domain/reports/duplicate-messages.ts';
import { judgedRow } from '../../../src/domain/verdicts/judged-row.ts';
import {
  unmeasuredRow,
  withError,
  type BenchmarkRow,
  type ServerRow,
} from '../../../src/domain/verdicts/server-row.ts';

const facts = { serverId: 'web-1', hardwareClass: 'default', startedAt: null, seconds: 1 };
const nothing = { tool: null, seconds: 1, measurements: [], shortfalls: [], evidence: null };

function broken(benchmark: string, verdict: 'error' | 'skip' | 'measured' = 'error'): BenchmarkRow {
  const message = `${benchmark} broke`;
  return { benchmark, verdict, reason: message, error: { type: 'BenchmarkCrashed', message }, ...nothing };
}

const short: BenchmarkRow = { benchmark: 'cpu', verdict: 'fail', reason: 'cpu is slow', error: null, ...nothing };

const rows: [name: string, row: ServerRow, messages: string[]][] = [
  ['an unreachable server', unmeasuredRow('web-1', 'error', { type: 'ServerUnreachable', message: 'gone' }), ['gone']],
  ['a busy server', unmeasuredRow('web-1', 'busy', { type: 'ServerBusy', message: 'in use' }), ['in use']],
  ['one benchmark that broke', judgedRow(facts, [broken('cpu')]), ['cpu broke']],
  [
    'three that broke',
    judgedRow(
      facts,
      ['cpu', 'gpu', 'disk'].map((each) => broken(each))
    ),
    ['gpu broke', 'disk broke'],
  ],
  ['one that is short and one that broke', judgedRow(facts, [short, broken('gpu')]), ['cpu is slow', 'gpu broke']],
  ['one that does not apply', judgedRow(facts, [broken('gpu', 'skip')]), ['gpu broke']],
  ['one that was measured in part', judgedRow(facts, [broken('gpu', 'measured')]), ['gpu broke']],
  [
    'nothing expected',
    withError(judgedRow(facts, []), { type: 'ExpectationMissing', message: 'no rule' }),
    ['no rule'],
  ],
];

test.each(rows)('%s: each error message is in its row once', (name, row, messages) => {
  const said = withoutDuplicateMessages(row);
  for (const message of messages) {
    const times = JSON.stringify(said).split(message).length - 1;
    expect(times, message).toBe(message === 'cpu is slow' ? 2 : 1); // a reason is not an error message
  }
  expect(said.verdict).toBe(row.verdict);
  expect(said.error?.type, name).toBe(row.error?.type);
  expect(withoutDuplicateMessages(said)).toEqual(said);
});

test.each(rows)('%s: the reason is the same, no matter which field has it', (_, row) => {
  expect(reasonOf(withoutDuplicateMessages(row))).toBe(reasonOf(row));
  expect(ownError(withoutDuplicateMessages(row))).toEqual(ownError(row));
});

test('the error of a server is its own if no benchmark has it', () => {
  const own = { type: 'HostUnsuitable', message: 'no room' };
  const row = { ...judgedRow(facts, [broken('gpu')]), error: own };
  expect(ownError(row)).toEqual(own);
  expect(withoutDuplicateMessages(row).error).toEqual(own);
  expect(ownError(judgedRow(facts, [broken('gpu')]))).toBeNull();
});

test('a row without an error is unchanged', () => {
  const passed = judgedRow(facts, [{ ...short, verdict: 'pass', reason: null }]);
  expect(withoutDuplicateMessages(passed)).toEqual(passed);
});
