import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, test as base } from 'vitest';
import type { JobFailure } from '../../../src/domain/jobs/job-failure.ts';
import { CUT_MARK } from '../../../src/domain/jobs/output-limit.ts';
import { eventually } from '../../support/processes.ts';
import { removeFolder } from '../../support/remove-folder.ts';
import { generateKey, skipsWithoutSshd, startSshd, type Sshd } from '../../support/sshd.ts';
import { accessTo } from '../../support/access.ts';
import { Lab } from './lab.ts';
import { processesOf } from '../server-scripts/local-server.ts';

describe.skipIf(skipsWithoutSshd()).concurrent('detached jobs on a real sshd', () => {
  let sshd: Sshd;
  const test = base.extend<{ lab: Lab }>({
    lab: async ({}, use) => {
      const lab = new Lab(sshd);
      await use(lab);
      await lab.close();
    },
  });

  beforeAll(async () => {
    sshd = await startSshd();
  });
  afterAll(() => sshd.stop());

  test('a job returns its output, errors, exit status and duration to every caller', async ({ lab, expect }) => {
    const { run, starts, name } = await lab.job();
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
    expect(await lab.worker().jobs.collectJob(name)).toEqual(result);
    expect(await run('exit 4', {}, lab.worker())).toEqual(result);
    expect(starts()).toBe(1);
  });

  test('a command ended by a signal has no exit code', async ({ lab, expect }) => {
    const { run } = await lab.job();
    expect(await run('kill -SEGV $$')).toMatchObject({ exitCode: null, signal: 'SIGSEGV' });
  });

  test('eight starts over two connections run the job once', async ({ lab, expect }) => {
    const [first, second] = [lab.worker(), lab.worker()];
    const { run, starts } = await lab.job(first);
    const runs = Array.from({ length: 8 }, (_, index) => run('sleep 1; echo done', {}, index % 2 ? first : second));
    expect(new Set((await Promise.all(runs)).map(({ stdout }) => stdout))).toEqual(new Set(['done\n']));
    expect(starts()).toBe(1);
  });

  test('a connection lost at every second poll loses no output', async ({ lab, expect }) => {
    const weak = await lab.link();
    let asked = 0;
    const cutting = () => {
      if (asked++ % 2 === 1) setTimeout(weak.cut, 30 + Math.random() * 300);
    };
    const limits = { pollSeconds: 1 };
    const { run, starts } = await lab.job(lab.worker({ access: weak.access, limits, onAsk: cutting }));
    const command = 'i=0; while [ $i -lt 20000 ]; do echo line $i; i=$((i+1)); done; sleep 3; echo end';
    const { stdout } = await run(command);
    expect(stdout).toBe(`${Array.from({ length: 20_000 }, (_, index) => `line ${index}\n`).join('')}end\n`);
    expect(starts()).toBe(1);
    expect(asked).toBeGreaterThan(2);
  });

  test('a job outlives sshd, and is found again after sshd has restarted', async ({ lab, expect }) => {
    const [hostKey, clientKey] = ['own_host_key', 'own_client_key'].map((name) => path.join(lab.dir, name)) as [
      string,
      string,
    ];
    for (const key of [hostKey, clientKey]) generateKey(key);
    const config = [`HostKey ${hostKey}`, `AuthorizedKeysFile ${clientKey}.pub`];
    let current = await startSshd({ config });
    lab.onClose(() => current.stop());
    const { port, user } = current;
    const knownHostsFile = path.join(lab.dir, 'own_known_hosts');
    writeFileSync(knownHostsFile, `[127.0.0.1]:${port} ${readFileSync(`${hostKey}.pub`, 'utf8')}`);
    const own = accessTo({ port, user, keyFile: clientKey, knownHostsFile });
    const { run, starts } = await lab.job(lab.worker({ access: () => own }));
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

  test('a silent link is detected, and the job is found again over another connection', async ({ lab, expect }) => {
    const weak = await lab.link();
    const { run, starts } = await lab.job(lab.worker({ access: weak.access, limits: { answerMs: 10_000 } }));
    let frozen = false;
    const result = await run('sleep 4; echo survived', {
      onProgress: () => {
        if (!frozen) weak.freeze();
        frozen = true;
      },
    });
    expect([frozen, result.stdout, starts()]).toEqual([true, 'survived\n', 1]);
  });

  test('an aborted caller only detaches: the job continues, and another caller gets its result', async ({
    lab,
    expect,
  }) => {
    const { run, starts, name } = await lab.job();
    const controller = new AbortController();
    const reason = new Error('this worker shuts down');
    const onProgress = () => controller.abort(reason);
    const gate = path.join(lab.dir, 'gate');
    const command = `while [ ! -e ${gate} ]; do sleep 0.1; done; echo done`;
    await expect(run(command, { signal: controller.signal, onProgress })).rejects.toBe(reason);
    const other = lab.worker();
    expect(await other.jobs.collectJob(name)).toBeNull();
    writeFileSync(gate, '');
    expect((await run('exit 4', {}, other)).stdout).toBe('done\n');
    expect(starts()).toBe(1);
  });

  test('a worker that closes its connections rejects at once, regardless of its timeouts', async ({ lab, expect }) => {
    const own = lab.worker();
    const { run } = await lab.job(own);
    const result = run('sleep 30', { onProgress: () => void own.close() });
    await expect(result).rejects.toMatchObject({
      kind: 'ConnectionLost',
      message: expect.stringContaining('shutting'),
    });
  });

  test('cancelling ends the job, names the processes that are left, and fails waiting callers', async ({
    lab,
    expect,
  }) => {
    const { run, name } = await lab.job();
    const waiting = run("trap '' TERM; setsid sleep 400 & sleep 401; sleep 402");
    waiting.catch(() => {});
    await eventually(
      () => processesOf(name.jobId).length,
      (count) => count > 3
    );
    expect(await lab.worker().jobs.cancelJob(name)).toEqual({ leftover: [] });
    expect(processesOf(name.jobId)).toEqual([]);
    await expect(waiting).rejects.toMatchObject({ kind: 'JobLost', message: 'the job was cancelled while it ran' });
  });

  test('a job that was cancelled before it started, or was cleaned, never starts', async ({ lab, expect }) => {
    const { run, starts, name } = await lab.job();
    await lab.worker().jobs.cancelJob(name);
    await expect(run('echo no')).rejects.toMatchObject({ kind: 'JobLost', message: expect.stringContaining('before') });
    await lab.worker().jobs.cleanJobs({ ...name, prefix: name.jobId });
    await expect(run('echo no')).rejects.toMatchObject({
      kind: 'JobLost',
      message: expect.stringContaining('its files were removed'),
    });
    expect(starts()).toBe(0);
  });

  test('a start by a dead worker that arrives after the cancel starts nothing', async ({ lab, expect }) => {
    const weak = await lab.link();
    const limits = { reconnectTimeoutMs: 0 };
    const dead = lab.worker({ access: weak.access, keepaliveMs: 60_000, limits });
    const { run, starts, name } = await lab.job(dead);
    weak.freeze();
    const lateStart = run('echo late');
    lateStart.catch(() => {});
    const healthy = lab.worker();
    await healthy.jobs.cancelJob(name);
    await healthy.jobs.cleanJobs({ ...name, prefix: name.jobId });
    weak.thaw();
    await expect(lateStart).rejects.toMatchObject({ kind: 'JobLost' });
    expect(starts()).toBe(0);
  });

  test('cleaning is refused while a job with this prefix runs, and names that job', async ({ lab, expect }) => {
    const ssh = lab.worker();
    const { run, name } = await lab.job(ssh);
    const controller = new AbortController();
    const onProgress = () => controller.abort(new Error('enough'));
    await run('sleep 60', { signal: controller.signal, onProgress }).catch(() => {});
    const prefix = name.jobId;
    expect(await ssh.jobs.cleanJobs({ ...name, prefix })).toEqual({ running: [name.jobId], leftover: [] });
    await ssh.jobs.cancelJob(name);
    expect(await ssh.jobs.cleanJobs({ ...name, prefix })).toEqual({ running: [], leftover: [] });
    expect(readdirSync(name.host.base)).not.toContain(name.jobId);
  });

  test('a job that exceeds its timeout is killed by the server', async ({ lab, expect }) => {
    const {
      run,
      name: { jobId },
    } = await lab.job();
    const command = "echo one; echo two >&2; trap '' TERM; sleep 403; sleep 404";
    await expect(run(command, { timeoutMs: 1000 })).rejects.toMatchObject({
      kind: 'BenchmarkTimedOut',
      output: { stdout: 'one\n', stderr: expect.stringMatching(/^two\n/), truncated: false },
      message: expect.stringMatching(/still running after [\d.]+ s, and was killed/),
    });
    await eventually(
      () => processesOf(jobId),
      (left) => left.length === 0
    );
  });

  test('a silent job is killed, and one that keeps writing is not', async ({ lab, expect }) => {
    const quiet = await lab.job();
    await expect(quiet.run('echo one; sleep 405', { silenceMs: 2000 })).rejects.toMatchObject({
      kind: 'BenchmarkTimedOut',
      message: 'the command wrote nothing for 2 s, and was killed',
      output: { stdout: 'one\n' },
    });
    expect(processesOf(quiet.name.jobId)).toEqual([]);
    const talkative = await lab.job();
    const command = 'for i in 1 2 3 4 5 6 7 8 9; do echo $i; sleep 0.5; done';
    expect((await talkative.run(command, { silenceMs: 2000 })).exitCode).toBe(0);
  });

  test('a job whose runner is killed, or whose folder is removed, is lost and says why', async ({ lab, expect }) => {
    const killed = await lab.job();
    let once = () =>
      process.kill(Number(readFileSync(path.join(killed.folder, 'run'), 'utf8').split(' ')[0]), 'SIGKILL');
    const onProgress = () => (once(), (once = () => true));
    await expect(killed.run('echo one; sleep 406', { onProgress })).rejects.toMatchObject({
      kind: 'JobLost',
      output: { stdout: 'one\n' },
      message: expect.stringMatching(/^the runner of the job \(process \d+\) was killed by an unknown process/),
    });
    const removed = await lab.job();
    const remove = () => removeFolder(removed.folder);
    await expect(removed.run('sleep 407', { onProgress: remove })).rejects.toMatchObject({
      kind: 'JobLost',
      message: expect.stringContaining('was removed'),
    });
    await eventually(
      () => processesOf(removed.name.jobId),
      (left) => left.length === 0
    );
  });

  test('a job that was seen before and is now missing is lost, and never starts again', async ({ lab, expect }) => {
    const { run, starts } = await lab.job();
    await expect(run('true', { seen: true })).rejects.toMatchObject({
      kind: 'JobLost',
      message: expect.stringContaining('was removed'),
    });
    expect(starts()).toBe(0);
    const found = await lab.job();
    await found.run('echo told');
    expect(await found.run('true', { seen: true })).toMatchObject({ exitCode: 0, stdout: 'told\n' });
    expect(found.starts()).toBe(1);
  });

  test('a server that does not come back is given up after a timeout, and its job is left alone', async ({
    lab,
    expect,
  }) => {
    const weak = await lab.link();
    const {
      run,
      name: { jobId },
    } = await lab.job(lab.worker({ access: weak.access, limits: { reconnectTimeoutMs: 1500 } }));
    const onProgress = () => weak.close();
    await expect(run('sleep 60', { onProgress })).rejects.toMatchObject({
      kind: 'ServerUnreachable',
    });
    expect(processesOf(jobId)).not.toEqual([]);
  });

  const flood =
    'head -c 104857600 /dev/zero; printf "\\000\\001\\n\\n@@x"; head -c 70000 /dev/zero | tr "\\000" z; echo end';

  test('100 MB of output are truncated, marked as truncated, and take little memory', async ({ lab, expect }) => {
    const { run } = await lab.job();
    const before = process.memoryUsage().rss;
    const { stdout, truncated } = await run(flood);
    expect(truncated).toBe(true);
    expect(stdout).toBe('\0'.repeat(256 * 1024));
    expect(process.memoryUsage().rss - before).toBeLessThan(64 * 1024 * 1024);
  });

  test.for([
    ['standard output', 'head -c 300000 /dev/zero; exec sleep 600'],
    ['standard error', 'head -c 300000 /dev/zero >&2; exec sleep 600'],
    ['a line at a time', 'i=0; while :; do i=$((i + 1)); echo "$i: a line of a burn that goes on and on and on"; done'],
  ] as const)('a command that prints too much is killed while it runs: %s', async ([, command], { lab, expect }) => {
    const { run, name } = await lab.job(lab.worker({ limits: { pollSeconds: 1 } }));
    const failed = await run(command).catch((error: unknown) => error);
    expect(failed).toMatchObject({ kind: 'UnreadableOutput', output: { truncated: true } });
    const { stdout, stderr } = (failed as JobFailure).output;
    expect(Math.max(stdout.length, stderr.length)).toBe(256 * 1024);
    expect(String(failed)).toMatch(/printed more than 256 KiB to .*, and was ended after [\d.]+ s: .*with "keep"/);
    expect(processesOf(name.jobId)).toEqual([]);
    // A later caller, such as the next worker, gets the same failure.
    await expect(lab.worker().jobs.collectJob(name)).rejects.toMatchObject({
      kind: 'UnreadableOutput',
      output: { stdout, stderr },
    });
  });

  test('of a long output, the beginning and the end are kept if that is asked for', async ({ lab, expect }) => {
    const { run } = await lab.job();
    const keep = { head: 4096, tail: 2048 };
    const { stdout, truncated, exitCode } = await run('seq 1 2000000; echo short >&2', { keep });
    expect({ truncated, exitCode }).toEqual({ truncated: false, exitCode: 0 });
    const [head, tail] = stdout.split(`\n${CUT_MARK}\n`);
    expect(head).toMatch(/^1\n2\n3\n/);
    expect(head).toHaveLength(keep.head);
    expect(tail).toHaveLength(keep.tail);
    expect(tail).toMatch(/\n1999999\n2000000\n$/);
    const only = await (await lab.job()).run('seq 1 2000000', { keep: { head: 0, tail: 100 } });
    expect(only.stdout).toMatch(/\n2000000\n$/);
    const short = await (await lab.job()).run('echo short', { keep });
    expect(short.stdout).toBe('short\n');
  });

  test('a command that prints exactly the limit is measured', async ({ lab, expect }) => {
    const { run } = await lab.job(lab.worker({ limits: { pollSeconds: 1 } }));
    const result = await run('head -c 262144 /dev/zero | tr "\\000" z; sleep 2');
    expect(result).toMatchObject({ exitCode: 0, truncated: false });
    expect(result.stdout).toHaveLength(262_144);
  });

  test('a job id that could leave its folder, or a folder that probe did not choose, is refused', async ({
    lab,
    expect,
  }) => {
    const {
      run,
      name: { host },
    } = await lab.job();
    for (const jobId of ['', '../x', '.closed', 'a b', 'a/b', 'a\n', 'x'.repeat(202)]) {
      await expect(run('echo no', { jobId })).rejects.toMatchObject({ kind: 'InvalidInput' });
    }
    for (const base of ['/', '/etc', `${host.base}/..`, '/x/../.fleetmark.0']) {
      await expect(run('echo no', { host: { ...host, base } })).rejects.toMatchObject({
        kind: 'InvalidInput',
      });
    }
  });
});
