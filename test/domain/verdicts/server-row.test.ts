import { expect, test } from 'vitest';
import { unmeasuredRow, unpreparedRow, withError } from '../../../src/domain/verdicts/server-row.ts';

test('a server without required expectations does not pass, keeps its measurements, and notes it beside a worse verdict', () => {
  const error = { type: 'ExpectationMissing', message: 'nothing is expected' };
  for (const verdict of ['measured', 'skip'] as const) {
    const row = unmeasuredRow('web-1', verdict, null);
    expect(withError(row, error)).toEqual({ ...row, verdict: 'error', reason: 'nothing is expected', error });
  }
  const crashed = unmeasuredRow('web-1', 'error', { type: 'BenchmarkCrashed', message: 'crashed' });
  expect(withError(crashed, error)).toEqual({ ...crashed, notes: ['nothing is expected'] });
});

test('a server without measurements has its own reason, else that of its error', () => {
  const error = { type: 'ServerUnreachable', message: 'no answer' };
  expect(unmeasuredRow('web-1', 'error', error).reason).toBe('no answer');
  expect(unmeasuredRow('web-1', 'error', error, 'switched off').reason).toBe('switched off');
  expect(unmeasuredRow('web-1', 'busy', null).reason).toBeNull();
});

test('a server that could not be prepared is an error, busy, or left out as the second id of a machine', () => {
  const rowOf = (type: string) => unpreparedRow('web-1', { type, message: 'why' });
  expect(rowOf('ServerUnreachable')).toMatchObject({ verdict: 'error', error: { type: 'ServerUnreachable' } });
  expect(rowOf('ServerBusy')).toMatchObject({ verdict: 'busy', error: { type: 'ServerBusy' } });
  expect(rowOf('SameMachine')).toMatchObject({ verdict: 'skip', reason: 'why', error: null });
});
