import { expect, test } from 'vitest';
import { confirm } from '../../../src/cli/terminal/confirm.ts';
import { Refusal } from '../../../src/cli/terminal/refusal.ts';
import { fakeTerminal } from '../terminal.ts';

async function answer(typed: string): Promise<{ outcome: unknown; asked: string }> {
  const terminal = fakeTerminal({ isTTY: true });
  const confirmed = confirm('This will load 3 servers. Continue?', terminal);
  terminal.type(typed);
  const outcome: unknown = await confirmed.then(
    () => 'goes on',
    (error: unknown) => error
  );
  return { outcome, asked: terminal.written('stderr') };
}

test.each(['y\n', 'Y\n', 'yes\n', ' YES \r\n'])('%j continues', async (typed) => {
  const { outcome, asked } = await answer(typed);
  expect(outcome).toBe('goes on');
  expect(asked).toContain('This will load 3 servers. Continue? [y/N] ');
});

test.each(['\n', 'n\n', 'no\n', 'yeah\n', 'y y\n', '0\n'])('%j does not continue', async (typed) => {
  expect((await answer(typed)).outcome).toEqual(new Refusal('nothing was started'));
});

test('Ctrl-C exits as interrupted', async () => {
  const { outcome } = await answer('\u0003');
  expect((outcome as Refusal).exitCode).toBe(130);
});

test('Ctrl-D means no', async () => {
  const { outcome } = await answer('\u0004');
  expect(outcome).toEqual(new Refusal('nothing was started'));
  expect((outcome as Refusal).exitCode).toBe(2);
});

test('without a terminal there is no question', async () => {
  const terminal = fakeTerminal({});
  await confirm('Continue?', terminal);
  expect(terminal.written('stderr')).toBe('');
});
