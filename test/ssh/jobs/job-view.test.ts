import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../../src/domain/failures/failure.ts';
import { endingOrFailure } from '../../../src/ssh/jobs/job-outcome.ts';
import { checkJobFolder, jobHost } from '../../../src/ssh/jobs/job-names.ts';
import { jobView, leftoverOf, outputText } from '../../../src/ssh/jobs/job-view.ts';

const none = Buffer.alloc(0);
const numbers = { age: '1234', keep: '67108864', runner: '77', out: '10', err: '0' };
const host = { base: '/var/tmp/.fleetmark.0', freeKib: 1, bootId: 'a1-b2' };
const answer = (values: Record<string, string>, out = none) => ({
  values: new Map(Object.entries(values)),
  out,
  err: none,
});
const view = (values: Record<string, string>) => jobView(answer({ ...numbers, ...values }));
const failureOf = (values: Record<string, string>) => {
  try {
    return endingOrFailure(view(values), { jobId: 'j', host });
  } catch (error) {
    const { kind, message } = error as Failure;
    return [kind, message];
  }
};

describe('the state of a job', () => {
  test('is parsed from its line', () => {
    expect(view({ state: 'running', cut: 'out' })).toEqual({
      state: 'running',
      detail: '',
      seconds: 12.34,
      runner: 77,
      keep: 67_108_864,
      isHeld: false,
      out: { size: 10, cut: true, content: none },
      err: { size: 0, cut: false, content: none },
    });
  });

  test('is refused as a whole, with a printable message, if any part is invalid', () => {
    const words = fc.oneof(fc.string(), fc.constantFrom('running', 'exited', '1', '-1', '\u001b[2J'));
    const keys = fc.constantFrom('state', 'detail', 'age', 'keep', 'cut', 'held', 'runner', 'out', 'err');
    fc.assert(
      fc.property(fc.dictionary(keys, words), (values) => {
        try {
          const { out, err, seconds } = jobView(answer(values));
          expect([out.size, err.size, seconds].every(Number.isFinite)).toBe(true);
        } catch (error) {
          expect((error as Failure).kind).toBe('HostUnsuitable');
          expect((error as Failure).message).toMatch(/^[^\p{C}]*$/u);
        }
      })
    );
  });

  test.each([
    ['0.ended.1234.enough', { status: 0, how: 'ended', seconds: 12.34, diskFull: false }],
    ['7.timeout.200.enough', ['BenchmarkTimedOut', 'the command was still running after 2 s, and was killed']],
    ['143.cancelled.5.full', ['JobLost', 'the job was cancelled while it ran']],
    ['cancelled', ['JobLost', 'the job was cancelled while it ran']],
    ['unstarted', ['JobLost', 'the job was cancelled before it started']],
    ['cleaned', ['JobLost', 'the job has ended and its files were removed, so it cannot start again']],
    ['126.unable.0.full', ['HostUnsuitable', expect.stringContaining('its disk is full')]],
    ['5.ended.100.full', ['HostUnsuitable', expect.stringContaining('ended with 5 after 1 s')]],
    ['\u001b]0;x', ['HostUnsuitable', expect.stringContaining('reported an unknown end of the job')]],
  ])('with the exit file %j gives the right ending or failure', (detail, expected) => {
    expect(failureOf({ state: 'exited', detail })).toEqual(expected);
  });

  test('shows a full disk if output was cut below its limit', () => {
    const cut = { state: 'exited', detail: '0.ended.100.enough', cut: 'out' };
    expect(failureOf(cut)).toEqual(['HostUnsuitable', expect.stringContaining('was full')]);
    expect(failureOf({ ...cut, out: String(67_108_864 + 65_536) })).toMatchObject({ how: 'ended' });
  });

  test('shows output that a process still holds, and no full disk', () => {
    const held = { state: 'exited', detail: '0.ended.100.enough', held: 'yes' };
    expect(failureOf(held)).toEqual([
      'UnreadableOutput',
      'the command ended with 0 after 1 s, but a process that it had started kept its output open, so that output may be ' +
        'missing; wait for this process in the command, or redirect its output',
    ]);
    expect(failureOf({ ...held, detail: '0.ended.100.full' })).toMatchObject(['HostUnsuitable', expect.any(String)]);
  });

  test.each([
    ['rebooted', 'the server was restarted while the command ran (its boot id was a1-b2)'],
    ['oom', expect.stringContaining("(process 77) was killed by the kernel's out-of-memory killer")],
    ['killed', expect.stringContaining('(process 77) was killed by an unknown process')],
  ])('lost by cause %s gives a failure that says why', (detail, message) => {
    expect(failureOf({ state: 'lost', detail })).toEqual(['JobLost', message]);
  });

  test('lists the remaining processes in printable characters', () => {
    const list = Buffer.from('12 own sleep\n345 other a (b) \u001b[2Jc\nnonsense\n');
    expect(leftoverOf(answer({}, list))).toEqual([
      { pid: 12, name: 'sleep', isForeign: false },
      { pid: 345, name: 'a (b) [2Jc', isForeign: true },
    ]);
  });
});

describe('the output of a job', () => {
  const kept = (text: string, size = text.length) => ({ size, cut: false, content: Buffer.from(text) });

  test('is returned up to the limit', () => {
    for (const text of ['', 'a', 'abcdef']) expect(outputText(kept(text), 6)).toBe(text);
    expect(outputText(kept('abcdef', 10), 6)).toBe('abcdef');
  });

  test('that ends too early is rejected', () => {
    for (const size of [7, 100]) expect(() => outputText(kept('abc', size), 100)).toThrow('is truncated: 3 of');
  });
});

describe('a folder for jobs', () => {
  test('is accepted only if probe could have chosen it', () => {
    expect(jobHost(answer({ base: host.base, free: '5', boot: 'a1-b2' }))).toEqual({ ...host, freeKib: 5 });
    for (const base of [
      '',
      '/',
      '/etc',
      '/var/tmp/.fleetmark.x',
      '/a/../.fleetmark.0',
      'tmp/.fleetmark.0',
      '/a b/.fleetmark.0',
    ]) {
      expect(() => jobHost(answer({ base, free: '5', boot: 'a1-b2' }))).toThrow(Failure);
      expect(() => checkJobFolder({ ...host, base })).toThrow(Failure);
    }
  });
});
