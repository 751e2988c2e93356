import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createCpuQueue, createServerCpu, type ServerCpu } from '../../src/demo/server-cpu.ts';

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
const noLeftovers = async () => false;

/** Counts how often the promise-returning function has been answered. */
function watch(entering: Promise<number>): { cpu: number | null } {
  const seen: { cpu: number | null } = { cpu: null };
  void entering.then((cpu) => (seen.cpu = cpu));
  return seen;
}

describe('the CPU of a demo server', () => {
  test('is shared by its own commands and by no other server', async () => {
    const queue = createCpuQueue([3]);
    const [a, b] = [1, 2].map(() => createServerCpu({ queue, hasDetachedProcesses: noLeftovers })) as [
      ServerCpu,
      ServerCpu,
    ];
    const first = watch(a.enter());
    const other = watch(b.enter());
    const second = watch(a.enter());
    await nextTurn();
    expect([first.cpu, second.cpu, other.cpu]).toEqual([3, 3, null]);
    a.leave();
    await nextTurn();
    expect(other.cpu).toBe(null);
    a.leave();
    await nextTurn();
    expect(other.cpu).toBe(3);
  });

  test('is kept while a detached job of the server still runs', async () => {
    const queue = createCpuQueue([0]);
    let running = true;
    const a = createServerCpu({ queue, hasDetachedProcesses: async () => running });
    const b = createServerCpu({ queue, hasDetachedProcesses: noLeftovers });
    await a.enter();
    a.leave();
    const other = b.enter();
    const seen = watch(other);
    await nextTurn();
    expect(seen.cpu).toBe(null);
    expect(await a.enter()).toBe(0);
    a.leave();
    running = false;
    expect(await other).toBe(0);
  });

  test('has the noisy neighbour exactly as long as the server has the CPU', async () => {
    const events: string[] = [];
    const queue = createCpuQueue([1]);
    const slow = createServerCpu({
      queue,
      hasDetachedProcesses: noLeftovers,
      startNeighbour: async (cpu) => {
        events.push(`neighbour on ${cpu}`);
        return { stop: async () => void events.push('neighbour gone') };
      },
    });
    const healthy = createServerCpu({ queue, hasDetachedProcesses: noLeftovers });
    await slow.enter();
    events.push('slow runs');
    const next = healthy.enter().then(() => events.push('healthy runs'));
    slow.leave();
    await next;
    expect(events).toEqual(['neighbour on 1', 'slow runs', 'neighbour gone', 'healthy runs']);
  });

  test('is released if its neighbour cannot be started', async () => {
    const queue = createCpuQueue([1]);
    const startNeighbour = () => Promise.reject(new Error('no neighbour'));
    const slow = createServerCpu({ queue, hasDetachedProcesses: noLeftovers, startNeighbour });
    await expect(slow.enter()).rejects.toThrow('no neighbour');
    slow.leave();
    expect(await createServerCpu({ queue, hasDetachedProcesses: noLeftovers }).enter()).toBe(1);
  });

  test('is never shared by two servers, and every server eventually gets one', async () => {
    const plans = fc.array(fc.nat(4), { minLength: 1, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(plans, fc.integer({ min: 1, max: 3 }), fc.scheduler(), async (commands, cpus, scheduler) => {
        const queue = createCpuQueue(Array.from({ length: cpus }, (_, index) => index));
        const servers = Array.from({ length: 5 }, () => createServerCpu({ queue, hasDetachedProcesses: noLeftovers }));
        const using = new Map<number, Map<number, number>>();
        let done = 0;
        const run = async (server: number) => {
          const cpu = await servers[server]!.enter();
          const users = using.get(cpu) ?? new Map<number, number>();
          using.set(cpu, users.set(server, (users.get(server) ?? 0) + 1));
          expect([...users].filter(([, count]) => count > 0)).toHaveLength(1);
          await scheduler.schedule(Promise.resolve());
          users.set(server, users.get(server)! - 1);
          servers[server]!.leave();
          done += 1;
        };
        await scheduler.waitFor(Promise.all(commands.map(run)));
        expect(done).toBe(commands.length);
      })
    );
  });
});
