import { MockActivityEnvironment } from '@temporalio/testing';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test, onTestFinished } from 'vitest';
import { createActivities, type Activities } from '../../src/activities/index.ts';
import type { BenchmarkRequest } from '../../src/domain/plans/plan.ts';
import type { DetachedJobLimits } from '../../src/ssh/jobs/limits.ts';
import { accessTo, sshToAll } from '../support/access.ts';
import { configurationOf, scoreBenchmark } from '../support/configuration.ts';
import { startHostileServer, type ScriptRequest, type HostileServer } from '../support/hostile-server.ts';
import { skipsWithoutSshd } from '../support/sshd.ts';
import { sshdForTest } from '../support/sshd-for-test.ts';

/** The limits of a real server, scaled down: an hour becomes a second. */
const fast: Partial<DetachedJobLimits> = { pollSeconds: 1, graceSeconds: 1, overtimeSeconds: 0, answerMs: 300 };
const host = { base: '/var/tmp/.fleetmark.1000', freeKib: 1_000_000, bootId: 'boot-1' };
const probed = 'base=/var/tmp/.fleetmark.1000 free=1000000 boot=boot-1';
const running = 'state=running detail= age=10 keep=1000 cut= runner=7 out=0 err=0 outlen=0 errlen=0';
const over = (size: number, length: number): string =>
  `state=exited detail=0.ended.100.enough age=100 keep=1000000 cut= runner=7 out=${size} err=0 outlen=${length} errlen=0`;
const machine = {
  ...{ system: null, kernel: null, cpuModel: null, cpus: 2, memoryMib: null, gpus: [], packageManager: null },
  executables: [],
};
const request: BenchmarkRequest = {
  ...{ serverId: 'web-7', benchmark: 'burn', tool: 'command', jobId: 'run.burn.1', host, machine },
};

/** A worker with a benchmark that has a timeout of one second. */
function workerFor(
  server: Pick<HostileServer, 'port' | 'user' | 'keyFile' | 'knownHostsFile'>,
  limits: Partial<DetachedJobLimits> = fast,
  answerTimeoutMs = 1_200
): Activities {
  const { server: target, settings } = accessTo(server, { settings: { answerTimeoutMs } });
  const ssh = sshToAll([target], settings, { jobLimits: limits, openMs: 500 });
  onTestFinished(() => ssh.close());
  const benchmarks = [scoreBenchmark('burn', { timeoutMs: 1_000 })];
  const configuration = { ...configurationOf({ servers: ['web-7'], benchmarks }), ssh: settings };
  return createActivities({ configuration: async () => configuration, ssh });
}

async function hostile(answer: (asked: ScriptRequest) => 'taken' | undefined | void): Promise<HostileServer> {
  const server = await startHostileServer((asked) => answer(asked) ?? undefined);
  onTestFinished(() => void server.close());
  return server;
}

async function failureOf<Input>(activity: (input: Input) => Promise<unknown>, input: Input): Promise<unknown> {
  return new MockActivityEnvironment().run(activity, input).then(
    (result: unknown) => ({ result }),
    (reason: unknown) => reason
  );
}

const unresponsive = { type: 'ServerUnresponsive', nonRetryable: true };

