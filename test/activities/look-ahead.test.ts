import { MockActivityEnvironment } from '@temporalio/testing';
import { expect, onTestFinished, test, vi } from 'vitest';
import { createActivities } from '../../src/activities/index.ts';
import { createLookAhead } from '../../src/activities/look-ahead.ts';
import { Failure } from '../../src/domain/failures/failure.ts';
import type { Ssh } from '../../src/domain/jobs/job.ts';
import type { BenchmarkRequest, CheckedServer, ServerPlan } from '../../src/domain/plans/plan.ts';
import { configurationOf, scoreBenchmark } from '../support/configuration.ts';
import { deferred } from '../support/deferred.ts';
import { connectionTo, scriptedSsh } from '../support/scripted-ssh.ts';

/** A worker for `web-1` to `web-3`. The benchmark of `web-1` ends when the test says so. */
function worker(connection?: Ssh['connection']) {
  const end = deferred();
  const connected: string[] = [];
  const ssh = scriptedSsh(
    ({ serverId }) => (serverId === 'web-1' ? end.promise.then(() => 'score: 80') : 'score: 80'),
    () => '',
    (request) => {
      connected.push(request.serverId);
      return connection?.(request) ?? Promise.resolve(connectionTo(request.serverId));
    }
  );
  let settings = {
    ...configurationOf({ servers: ['web-1', 'web-2', 'web-3'] }),
    benchmarks: [scoreBenchmark('cpu')],
  };
  const looked: string[] = [];
  const runCommand: Ssh['runCommand'] = (request) => {
    looked.push(request.serverId);
    return ssh.runCommand(request);
  };
  const activities = createActivities({ configuration: async () => settings, ssh: { ...ssh, runCommand } });
  const run = <Result>(activity: (...args: never[]) => Promise<Result>, ...args: unknown[]): Promise<Result> =>
    new MockActivityEnvironment().run(activity as (...args: unknown[]) => Promise<Result>, ...args);
  const prepare = (serverId: string): Promise<ServerPlan | CheckedServer> =>
    run(activities.prepareServer, [{ serverId }], 'fleet-1');
  const measure = async (serverId: string, next?: string): Promise<unknown> => {
    const { target, host, machine } = (await prepare(serverId)) as ServerPlan;
    const request = { serverId, target, host, machine, benchmark: 'cpu', tool: 'command', jobId: `${serverId}.cpu.1` };
    return run(activities.benchmarkCommand!, { ...request, next });
  };
  const looks = (serverId: string): number => looked.filter((each) => each === serverId).length;
  return { connected, looks, end, measure, prepare, reconfigure: () => void (settings = { ...settings }) };
}

/** Everything that can happen without a timer or a server has happened. */
const settled = (): Promise<void> => new Promise((resolve) => setTimeout(() => setImmediate(resolve), 1));

test('while a benchmark runs, the next server is looked at; its preparation does not look again', async () => {
  const { looks, end, measure, prepare } = worker();
  const measured = measure('web-1', 'web-2');
  await expect.poll(() => looks('web-2')).toBe(1);
  end.resolve();
  await measured;
  expect(await prepare('web-2')).toMatchObject({ serverId: 'web-2', hardwareClass: 'default' });
  expect(looks('web-2')).toBe(1);
});

test('what was seen counts once: then the server is looked at again', async () => {
  const { looks, end, measure, prepare } = worker();
  const measured = measure('web-1', 'web-2');
  await expect.poll(() => looks('web-2')).toBe(1);
  await prepare('web-2');
  expect(looks('web-2')).toBe(1);
  await prepare('web-2');
  expect(looks('web-2')).toBe(2);
  end.resolve();
  await measured;
});

test('what was seen with another configuration does not count', async () => {
  const { looks, end, measure, prepare, reconfigure } = worker();
  const measured = measure('web-1', 'web-2');
  await expect.poll(() => looks('web-2')).toBe(1);
  reconfigure();
  await prepare('web-2');
  expect(looks('web-2')).toBe(2);
  end.resolve();
  await measured;
});

test('a server that another run is measuring is not disturbed', async () => {
  const { connected, end, measure } = worker();
  const first = measure('web-1', 'web-2');
  await expect.poll(() => connected).toEqual(['web-1', 'web-2']);
  await measure('web-3', 'web-1');
  await settled();
  expect(connected).toEqual(['web-1', 'web-2', 'web-3']);
  end.resolve();
  await first;
});

test('a server that cannot be reached ahead is tried again in its turn', async () => {
  let isDown = true;
  const { connected, end, measure, prepare } = worker(({ serverId }) =>
    serverId === 'web-2' && isDown
      ? Promise.reject(new Failure('ServerUnreachable', 'no route'))
      : Promise.resolve(connectionTo(serverId))
  );
  const measured = measure('web-1', 'web-2');
  await expect.poll(() => connected).toContain('web-2');
  isDown = false;
  expect(await prepare('web-2')).toMatchObject({ serverId: 'web-2' });
  end.resolve();
  await measured;
});

test('a login that was refused ahead is not tried a second time', async () => {
  const refusal = new Failure('AuthenticationFailed', 'the server refused the key');
  const { connected, end, measure, prepare } = worker(({ serverId }) =>
    serverId === 'web-2' ? Promise.reject(refusal) : Promise.resolve(connectionTo(serverId))
  );
  const measured = measure('web-1', 'web-2');
  await expect.poll(() => connected).toContain('web-2');
  await expect(prepare('web-2')).rejects.toMatchObject({ type: 'AuthenticationFailed' });
  expect(connected).toEqual(['web-1', 'web-2']);
  end.resolve();
  await measured;
});

test.each([
  ['is looked at again while a benchmark of unknown length goes on', null, [1, 2, 3, 3]],
  ['is not asked again if its login was refused', new Failure('AuthenticationFailed', 'refused'), [1, 1, 1, 1]],
])('a server %s', async (_, refusal, connections) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  onTestFinished(() => void vi.useRealTimers());
  let connected = 0;
  const ssh = scriptedSsh(
    () => 'score: 80',
    () => '',
    async ({ serverId }) => {
      connected += 1;
      if (refusal !== null) throw refusal;
      return connectionTo(serverId);
    }
  );
  const settings = configurationOf({ servers: ['web-1', 'web-2'] });
  const ahead = createLookAhead({ configuration: async () => settings, ssh, tools: [], results: null });
  const end = deferred();
  const request = { serverId: 'web-1', benchmark: 'burn', next: 'web-2' } as BenchmarkRequest;
  const measured = ahead.during(request, () => end.promise);
  const found: number[] = [];
  for (const ms of [0, 25_000, 30_000, 59_000]) {
    await vi.advanceTimersByTimeAsync(ms);
    found.push(connected);
  }
  expect(found).toEqual(connections);
  end.resolve();
  await measured;
  await vi.advanceTimersByTimeAsync(300_000);
  expect(connected).toBe(connections.at(-1));
});
