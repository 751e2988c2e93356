import { describe, expect, test } from 'vitest';
import { createProgram } from '../../../src/cli/program.ts';
import { describeError, Refusal } from '../../../src/cli/terminal/refusal.ts';
import { advice, Failure, type FailureKind } from '../../../src/domain/failures/failure.ts';
import { describeStoreError } from '../../../src/store/store-error.ts';
import { fakeTerminal } from '../terminal.ts';

test('a refusal is printed without a stack trace', () => {
  expect(describeError(new Refusal('nothing was started'), true)).toEqual({
    text: 'nothing was started',
    exitCode: 2,
  });
  expect(describeError(new Refusal('it ended', 3), false)).toEqual({ text: 'it ended', exitCode: 3 });
});

test.each(['BenchmarkCrashed', 'BenchmarkTimedOut', 'UnreadableOutput'] as const)(
  'the advice about %s says with which option the output is shown',
  (kind) => {
    const [, verb, option] = /\(([a-z]+) (--[a-z]+)\)/.exec(advice[kind]) ?? [];
    const { commands } = createProgram(fakeTerminal({}), () => undefined);
    const command = commands.find((each) => each.name() === verb);
    expect(command?.options.map(({ long }) => long)).toContain(option);
  }
);

test.each(Object.keys(advice) as FailureKind[])('%s is printed with advice', (kind) => {
  const { text, exitCode } = describeError(new Failure(kind, 'why'), false);
  expect(text).toBe(`why\n${advice[kind]}`);
  expect(exitCode).toBe(2);
});

test('quoted text cannot move the cursor, and keeps its line breaks', () => {
  const { text } = describeError(new Refusal('evil \u001b[2J\u009b1A\u202eid\r\n    at line two'), false);
  expect(text).toBe('evil [2J 1A id\n    at line two');
});

test('a failed call to Temporal is not an internal error', () => {
  const call = Object.assign(new Error('16 UNAUTHENTICATED: key expired'), { code: 16, details: 'key expired' });
  const service = Object.assign(new Error('Failed to start', { cause: call }), { name: 'ServiceError' });
  for (const error of [call, service]) {
    const { text, exitCode } = describeError(error, false);
    expect(text).toBe(
      'a call to Temporal failed: key expired\n' +
        'Check that it runs and grants access; --verbose shows where this happened.'
    );
    expect(exitCode).toBe(3);
  }
});

test('a full disk is never an internal error', () => {
  const system = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  const quota = Object.assign(new Error('EDQUOT: quota'), { code: 'EDQUOT' });
  const database = new Error('the server ended: database or disk is full (13)');
  for (const error of [system, quota, database, new Error('outer', { cause: system })]) {
    const { text, exitCode } = describeError(error, false);
    expect(text).toMatch(/^the disk is full: .*\nFree some space \(df -h\) and start again; /);
    expect(exitCode).toBe(3);
  }
  expect(describeError(new Failure('InvalidConfig', 'no lock file', { cause: system }), false).exitCode).toBe(2);
});

test.each([
  [
    'SQLITE_IOERR_SHMSIZE',
    'disk I/O error',
    3,
    'Check that it runs and has space on its disk (df -h), then try again.',
  ],
  ['SQLITE_BUSY', 'database is locked', 3, 'Check that it runs and has space on its disk (df -h), then try again.'],
  ['ECONNREFUSED', 'connect ECONNREFUSED', 3, 'Check that it runs and has space on its disk (df -h), then try again.'],
  ['SQLITE_NOTADB', 'file is not a database', 2, 'Put a copy of it back, or move it away: then a new one begins.'],
  ['EACCES', 'permission denied', 2, 'Correct the owner and the rights of the file.'],
  ['28P01', 'wrong password', 2, 'Correct store: in the configuration, or the rights of its user.'],
])('a results store that fails with %s is never an internal error', (code, message, exitCode, whatToDo) => {
  const error = describeStoreError('results.db', Object.assign(new Error(message), { code }));
  const described = describeError(error, false);
  expect(described.exitCode).toBe(exitCode);
  expect(described.text).toMatch(/^the results store results\.db (does not work|cannot be used): /i);
  expect(described.text.split('\n').slice(1)).toEqual([whatToDo]);
});

describe('an unexpected error', () => {
  test.each([new TypeError('x is not a function'), 'a string', undefined, null, { code: 1 }])(
    '%s exits with 3',
    (error) => {
      const { text, exitCode } = describeError(error, false);
      expect(text).toMatch(
        /^internal error: .+\nThis is a bug in fleetmark; run it again with --verbose to see where it happened\.$/
      );
      expect(text).not.toMatch(/^\s+at /m);
      expect(exitCode).toBe(3);
    }
  );

  test('shows its stack trace with --verbose', () => {
    expect(describeError(new TypeError('x'), true).text).toMatch(
      /^internal error: TypeError: x\n\s+at .*refusal\.test\.ts/
    );
  });
});
