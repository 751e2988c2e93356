import { expect, test } from 'vitest';
import { programOf } from '../../src/activities/program.ts';
import { readSample } from '../../src/activities/read-sample.ts';
import type { JobResult } from '../../src/domain/jobs/job.ts';
import type { ToolReadings } from '../../src/benchmarks/tool.ts';
import { COMMAND, type BenchmarkRequest } from '../../src/domain/plans/plan.ts';
import { scoreBenchmark } from '../support/configuration.ts';
import { meaningOf } from '../../src/domain/plans/command-output.ts';
import { outputOf } from '../outputs/command-of.ts';

const yaml = `exit: { 1: fail, 226: read }
faults: [{ pattern: 'GPU (?<device>\\d): BAD', says: wrong results }, { pattern: driver, says: no driver, verdict: error }]
metrics: { score: { pattern: 'score: (\\d+)', unit: points } }`;

function sample(result: Partial<JobResult>): ToolReadings {
  const command = { command: 'x', loadsAllCpus: false, output: outputOf(yaml) };
  const request = { benchmark: 'x', tool: COMMAND, machine: { gpus: [] } } as unknown as BenchmarkRequest;
  const program = programOf(request, scoreBenchmark('x', { command }), []);
  const ended = { exitCode: 0, signal: null, stdout: '', stderr: '', truncated: false, seconds: 1 };
  return readSample(program, { ...ended, ...result }, null);
}

test('an exit status that means read leaves it to the output', () => {
  expect(sample({ exitCode: 226, stdout: 'score: 80 \n' }).readings).toMatchObject([{ value: 80 }]);
});

test('a number at the very end counts if the tool exited with 0, and not if it may have been cut', () => {
  expect(sample({ stdout: 'score: 80' }).readings).toMatchObject([{ value: 80 }]);
  expect(sample({ exitCode: 226, stdout: 'score: 80' })).toMatchObject({
    readings: [],
    error: { type: 'UnreadableOutput' },
  });
});

test('an exit status that means fail is a fault, with the last words of the tool', () => {
  const { faults, readings } = sample({ exitCode: 1, stdout: 'score: 80 \n', stderr: 'x\nmemory mismatch\n' });
  expect(faults).toEqual([{ says: 'it exited with 1', device: null, text: 'memory mismatch' }]);
  expect(readings).toEqual([]);
});

test('a fault in the output counts, whatever the exit status', () => {
  const fault = { says: 'wrong results', device: 3, text: 'GPU 3: BAD' };
  for (const exitCode of [0, 1, 2, 226]) {
    expect(sample({ exitCode, stdout: 'score: 80 \nGPU 3: BAD\n' }).faults).toEqual([fault]);
  }
  expect(sample({ exitCode: null, signal: 'SIGKILL', stdout: 'GPU 3: BAD\n' }).faults).toEqual([fault]);
});

test('a sign that it did not work is more than an exit status that means fail', () => {
  expect(() => sample({ exitCode: 1, stderr: 'driver version is insufficient\n' })).toThrow(
    'no driver: "driver version is insufficient"'
  );
});

test('a fault in an output that is too long counts, and nothing else of it', () => {
  const cut = { exitCode: 0, truncated: true };
  expect(sample({ ...cut, stdout: 'score: 80 \nGPU 3: BAD\n' })).toMatchObject({
    faults: [{ device: 3 }],
    readings: [],
  });
  expect(() => sample({ ...cut, stdout: 'score: 80 \n' })).toThrow('printed more than 256 KiB');
});

test('a command that could not be started is no wrong result, whatever "any" means', () => {
  const any = outputOf('exit: { any: fail }');
  for (const status of [126, 127]) expect(meaningOf(any.exit, status)).toBe('error');
  expect(meaningOf(any.exit, 2)).toBe('fail');
  expect(meaningOf(outputOf('exit: { 127: fail }').exit, 127)).toBe('fail');
});

test('any other exit status is a crash', () => {
  expect(() => sample({ exitCode: 2, stderr: 'no such device\n' })).toThrow('exited with 2: no such device');
});
