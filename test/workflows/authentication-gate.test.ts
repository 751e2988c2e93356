import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { unmeasuredRow, type ServerRow } from '../../src/domain/verdicts/server-row.ts';
import { AuthenticationGate } from '../../src/workflows/authentication-gate.ts';

const startedAt = '2026-11-24T02:00:00.000Z';

function failed(serverId: string, type: string): ServerRow {
  return { ...unmeasuredRow(serverId, type === 'ServerBusy' ? 'busy' : 'error', { type, message: 'x' }), startedAt };
}

/** Servers that all ask for permission to authenticate at the same time. */
class WaitingServers {
  readonly gate = new AuthenticationGate();
  readonly tried: string[] = [];
  readonly turnedAway = new Map<string, string>();

  constructor(size: number) {
    for (const id of Array.from({ length: size }, (_, index) => `web-${index + 1}`)) {
      void this.gate.enter(id).then((reason) => {
        if (reason === null) this.tried.push(id);
        else this.turnedAway.set(id, reason);
      });
    }
  }

  /** Lets all servers continue that can. */
  async settle(): Promise<void> {
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  }

  async refuse(serverId: string): Promise<void> {
    this.gate.ended(failed(serverId, 'AuthenticationFailed'));
    await this.settle();
  }
}

async function startWaiting(size: number): Promise<WaitingServers> {
  const all = new WaitingServers(size);
  await all.settle();
  return all;
}

describe('before a server accepts the key', () => {
  test('after five servers refused the key, no other server is tried', async () => {
    const all = await startWaiting(100);
    for (const id of ['web-1', 'web-2', 'web-3', 'web-4']) await all.refuse(id);
    expect(all.tried).toHaveLength(5);
    expect(all.turnedAway.size).toBe(0);
    await all.refuse('web-5');
    expect(all.tried).toHaveLength(5);
    expect(all.turnedAway.size).toBe(95);
    expect(all.turnedAway.get('web-100')).toBe(
      'stopped after 5 servers refused the key: web-1, web-2, web-3, web-4, web-5; check user and key'
    );
    expect(await all.gate.enter('web-101')).toMatch(/^stopped after 5 servers/);
  });

  test('a late acceptance lets all servers in', async () => {
    const all = await startWaiting(5);
    for (const id of ['web-1', 'web-2', 'web-3', 'web-4', 'web-5']) await all.refuse(id);
    expect(await all.gate.enter('web-6')).toMatch(/^stopped after 5 servers/);
    all.gate.open();
    expect(await all.gate.enter('web-7')).toBeNull();
  });

  test('other servers are tried in place of unreachable ones, in order', async () => {
    const all = await startWaiting(9);
    all.gate.ended(failed('web-2', 'ServerUnreachable'));
    all.gate.ended(failed('web-1', 'HostKeyUnknown'));
    await all.settle();
    expect(all.tried).toEqual(['web-1', 'web-2', 'web-3', 'web-4', 'web-5', 'web-6', 'web-7']);
  });

  test('a server that asks for a second factor or is unsuitable has not refused the key', async () => {
    const all = await startWaiting(9);
    for (const id of ['web-1', 'web-2', 'web-3']) all.gate.ended(failed(id, 'SecondFactorRequired'));
    for (const id of ['web-4', 'web-5', 'web-6']) all.gate.ended(failed(id, 'HostUnsuitable'));
    await all.settle();
    expect(all.tried).toHaveLength(9);
    expect(all.turnedAway.size).toBe(0);
  });

  test('other servers are tried in place of silent ones, which count if they refuse later', async () => {
    const all = await startWaiting(100);
    for (const id of all.tried) all.gate.answered(id, 'unknown');
    await all.settle();
    expect(all.tried).toHaveLength(10);
    for (const id of [...all.tried]) await all.refuse(id);
    expect(all.tried).toHaveLength(10);
    expect(all.turnedAway.size).toBe(90);
  });

  test('a second factor never counts as a refusal', async () => {
    const all = await startWaiting(100);
    for (const id of ['web-1', 'web-2', 'web-3', 'web-4', 'web-5']) all.gate.ended(failed(id, 'SecondFactorRequired'));
    await all.settle();
    expect(all.tried).toHaveLength(10);
    expect(all.turnedAway.size).toBe(0);
  });

  test('a refusal in both the first answer and the row counts once', async () => {
    const all = await startWaiting(100);
    for (const id of ['web-1', 'web-2', 'web-3']) {
      all.gate.answered(id, 'refused');
      await all.refuse(id);
    }
    expect(all.turnedAway.size).toBe(0);
  });

  test('a server in use by another run says nothing about the key', async () => {
    const all = await startWaiting(9);
    all.gate.ended({ ...failed('web-1', 'ServerBusy'), startedAt: null });
    await all.settle();
    expect(all.tried).toHaveLength(6);
    expect(all.gate.isOpen).toBe(false);
  });
});

describe('after a server accepted the key', () => {
  test.each<[string, (gate: AuthenticationGate) => void]>([
    ['the run saw it', (gate) => gate.answered('web-5', 'accepted')],
    ['its row shows it', (gate) => gate.ended({ ...failed('web-5', 'JobLost'), hardwareClass: 'default' })],
    ['it was busy with other work', (gate) => gate.ended(failed('web-5', 'ServerBusy'))],
  ])('because %s, all others are tried, even if some refuse', async (_, letUsIn) => {
    const all = await startWaiting(100);
    for (const id of ['web-1', 'web-2', 'web-3', 'web-4']) await all.refuse(id);
    letUsIn(all.gate);
    await all.settle();
    for (const id of [...all.tried].slice(4, 50)) await all.refuse(id);
    expect(all.tried).toHaveLength(100);
    expect(all.turnedAway.size).toBe(0);
  });
});

test('for any answers in any order, no server waits for ever and at most five get a wrong key', async () => {
  const answers = fc.array(fc.constantFrom('AuthenticationFailed', 'ServerUnreachable', 'in'), {
    minLength: 1,
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(answers, fc.infiniteStream(fc.nat()), async (of, choices) => {
      const all = await startWaiting(of.length);
      const open = new Set<string>();
      let answered = 0;
      for (;;) {
        for (const id of all.tried.slice(answered + open.size)) open.add(id);
        const [...waiting] = open;
        if (waiting.length === 0) break;
        const id = waiting[choices.next().value! % waiting.length]!;
        open.delete(id);
        answered += 1;
        const answer = of[Number(id.slice(4)) - 1]!;
        all.gate.ended(
          answer === 'in' ? { ...unmeasuredRow(id, 'pass', null), hardwareClass: 'x' } : failed(id, answer)
        );
        await all.settle();
      }
      expect(all.tried.length + all.turnedAway.size).toBe(of.length);
      const refused = all.tried.filter((id) => of[Number(id.slice(4)) - 1] === 'AuthenticationFailed').length;
      if (!all.gate.isOpen) expect(refused).toBeLessThanOrEqual(5);
      else expect(all.turnedAway.size).toBe(0);
    })
  );
});
