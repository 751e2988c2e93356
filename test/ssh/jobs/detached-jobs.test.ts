import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { DetachedJobRequest, JobHost } from '../../../src/domain/job.ts';
import type { DetachedJobLimits } from '../../../src/ssh/jobs/limits.ts';
import { createSsh } from '../../../src/ssh/pool.ts';
import { eventually } from '../../support/processes.ts';
import { generateKey, skipsWithoutSshd, startSshd } from '../../support/sshd.ts';
import type { Sshd } from '../../support/sshd.ts';
import { accessTo, silent } from '../access.ts';
import type { Access } from '../access.ts';
import { breakableLink } from './breakable-link.ts';
import type { BreakableLink } from './breakable-link.ts';
import { processesOf } from './local-server.ts';

const serverId = 'web-7';
let counter = 0;
const newJob = () => `run${process.pid}.${counter++}`;

describe.skipIf(skipsWithoutSshd())('detached jobs on a real sshd', () => {
  let sshd: Sshd;
  let dir: string;
  const closers: (() => unknown)[] = [];

  beforeAll(async () => {
    sshd = await startSshd();
    dir = mkdtempSync(path.join(tmpdir(), 'fleetmark-detached-'));
  });
  afterEach(async () => {
    for (const close of closers.splice(0).reverse()) await close();
  });
  afterAll(async () => {
    await sshd.stop();
    rmSync(dir, { recursive: true });
  });

  const never = new AbortController().signal;
  /** A worker: its own connection to the server. */
  function worker({
    access = () => accessTo(sshd),
    limits = {},
    onAsk = () => {},
    keepaliveMs = 500,
  }: WorkerOptions = {}) {
    const targetOf = async () => {
      onAsk();
      return access().server;
    };
    const jobLimits = { pollSeconds: 2, graceSeconds: 1, patienceMs: 30_000, ...limits };
    const ssh = createSsh({
      targetOf,
      settings: async () => access().settings,
      log: silent,
      keepaliveMs,
      jobLimits,
      jobFolder: dir,
    });
    closers.push(() => ssh.close());
    return ssh;
  }

  /** A job of a worker; whatever becomes of the test, nothing of it stays. */
  async function job(ssh = worker()) {
    const host = await ssh.jobs.probeJobs({ serverId, signal: never });
    const jobId = newJob();
    const name = { serverId, jobId, host, signal: never };
    closers.push(async () => {
      const direct = worker();
      await direct.jobs.cancelJob(name);
      await direct.jobs.cleanJobs({ serverId, host, prefix: jobId, signal: never });
      await direct.close();
    });
    const ledger = path.join(dir, `${jobId}.ledger`);
    const run = (command: string, more: Partial<DetachedJobRequest> = {}, by = ssh) =>
      by.jobs.runJob({ ...name, command: `echo began >>${ledger}\n${command}`, timeoutMs: 60_000, ...more });
    return {
      ...name,
      run,
      folder: path.join(host.base, jobId),
      starts: () => (existsSync(ledger) ? readFileSync(ledger, 'utf8').split('\n').length - 1 : 0),
    };
  }

  async function link(port = sshd.port): Promise<BreakableLink & { access: () => Access }> {
    const made = await breakableLink(port);
    closers.push(() => made.close());
    const knownHostsFile = path.join(dir, `known_hosts_${made.port}`);
    writeFileSync(knownHostsFile, `[127.0.0.1]:${made.port} ${sshd.hostKeys[0]}\n`);
    return { ...made, access: () => accessTo({ ...sshd, port: made.port, knownHostsFile }) };
  }

  test('a job gives its output, its errors, its exit status and its duration, to whoever asks', async () => {
    const { run, starts, ...name } = await job();
    const result = await run(`printf 'score: 80\\n'; echo "it's \\$HOME" >&2; sleep 1.2; exit 3`);
    expect(result).toEqual({
      exitCode: 3,
      signal: null,
      stdout: 'score: 80\n',
      stderr: "it's $HOME\n",
      truncated: false,
      seconds: expect.any(Number),
    });
    expect(result.seconds).toBeGreaterThan(1.1);
    expect(await worker().jobs.collectJob(name)).toEqual(result);
    expect(await run('exit 4', {}, worker())).toEqual(result);
    expect(starts()).toBe(1);
  });

  test('a command that a signal ends has no exit code', async () => {
    const { run } = await job();
    expect(await run('kill -SEGV $$')).toMatchObject({ exitCode: null, signal: 'SIGSEGV' });
  });

  test('eight starts over two connections run it once', async () => {
    const [first, second] = [worker(), worker()];
    const { run, starts } = await job(first);
    const runs = Array.from({ length: 8 }, (_, index) => run('sleep 1; echo done', {}, index % 2 ? first : second));
    expect(new Set((await Promise.all(runs)).map(({ stdout }) => stdout))).toEqual(new Set(['done\n']));
    expect(starts()).toBe(1);
  });

  test('a connection that is cut at every second question costs nothing of the output', async () => {
    const weak = await link();
    let asked = 0;
    const cutting = () => {
      if (asked++ % 2 === 1) setTimeout(weak.cut, 30 + Math.random() * 300);
    };
    const limits = { answerBytes: 20_000, pollSeconds: 1 };
    const { run, starts } = await job(worker({ access: weak.access, limits, onAsk: cutting }));
    const command = 'i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; sleep 2; echo end';
    const { stdout } = await run(command);
    expect(stdout).toBe(`${Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join('')}end\n`);
    expect(starts()).toBe(1);
    expect(asked).toBeGreaterThan(8);
  });

  test('a job outlives sshd, and is found again once that is back', async () => {
    const [hostKey, clientKey] = ['own_host_key', 'own_client_key'].map((name) => path.join(dir, name)) as [
      string,
      string,
    ];
    for (const key of [hostKey, clientKey]) generateKey(key);
    const config = [`HostKey ${hostKey}`, `AuthorizedKeysFile ${clientKey}.pub`];
    let current = await startSshd({ config });
    closers.push(() => current.stop());
    const { port, user } = current;
    const knownHostsFile = path.join(dir, 'own_known_hosts');
    writeFileSync(knownHostsFile, `[127.0.0.1]:${port} ${readFileSync(`${hostKey}.pub`, 'utf8')}`);
    const own = accessTo({ port, user, keyFile: clientKey, knownHostsFile });
    const { run, starts } = await job(worker({ access: () => own }));
    let restarted = false;
    const result = await run('sleep 4; echo survived', {
      onProgress: () => {
        if (restarted) return;
        restarted = true;
        void (async () => {
          current.killSessions();
          await current.stop();
          current = await startSshd({ config, port });
        })();
      },
    });
    expect([restarted, result.stdout, starts()]).toEqual([true, 'survived\n', 1]);
  });

  test('a silent link is noticed, and the job found again over another', async () => {
    const weak = await link();
    const { run, starts } = await job(worker({ access: weak.access, limits: { answerMs: 10_000 } }));
    let frozen = false;
    const result = await run('sleep 4; echo survived', {
      onProgress: () => {
        if (!frozen) weak.freeze();
        frozen = true;
      },
    });
    expect([frozen, result.stdout, starts()]).toEqual([true, 'survived\n', 1]);
  });

  test('a caller that goes away only detaches: the job goes on, and another caller gets its result', async () => {
    const { run, starts, ...name } = await job();
    const controller = new AbortController();
    const reason = new Error('this worker shuts down');
    const onProgress = () => controller.abort(reason);
    await expect(run('sleep 3; echo done', { signal: controller.signal, onProgress })).rejects.toBe(reason);
    const other = worker();
    expect(await other.jobs.collectJob(name)).toBeNull();
    expect((await run('exit 4', {}, other)).stdout).toBe('done\n');
    expect(starts()).toBe(1);
  });

  test('a worker that closes its connections rejects at once, whatever its patience', async () => {
    const own = worker();
    const { run } = await job(own);
    const result = run('sleep 30', { onProgress: () => void own.close() });
    await expect(result).rejects.toMatchObject({
      kind: 'ConnectionLost',
      message: expect.stringContaining('shutting'),
    });
  });

  test('cancelling ends the job, says what is left, and tells whoever still waits', async () => {
    const { run, ...name } = await job();
    const waiting = run("trap '' TERM; setsid sleep 400 & sleep 401; sleep 402");
    waiting.catch(() => {});
    await eventually(
      () => processesOf(name.jobId).length,
      (count) => count > 3
    );
    expect(await worker().jobs.cancelJob(name)).toEqual({ leftover: [] });
    expect(processesOf(name.jobId)).toEqual([]);
    await expect(waiting).rejects.toMatchObject({ kind: 'JobLost', message: 'the job was cancelled while it ran' });
  });

  test('a job that was cancelled before it started, or cleaned, never starts', async () => {
    const { run, starts, ...name } = await job();
    await worker().jobs.cancelJob(name);
    await expect(run('echo no')).rejects.toMatchObject({ kind: 'JobLost', message: expect.stringContaining('before') });
    await worker().jobs.cleanJobs({ ...name, prefix: name.jobId });
    await expect(run('echo no')).rejects.toMatchObject({
      kind: 'JobLost',
      message: expect.stringContaining('cleaned'),
    });
    expect(starts()).toBe(0);
  });

  test('the start of a dead worker that arrives after the cancel starts nothing', async () => {
    const weak = await link();
    const dead = worker({ access: weak.access, keepaliveMs: 60_000 });
    const { run, starts, ...name } = await job(dead);
    weak.freeze();
    const lateStart = run('echo late', { patienceMs: 0 });
    lateStart.catch(() => {});
    const healthy = worker();
    await healthy.jobs.cancelJob(name);
    await healthy.jobs.cleanJobs({ ...name, prefix: name.jobId });
    weak.thaw();
    await expect(lateStart).rejects.toMatchObject({ kind: 'JobLost' });
    expect(starts()).toBe(0);
  });

  test('cleaning refuses while a job of the family runs, and names it', async () => {
    const ssh = worker();
    const { run, ...name } = await job(ssh);
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error('enough'));
    await run('sleep 60', { signal: controller.signal, onProgress }).catch(() => {});
    const prefix = name.jobId;
    expect(await ssh.jobs.cleanJobs({ ...name, prefix })).toEqual({ running: [name.jobId], leftover: [] });
    await ssh.jobs.cancelJob(name);
    expect(await ssh.jobs.cleanJobs({ ...name, prefix })).toEqual({ running: [], leftover: [] });
    expect(readdirSync(name.host.base)).not.toContain(name.jobId);
  });

  test('a job that is still running when its time is over is killed by the server', async () => {
    const { run, jobId } = await job();
    await expect(run("trap '' TERM; sleep 403; sleep 404", { timeoutMs: 1000 })).rejects.toMatchObject({
      kind: 'BenchmarkTimedOut',
      message: expect.stringMatching(/still running after [\d.]+ s, and was killed/),
    });
    await eventually(
      () => processesOf(jobId),
      (left) => left.length === 0
    );
  });

  test('a job that falls silent is ended, one that keeps writing is not', async () => {
    const quiet = await job();
    await expect(quiet.run('echo one; sleep 405', { silenceMs: 2000 })).rejects.toMatchObject({
      kind: 'BenchmarkTimedOut',
      message: 'the command wrote nothing for 2 s, and was killed',
    });
    expect(processesOf(quiet.jobId)).toEqual([]);
    const talkative = await job();
    const command = 'for i in 1 2 3 4 5 6 7 8 9; do echo $i; sleep 0.5; done';
    expect((await talkative.run(command, { silenceMs: 2000 })).exitCode).toBe(0);
  });

  test('a job whose runner is killed, and one whose folder is removed, is lost and says how', async () => {
    const killed = await job();
    let once = () =>
      process.kill(Number(readFileSync(path.join(killed.folder, 'run'), 'utf8').split(' ')[0]), 'SIGKILL');
    const onProgress = () => (once(), (once = () => true));
    await expect(killed.run('sleep 406', { onProgress })).rejects.toMatchObject({
      kind: 'JobLost',
      message: expect.stringMatching(/^the runner of the job \(process \d+\) was killed by somebody/),
    });
    const removed = await job();
    const remove = () => rmSync(removed.folder, { recursive: true, force: true });
    await expect(removed.run('sleep 407', { onProgress: remove })).rejects.toMatchObject({
      kind: 'JobLost',
      message: expect.stringContaining('was removed'),
    });
    await eventually(
      () => processesOf(removed.jobId),
      (left) => left.length === 0
    );
  });

  test('a server that does not come back is given up after the patience, and the job is left alone', async () => {
    const weak = await link();
    const { run, jobId } = await job(worker({ access: weak.access }));
    const onProgress = () => weak.close();
    await expect(run('sleep 60', { patienceMs: 1500, onProgress })).rejects.toMatchObject({
      kind: 'ServerUnreachable',
    });
    expect(processesOf(jobId)).not.toEqual([]);
  });

  const flood =
    'head -c 104857600 /dev/zero; printf "\\000\\001\\n\\n@@x"; head -c 70000 /dev/zero | tr "\\000" z; echo end';

  test('100 MB of output are cut at both ends of the line, say so, and take little memory', async () => {
    const { run } = await job();
    const before = process.memoryUsage().rss;
    const { stdout, truncated } = await run(flood);
    expect(truncated).toBe(true);
    expect(stdout).toMatch(/\n\[\.\.\. more than \d+ bytes cut out \.\.\.\]\n/);
    expect(stdout.endsWith('zzzend\n')).toBe(true);
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });

  test('100 MB of output come back whole where the limits allow', async () => {
    const limits = { outputBytes: 110 << 20, keptBytes: 120 << 20, answerBytes: 8 << 20 };
    const { run, folder } = await job(worker({ limits }));
    const { stdout, truncated } = await run(flood);
    const hash = (data: string | Buffer) => createHash('sha256').update(data).digest('hex');
    expect(truncated).toBe(false);
    expect(hash(stdout)).toBe(hash(readFileSync(path.join(folder, 'out'))));
  });

  test('a job id that could leave its folder is refused, and a folder that no probe found', async () => {
    const { run, host } = await job();
    for (const jobId of ['', '../x', '.closed', 'a b', 'a/b', 'a\n', 'x'.repeat(202)]) {
      await expect(run('echo no', { jobId })).rejects.toMatchObject({ kind: 'InvalidInput' });
    }
    for (const base of ['/', '/etc', `${host.base}/..`, '/x/../.fleetmark.0']) {
      await expect(run('echo no', { host: { ...host, base } as JobHost })).rejects.toMatchObject({
        kind: 'InvalidInput',
      });
    }
  });
});

interface WorkerOptions {
  access?: () => Access;
  limits?: Partial<DetachedJobLimits>;
  onAsk?: () => void;
  keepaliveMs?: number;
}
