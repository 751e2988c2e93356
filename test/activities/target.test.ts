import { MockActivityEnvironment } from '@temporalio/testing';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createActivities, type Activities } from '../../src/activities/index.ts';
import type { ServerPlan } from '../../src/domain/plans/plan.ts';
import type { Route } from '../../src/domain/servers/server.ts';
import { configurationOf, scoreBenchmark } from '../support/configuration.ts';
import { skipsWithoutSshd, startSshd, type Sshd } from '../support/sshd.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { accessTo, sshToAll } from '../support/access.ts';

describe.skipIf(skipsWithoutSshd())('a run that another worker continues', () => {
  let began: Sshd;
  let otherServer: Sshd;
  let dir: string;
  let runs = 0;
  let run = '';
  const open: { close(): Promise<void> }[] = [];

  beforeAll(async () => {
    dir = temporaryFolder('target');
    [began, otherServer] = await Promise.all([startSshd(), startSshd()]);
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((ssh) => ssh.close()));
    // A refused server is not released either.
    for (const base of readdirSync(dir)) rmSync(path.join(dir, base, '.guards'), { recursive: true, force: true });
  });
  afterAll(async () => {
    await Promise.all([began.stop(), otherServer.stop()]);
  });

  /** A worker whose inventory has web-1 at this sshd, and whose benchmark leaves a file behind. */
  function worker(sshd: Sshd, reached: Partial<Route> = {}): Activities {
    const { server, settings } = accessTo(sshd, {
      server: { serverId: 'web-1', ...reached },
      settings: { knownHostsFiles: [began.knownHostsFile, otherServer.knownHostsFile] },
    });
    const ssh = sshToAll([server], settings, { jobFolder: dir });
    open.push(ssh);
    const { command, ...burn } = scoreBenchmark('burn');
    const leaving = { ...command!, command: `: >'${dir}/ran'; echo 'score: 1'` };
    const configuration = configurationOf({ servers: ['web-1'], benchmarks: [{ ...burn, command: leaving }] });
    return createActivities({ configuration: async () => configuration, ssh });
  }

  const environment = (): MockActivityEnvironment =>
    new MockActivityEnvironment({ workflowExecution: { workflowId: 'server/web-1', runId: run } });

  async function prepare(by: Activities): Promise<ServerPlan> {
    run = `target${process.pid}x${runs++}`;
    const plan = await environment().run(by.prepareServer, [{ serverId: 'web-1' }]);
    return plan as ServerPlan;
  }

  /** All requests that can follow a plan, sent by another worker. */
  async function outcomes(by: Activities, plan: ServerPlan): Promise<string[]> {
    const { serverId, target, host, machine } = plan;
    const prefix = run;
    const request = { serverId, target, host, machine, benchmark: 'burn', tool: 'command', jobId: `${prefix}.burn.1` };
    const activities = [
      async () => environment().run(by.benchmarkCommand!, request),
      async () => environment().run(by.benchmarkCommand!, { ...request, collect: true }),
      async () => environment().run(by.releaseServer, { serverId, target, host, prefix }),
    ];
    const ended: string[] = [];
    for (const activity of activities) {
      const outcome = activity().then(
        () => 'done',
        ({ type, nonRetryable, message }: { type: string; nonRetryable: boolean; message: string }) =>
          `${nonRetryable ? 'final ' : ''}${type}: ${message}`
      );
      ended.push(await outcome);
    }
    return ended;
  }

  test('runs if the inventory leads to the same server', async () => {
    const plan = await prepare(worker(began));
    expect(await outcomes(worker(began), plan)).toEqual(['done', 'done', 'done']);
    rmSync(path.join(dir, 'ran'));
  });

  test('is refused if the inventory has another port, without connecting', async () => {
    const plan = await prepare(worker(began));
    const before = otherServer.log();
    const refusal = `final TargetChanged: the inventory of this worker leads to ${otherServer.user}@127.0.0.1:${otherServer.port}, but the run began on another server`;
    expect(await outcomes(worker(otherServer), plan)).toEqual([refusal, refusal, refusal]);
    expect(otherServer.log()).toBe(before);
    expect(readdirSync(dir)).not.toContain('ran');
  });

  test('is refused if the inventory has another host or user', async () => {
    const plan = await prepare(worker(began));
    for (const reached of [{ host: 'localhost' }, { user: 'nobody' }]) {
      const ended = await outcomes(worker(began, reached), plan);
      expect(ended.map((each) => each.split(':')[0])).toEqual(Array(3).fill('final TargetChanged'));
    }
    expect(readdirSync(dir)).not.toContain('ran');
  });

  test('of an earlier version, without a target, runs where the inventory leads', async () => {
    const { target: _, ...plan } = await prepare(worker(began));
    expect(await outcomes(worker(otherServer), plan)).toEqual(['done', 'done', 'done']);
    rmSync(path.join(dir, 'ran'));
  });

  test('is refused if another machine answers at the address, before a shell is opened', async () => {
    const plan = await prepare(worker(began));
    const { port } = began;
    await began.crash();
    const impostor = await startSshd({ port });
    try {
      const by = worker(impostor);
      writeFileSync(began.knownHostsFile, `[127.0.0.1]:${port} ${impostor.hostKeys[0]}\n`);
      const ended = await outcomes(by, plan);
      const shown =
        /^final TargetChanged: 127\.0\.0\.1:\d+ presents the host key SHA256:\S{43}, but presented another one when the run began/;
      expect(ended).toEqual(Array(3).fill(expect.stringMatching(shown)));
      expect(impostor.log()).toContain('Accepted publickey');
      expect(impostor.log()).not.toContain('Starting session');
      expect(readdirSync(dir)).not.toContain('ran');
    } finally {
      await impostor.stop();
      await began.restart();
    }
  });
});
