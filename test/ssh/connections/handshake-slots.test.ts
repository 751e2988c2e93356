import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { HandshakeSlots } from '../../../src/ssh/connections/handshake-slots.ts';
import { deferred } from '../../support/deferred.ts';

/** For callers that never stop waiting. */
const patient = () => ({ signal: new AbortController().signal, waiting: <T>(promise: Promise<T>) => promise });

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

/** Starts handshakes that last until they are released; counts the running ones. */
function start(slots: HandshakeSlots, names: string[], count: number) {
  const end = deferred();
  const state = { underWay: 0, all: Promise.resolve() };
  const one = () =>
    slots.hold(names, patient(), async () => {
      state.underWay++;
      await end.promise;
      state.underWay--;
    });
  state.all = Promise.all(Array.from({ length: count }, one)).then(() => {});
  return { state, end: end.resolve };
}

test('each SSH server gets at most eight handshakes at a time; the others wait', async () => {
  const slots = new HandshakeSlots();
  const [one, other] = [start(slots, ['a'], 20), start(slots, ['b'], 5)];
  await vi.advanceTimersByTimeAsync(0);
  expect([one.state.underWay, other.state.underWay]).toEqual([8, 5]);
  one.end();
  other.end();
  await Promise.all([one.state.all, other.state.all]);
});

test('handshakes through a jump host count against it, for every target', async () => {
  const slots = new HandshakeSlots();
  const groups = ['a', 'b', 'c'].map((name) => start(slots, [`to ${name}`, 'through jump'], 6));
  await vi.advanceTimersByTimeAsync(0);
  expect(groups.reduce((sum, { state }) => sum + state.underWay, 0)).toBe(8);
  for (const { end } of groups) end();
  await Promise.all(groups.map(({ state }) => state.all));
});

test('a server that refuses connections gets fewer handshakes at a time for a minute', async () => {
  const slots = new HandshakeSlots();
  const first = start(slots, ['a'], 8);
  await vi.advanceTimersByTimeAsync(0);
  for (let refusals = 0; refusals < 3; refusals++) slots.refused('a');
  first.end();
  await first.state.all;
  const second = start(slots, ['a'], 8);
  await vi.advanceTimersByTimeAsync(0);
  expect(second.state.underWay).toBe(7);
  second.end();
  await second.state.all;
  await vi.advanceTimersByTimeAsync(60_000);
  const third = start(slots, ['a'], 20);
  await vi.advanceTimersByTimeAsync(0);
  expect(third.state.underWay).toBe(8);
  third.end();
  await third.state.all;
});

test('a caller that stops waiting keeps no slot', async () => {
  const slots = new HandshakeSlots();
  const all = start(slots, ['a'], 8);
  await vi.advanceTimersByTimeAsync(0);
  const giveUp = new AbortController();
  const waiting = slots.hold(['a'], { ...patient(), signal: giveUp.signal }, async () => 'never');
  giveUp.abort(new Error('not any more'));
  await expect(waiting).rejects.toThrow('not any more');
  all.end();
  await all.state.all;
  const next = start(slots, ['a'], 8);
  await vi.advanceTimersByTimeAsync(0);
  expect(next.state.underWay).toBe(8);
  next.end();
  await next.state.all;
});
