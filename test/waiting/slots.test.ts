import { describe, expect, test } from 'vitest';
import { Slots } from '../../src/waiting/slots.ts';

const { signal: never } = new AbortController();

describe('slots', () => {
  test('admit up to the limit, then one for each release, in order', async () => {
    const slots = new Slots(2);
    const order: number[] = [];
    const takes = [1, 2, 3, 4].map((who) => slots.take(never).then(() => order.push(who)));
    await Promise.all(takes.slice(0, 2));
    expect(order).toEqual([1, 2]);
    slots.release();
    slots.release();
    await Promise.all(takes);
    expect(order).toEqual([1, 2, 3, 4]);
    expect(slots.held).toBe(2);
  });

  test('forget a caller that stopped waiting', async () => {
    const slots = new Slots(1);
    const giveUp = new AbortController();
    await slots.take(never);
    const lost = slots.take(giveUp.signal);
    const next = slots.take(never);
    giveUp.abort(new Error('not any more'));
    await expect(lost).rejects.toThrow('not any more');
    slots.release();
    await next;
    expect(slots.held).toBe(1);
  });

  test('can shrink, but at least one remains', async () => {
    const slots = new Slots(3);
    await slots.take(never);
    await slots.take(never);
    slots.shrink();
    slots.release();
    slots.shrink();
    slots.release();
    await slots.take(never);
    let second = false;
    void slots.take(never).then(() => (second = true));
    await Promise.resolve();
    expect(second).toBe(false);
  });
});
