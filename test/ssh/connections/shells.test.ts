import { setImmediate } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { accessTo, sshTo } from '../../support/access.ts';
import { eventually } from '../../support/processes.ts';
import { skipsWithoutSshd, startSshd, type Sshd } from '../../support/sshd.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const server = { serverId: 'web-7', signal: new AbortController().signal };

describe.skipIf(skipsWithoutSshd())('the shells of a server', () => {
  let sshd: Sshd;
  let ssh: ReturnType<typeof sshTo>;
  beforeAll(async () => {
    sshd = await startSshd();
    ssh = sshTo(accessTo(sshd), { jobFolder: temporaryFolder('shells') });
  });
  afterAll(async () => {
    await ssh?.close();
    await sshd?.stop();
  });

  const started = () => sshd.log().split('Starting session: ').length - 1;
  const ended = () => sshd.log().split('Close session: ').length - 1;

  test('one shell carries all scripts of a run, and ends with the last one', async () => {
    const host = await ssh.jobs.probeJobs(server);
    for (const jobId of ['run.cpu.1', 'run.gpu.1'])
      await ssh.jobs.runJob({ ...server, host, jobId, command: 'true', timeoutMs: 60_000 });
    await ssh.jobs.cleanJobs({ ...server, host, prefix: 'run' });
    await eventually(ended, (count) => count === 1);
    expect(started()).toBe(1);
  });

  test('a shell that carries many scripts gathers no listeners', async () => {
    const warnings: Error[] = [];
    const note = (warning: Error) => warnings.push(warning);
    process.on('warning', note);
    onTestFinished(() => void process.off('warning', note));
    const host = await ssh.jobs.probeJobs(server);
    for (let script = 0; script < 20; script += 1) await ssh.jobs.probeJobs(server);
    await setImmediate(); // warnings come on the next tick
    expect(warnings).toEqual([]);
    await ssh.jobs.cleanJobs({ ...server, host, prefix: 'run' });
    await eventually(ended, (count) => count === started());
  });

  test('the shell of a check ends with it; the connection stays open', async () => {
    const before = { started: started(), ended: ended() };
    const host = { ...(await ssh.jobs.probeJobs({ ...server, lookOnly: true })), guard: 'abc' };
    await ssh.jobs.lookAtGuard({ ...server, host, runId: 'run', holder: 'nobody', over: [] });
    await eventually(ended, (count) => count === before.ended + 1);
    expect(started()).toBe(before.started + 1);
    expect(sshd.log().split('Accepted publickey').length - 1).toBe(1);
  });

  test('a shell that waits for a script ends with its connection', async () => {
    const sshOfTest = sshTo(accessTo(sshd), { jobFolder: temporaryFolder('shells') });
    const before = { started: started(), ended: ended() };
    await sshOfTest.jobs.probeJobs(server);
    await sshOfTest.jobs.probeJobs(server);
    expect({ started: started(), ended: ended() }).toEqual({ started: before.started + 1, ended: before.ended });
    await sshOfTest.close();
    await eventually(ended, (count) => count === before.ended + 1);
  });
});
