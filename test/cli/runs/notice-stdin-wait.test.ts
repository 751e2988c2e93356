import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { noticeStdinWait } from '../../../src/cli/runs/notice-stdin-wait.ts';
import { fakeTerminal } from '../terminal.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

async function noticeAfter(ms: number, argv: string[], isRead = true): Promise<string> {
  const terminal = fakeTerminal({});
  const stop = noticeStdinWait(argv, terminal);
  if (isRead) void terminal.stdin[Symbol.asyncIterator]().next();
  await vi.advanceTimersByTimeAsync(ms);
  stop();
  await vi.advanceTimersByTimeAsync(60_000);
  return terminal.written('stderr');
}

const notice = 'Waiting for the program that writes to standard input to end. Ctrl-C leaves.\n';

test.each([
  ['run', '-i', '-'],
  ['servers', '--inventory=-'],
  ['baseline', '--from', '-'],
  ['up', '-i-'],
  ['benchmarks', 'try', '--output=-'],
  ['benchmarks', '--file', 'r.txt=-'],
])('%s %s %s: a notice says that the verb waits for the end of standard input', async (...argv) => {
  expect(await noticeAfter(6_000, argv)).toBe(notice);
});

test('there is no notice before 5 s, after the verb has ended, or if standard input is not read', async () => {
  expect(await noticeAfter(4_000, ['run', '-i', '-'])).toBe('');
  expect(await noticeAfter(6_000, ['run', '-i', '-'], false)).toBe('');
  expect(await noticeAfter(6_000, ['run', '-i', 'hosts.ini'])).toBe('');
});