describe('a benchmark ends soon after its own limit, without a retry, on a server that accepts the login and then', () => {
  test('never answers', async () => {
    const server = await hostile(() => {});
    const failure = await failureOf(workerFor(server).benchmarkCommand!, request);
    expect(failure).toMatchObject(unresponsive);
    expect((failure as Error).message).toMatch(
      /^the server accepted the login but then did not answer: the end of its job did not arrive within 1\.9 s$/
    );
  });

  test('answers only the start', async () => {
    const server = await hostile(({ scriptName, say }) => (scriptName === 'start' ? say(running) : undefined));
    const failure = await failureOf(workerFor(server, { ...fast, answerMs: 100 }, 4_000).benchmarkCommand!, request);
    expect(failure).toMatchObject({
      ...unresponsive,
      message: expect.stringMatching(/did not arrive within 4 s \(no answer within 1\.1 s to the script \"poll\"\)$/),
    });
  });

  test('always says that the job runs and no time has passed: it is polled once a second', async () => {
    const server = await hostile(({ scriptName, say }) =>
      say(scriptName === 'cancel' ? 'state=exited outlen=0' : running)
    );
    const failure = await failureOf(workerFor(server, fast, 8_000).benchmarkCommand!, request);
    expect(failure).toMatchObject({
      type: 'BenchmarkTimedOut',
      nonRetryable: true,
      message: expect.stringMatching(/^the command was still running after [\d.]+ s, and was killed$/),
    });
    expect(server.scriptNames.filter((name) => name !== 'cancel').length).toBeLessThanOrEqual(4);
    expect(server.scriptNames.filter((name) => name === 'cancel')).toHaveLength(1);
  });

  test('promises output that never comes', async () => {
    const server = await hostile(({ say }) => say(over(1000, 1000), 'score: '));
    expect(await failureOf(workerFor(server).benchmarkCommand!, request)).toMatchObject(unresponsive);
  });

  test('sends only a part of its output: it is polled once', async () => {
    const server = await hostile(({ say }) => say(over(200_000, 1), 'x'));
    expect(await failureOf(workerFor(server).benchmarkCommand!, request)).toMatchObject({
      type: 'JobLost',
      message: expect.stringContaining('the output of the job is truncated: 1 of 200000 bytes'),
    });
    expect(server.scriptNames).not.toContain('poll');
  });

  test('prints without end: only the maximum size of an answer is read', async () => {
    const server = await hostile(({ channel }) => {
      const print = (): void => {
        while (channel.writable && channel.write(Buffer.alloc(32_000, 'a')));
        if (channel.writable) channel.once('drain', print);
      };
      print();
    });
    expect(await failureOf(workerFor(server).benchmarkCommand!, request)).toMatchObject({
      type: 'HostUnsuitable',
      message: expect.stringMatching(/the answer to the script "start" is too long; it begins with: a+/),
    });
  });

  test('announces more than was requested', async () => {
    const server = await hostile(({ say }) => say(over(99_999_999, 99_999_999)));
    expect(await failureOf(workerFor(server).benchmarkCommand!, request)).toMatchObject({ type: 'HostUnsuitable' });
    expect(server.scriptNames).toEqual(['start']);
  });

  test('closes every channel before it answers', async () => {
    const server = await hostile(({ channel }) => channel.close());
    expect(await failureOf(workerFor(server).benchmarkCommand!, request)).toMatchObject(unresponsive);
    expect(server.scriptNames.length).toBeLessThan(20);
  });

  test('does not answer when the result is collected', async () => {
    const server = await hostile(() => {});
    expect(await failureOf(workerFor(server).benchmarkCommand!, { ...request, collect: true })).toMatchObject(
      unresponsive
    );
  });

  test('hangs in the login shell (a real sshd, a login file that never ends)', async ({ skip }) => {
    if (skipsWithoutSshd()) skip();
    const sshd = await sshdForTest({ config: ['ForceCommand sleep 600'] });
    expect(await failureOf(workerFor(sshd).benchmarkCommand!, request)).toMatchObject(unresponsive);
    expect(await failureOf(workerFor(sshd).releaseServer, { serverId: 'web-7', host, prefix: 'run' })).toMatchObject(
      unresponsive
    );
  });

  test('has a login shell that hangs in the middle of its greeting (a real sshd)', async ({ skip }) => {
    if (skipsWithoutSshd()) skip();
    const sshd = await sshdForTest();
    const shell = path.join(sshd.dir, 'shell');
    writeFileSync(shell, '#!/bin/sh\necho Welcome\nexec sleep 600\n', { mode: 0o755 });
    const forced = await sshdForTest({ config: [`ForceCommand ${shell}`] });
    expect(await failureOf(workerFor(forced).benchmarkCommand!, request)).toMatchObject(unresponsive);
  });
});

test('a later attempt has the remaining time since the first start, but enough for an answer', async () => {
  const server = await hostile(() => {});
  const heartbeatDetails = { jobId: 'run.burn.1.1', startedMs: 0, outputBytes: 0, seconds: 1 };
  const later = { scheduledTimestampMs: 1_000, currentAttemptScheduledTimestampMs: 3_600_000, heartbeatDetails };
  const failure: unknown = await new MockActivityEnvironment(later)
    .run(workerFor(server).benchmarkCommand!, request)
    .catch((reason: unknown) => reason);
  expect(failure).toMatchObject({ ...unresponsive, message: expect.stringContaining('did not arrive within 0.9 s') });
  expect(new Set(server.scriptNames)).toEqual(new Set(['poll']));
});

test('a release without an answer ends; in a quarter of the time if the server was silent before', async () => {
  const server = await hostile(() => {});
  const release = { serverId: 'web-7', host, prefix: 'run' };
  const worker = workerFor(server);
  const messages = [release, { ...release, unresponsive: true }].map((each) => failureOf(worker.releaseServer, each));
  expect(await Promise.all(messages)).toMatchObject(
    ['1.2', '0.3'].map((seconds) => ({
      ...unresponsive,
      message: expect.stringContaining(`the end of its jobs did not arrive within ${seconds} s`),
    }))
  );
});

test('a server whose shell hangs at the probe is an error in the preparation', async () => {
  const server = await hostile(({ scriptName, say }) => (scriptName === 'probe' ? undefined : say(probed)));
  const limits = { ...fast, reconnectTimeoutMs: 1_000 };
  expect(await failureOf(workerFor(server, limits).prepareServer, [{ serverId: 'web-7' }])).toMatchObject({
    type: expect.stringMatching(/^(ConnectionLost|ServerUnresponsive)$/),
    nonRetryable: true,
  });
});
