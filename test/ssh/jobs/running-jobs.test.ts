import { expect, test } from 'vitest';
import { runningJobs } from '../../../src/ssh/jobs/running-jobs.ts';

const answer = (names: readonly string[], running = '1') => ({
  values: new Map([['running', running]]),
  out: Buffer.from(names.map((name) => `${name}\n`).join('')),
  err: Buffer.alloc(0),
});

test('the running jobs of a run are the job of that name and those below it', () => {
  expect(runningJobs(answer(['run', 'run.cpu.1.1']), 'run')).toEqual(['run', 'run.cpu.1.1']);
  expect(runningJobs(answer([], '0'), 'run')).toEqual([]);
});

test.each([
  ['a job of another run', ['run.cpu.1.1', 'other.cpu.1.1']],
  ['a name that only begins like the run', ['runner']],
  ['a path', ['../run']],
  ['more jobs than a run can have', Array.from({ length: 101 }, (_, index) => `run.${index}`)],
])('%s is an invalid answer', (_, names) => {
  expect(() => runningJobs(answer(names), 'run')).toThrow('the server sent an invalid answer to the script "clean"');
});

test('an answer that does not say whether jobs are running is invalid', () => {
  expect(() => runningJobs(answer([], ''), 'run')).toThrow('invalid answer');
});
