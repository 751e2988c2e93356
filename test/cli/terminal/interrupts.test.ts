import { afterEach, expect, test, vi } from 'vitest';
import { onInterrupt, unlessInterrupted } from '../../../src/cli/terminal/interrupts.ts';

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

test('the first signal starts a clean shutdown, its echo is ignored, and a second one exits immediately', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
  const asked: string[] = [];
  const interrupts = onInterrupt((signal) => asked.push(signal));
  try {
    expect(interrupts.exitCode()).toBeNull();
    process.emit('SIGINT', 'SIGINT');
    vi.advanceTimersByTime(3);
    process.emit('SIGINT', 'SIGINT');
    expect(asked).toEqual(['SIGINT']);
    expect(exit).not.toHaveBeenCalled();
    expect(interrupts.exitCode()).toBe(130);
    vi.advanceTimersByTime(1_000);
    process.emit('SIGINT', 'SIGINT');
    expect(exit).toHaveBeenCalledExactlyOnceWith(130);
  } finally {
    interrupts.stop();
  }
});

test('the process exits 14 s after the first signal, unless stopped', () => {
  vi.useFakeTimers();
  const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
  const [stopped, stuck] = [onInterrupt(() => undefined), onInterrupt(() => undefined)];
  process.emit('SIGTERM', 'SIGTERM');
  expect(stuck.signal.aborted).toBe(true);
  stopped.stop();
  vi.advanceTimersByTime(13_900);
  expect(exit).not.toHaveBeenCalled();
  vi.advanceTimersByTime(200);
  expect(exit).toHaveBeenCalledExactlyOnceWith(143);
  stuck.stop();
});

test('after a restart nothing ends the process, and the next signal is the first one again', () => {
  vi.useFakeTimers();
  const exit = vi.spyOn(process, 'exit').mockReturnValue(undefined as never);
  const asked: string[] = [];
  const interrupts = onInterrupt((signal) => asked.push(signal));
  process.emit('SIGINT', 'SIGINT');
  vi.advanceTimersByTime(1_000);
  interrupts.restart();
  expect(interrupts.exitCode()).toBeNull();
  vi.advanceTimersByTime(60_000);
  expect(exit).not.toHaveBeenCalled();
  process.emit('SIGTERM', 'SIGTERM');
  expect(asked).toEqual(['SIGINT', 'SIGTERM']);
  expect(interrupts.exitCode()).toBe(143);
  vi.advanceTimersByTime(14_100);
  expect(exit).toHaveBeenCalledExactlyOnceWith(143);
  interrupts.stop();
});

test('SIGTERM ends with 143', () => {
  const interrupts = onInterrupt(() => undefined);
  process.emit('SIGTERM', 'SIGTERM');
  expect(interrupts.exitCode()).toBe(143);
  interrupts.stop();
});

test('work that fails after a signal is interrupted; before one, its failure counts', async () => {
  const failure = new Error('ended with status 143');
  const broken = (): Promise<never> => Promise.reject(failure);
  await expect(unlessInterrupted({ exitCode: () => null }, broken())).rejects.toBe(failure);
  expect(await unlessInterrupted({ exitCode: () => 130 }, broken())).toBeNull();
  expect(await unlessInterrupted({ exitCode: () => 130 }, Promise.resolve('started'))).toBe('started');
});
