import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer, Socket } from 'node:net';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { withLogContext } from '../../src/logging/context.ts';
import { createLogger } from '../../src/logging/logger.ts';
import { processesWithEnvironment } from '../support/processes.ts';
import { skipsWithoutSshd, startSshd, type Sshd } from '../support/sshd.ts';
import { accessTo, sshTo, type Access } from '../support/access.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { listen } from '../support/ports.ts';
import { sshdForTest } from '../support/sshd-for-test.ts';

/** Processes with this job in their environment: the command and everything that it started. */
function processesOf(commandId: string): number {
  return processesWithEnvironment(`FLEETMARK_COMMAND=${commandId}`).length;
}

function accepted(sshd: Sshd): number {
  return sshd.log().match(/^Accepted publickey/gm)?.length ?? 0;
}

const soon = { timeout: 10_000 };
let counter = 0;
const newJob = () => `job-${process.pid}-${counter++}`;

describe.skipIf(skipsWithoutSshd())('SSH to a real sshd', () => {
  let sshd: Sshd;
  let dir: string;
  const open: { close(): Promise<void> }[] = [];
  const closeLater = <T extends { close(): Promise<void> }>(ssh: T): T => {
    open.push(ssh);
    return ssh;
  };

  beforeAll(async () => {
    sshd = await startSshd();
    dir = temporaryFolder('pool');
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((ssh) => ssh.close()));
  });
  afterAll(async () => {
    await sshd.stop();
  });

  /** A proxy to the server that can go silent: without a reset, and without an end. */
  async function withProxy(use: (proxy: { access: Access; blackHole: () => void }) => Promise<void>): Promise<void> {
    const ends: Socket[] = [];
    const proxy = createServer((near) => {
      const far = new Socket().connect(sshd.port, '127.0.0.1');
      ends.push(near, far);
      for (const end of [near, far]) end.on('error', () => {});
      near.pipe(far).pipe(near);
    });
    const port = await listen(proxy);
    const knownHostsFile = path.join(dir, 'proxy_known_hosts');
    writeFileSync(knownHostsFile, `[127.0.0.1]:${port} ${sshd.hostKeys[0]}\n`);
    const blackHole = () => {
      for (const end of ends) end.unpipe().pause();
    };
    try {
      await use({ access: accessTo({ ...sshd, port, knownHostsFile }), blackHole });
    } finally {
      for (const end of ends) end.destroy();
      proxy.close();
    }
  }

  /** Starts a command that runs until it is killed, and waits until it runs. */
  async function endless(
    ssh: ReturnType<typeof sshTo>,
    command: string,
    request: { timeoutMs?: number; signal?: AbortSignal } = {}
  ) {
    const commandId = newJob();
    const up = path.join(dir, commandId);
    const result = ssh.run(`: >${up}; ${command}`, { commandId, ...request });
    result.catch(() => {}); // checked later
    await vi.waitFor(() => expect(readdirSync(dir)).toContain(commandId), soon);
    return { commandId, result };
  }

  describe('a command', () => {
    test('returns its output, its errors, its exit status and its duration', async () => {
      const { run } = closeLater(sshTo(accessTo(sshd)));
      const result = await run(`printf 'score: 80\\n'; echo "it's \\$HOME" >&2; exit 3`);
      expect(result).toEqual({
        exitCode: 3,
        signal: null,
        stdout: 'score: 80\n',
        stderr: "it's $HOME\n",
        truncated: false,
        seconds: expect.any(Number),
      });
    });

    test('has its id in the environment, the C locale and an empty standard input', async () => {
      const { run } = closeLater(sshTo(accessTo(sshd)));
      expect((await run('echo $FLEETMARK_COMMAND $LC_ALL; cat')).stdout).toBe('run-1/cpu/1 C\n');
    });

    test('ended by a signal has no exit code', async () => {
      const { run } = closeLater(sshTo(accessTo(sshd)));
      expect(await run('kill -SEGV $$')).toMatchObject({ exitCode: null, signal: 'SIGSEGV', stderr: '' });
    });

    test('may be long, and is refused if it is too long for a shell', async () => {
      const { run } = closeLater(sshTo(accessTo(sshd)));
      const text = 'x'.repeat(110_000);
      expect((await run(`printf %s '${text}' | wc -c`)).stdout.trim()).toBe('110000');
      await expect(run(`: ${text} ${text}`)).rejects.toMatchObject({ kind: 'InvalidConfig' });
    });

    test('may print any bytes to both streams, up to the output limit of a job', async () => {
      const { run } = closeLater(sshTo(accessTo(sshd)));
      const maximum = await run('head -c 262144 /dev/zero; head -c 262144 /dev/zero >&2');
      expect(maximum).toMatchObject({ stdout: '\0'.repeat(1 << 18), stderr: '\0'.repeat(1 << 18), truncated: false });
      expect(await run(`printf '\\n@@\\n\\377\\000 5 µs'`)).toMatchObject({ stdout: '\n@@\n\ufffd\0 5 µs' });
    });

    test.each(['yes', 'yes >&2'])(
      'that prints more than the limit is killed and fails as a job does: %s',
      async (command) => {
        const { run } = closeLater(sshTo(accessTo(sshd)));
        const commandId = newJob();
        await expect(run(command, { commandId })).rejects.toMatchObject({
          kind: 'UnreadableOutput',
          message: expect.stringMatching(
            /^the command printed more than 256 KiB to its standard output or error, and was killed: above this limit/
          ),
        });
        expect(processesOf(commandId)).toBe(0);
      }
    );

    test('ends although its background processes continue, and they are killed', async () => {
      const { run } = closeLater(sshTo(accessTo(sshd)));
      const commandId = newJob();
      expect(await run('sleep 1000 & (trap "" TERM HUP; sleep 1000) & echo done', { commandId })).toMatchObject({
        stdout: 'done\n',
      });
      await vi.waitFor(() => expect(processesOf(commandId)).toBe(0), soon);
    });
  });

  describe('a cancelled command', () => {
    test.each([
      ['a single process', 'sleep 1000'],
      ['a pipeline with a background process', 'sleep 1000 & while :; do sleep 1; done | cat | cat >&2'],
      ['a process that ignores TERM', `trap '' TERM HUP; while :; do sleep 1; done`],
    ])('has ended before the promise rejects: %s', async (_what, command) => {
      const ssh = closeLater(sshTo(accessTo(sshd)));
      const abort = new AbortController();
      const { commandId, result } = await endless(ssh, command, { signal: abort.signal });
      expect(processesOf(commandId)).toBeGreaterThan(0);
      abort.abort(new Error('cancelled by the operator'));
      await expect(result).rejects.toThrow('cancelled by the operator');
      expect(processesOf(commandId)).toBe(0);
      expect((await ssh.run('echo on')).stdout).toBe('on\n');
    });

    test('never runs if it was still waiting for its turn', async () => {
      const ssh = closeLater(sshTo(accessTo(sshd)));
      const abort = new AbortController();
      const others = await Promise.all([1, 2, 3].map(() => endless(ssh, 'sleep 1000', { signal: abort.signal })));
      const early = new AbortController();
      const file = path.join(dir, 'never');
      const waiting = ssh.run(`: >${file}`, { signal: early.signal });
      early.abort(new Error('changed my mind'));
      await expect(waiting).rejects.toThrow('changed my mind');
      abort.abort(new Error('enough'));
      await Promise.allSettled(others.map(({ result }) => result));
      expect(readdirSync(dir)).not.toContain('never');
    });

    test('does not connect if it was cancelled beforehand', async () => {
      const before = accepted(sshd);
      const { run } = closeLater(sshTo(accessTo(sshd)));
      await expect(run('true', { signal: AbortSignal.abort(new Error('no')) })).rejects.toThrow('no');
      expect(accepted(sshd)).toBe(before);
    });
  });

  test('a command that exceeds its timeout is killed, and the failure names the timeout', async () => {
    const ssh = closeLater(sshTo(accessTo(sshd)));
    const { commandId, result } = await endless(ssh, 'sleep 1000', { timeoutMs: 300 });
    await expect(result).rejects.toMatchObject({
      kind: 'BenchmarkTimedOut',
      message: 'the command was still running after 0.3 s, and was killed',
    });
    expect(processesOf(commandId)).toBe(0);
  });

  describe('a connection', () => {
    test('is shared by all commands of a server, three at a time', async () => {
      const before = accepted(sshd);
      const { run } = closeLater(sshTo(accessTo(sshd)));
      const file = path.join(dir, 'turns');
      const command = `echo in >>${file}; until [ $(grep -c in ${file}) -ge 3 ]; do sleep 0.05; done; echo out >>${file}`;
      const results = await Promise.all(Array.from({ length: 15 }, () => run(command)));
      expect(results.map(({ exitCode }) => exitCode)).toEqual(Array(15).fill(0));
      expect(accepted(sshd) - before).toBe(1);
      let inside = 0;
      const turns = readFileSync(file, 'utf8').trim().split('\n');
      const maximum = Math.max(...turns.map((turn) => (inside += turn === 'in' ? 1 : -1)));
      expect(turns).toHaveLength(30);
      expect(maximum).toBe(3);
    });

    test('reports its endpoint, and later commands share it', async () => {
      const before = accepted(sshd);
      const { run, connection } = closeLater(sshTo(accessTo(sshd)));
      const shown = execFileSync('ssh-keygen', ['-lf', path.join(sshd.dir, 'host_ed25519.pub')], { encoding: 'utf8' });
      const facts = await connection();
      expect(facts).toEqual({
        ...{ user: sshd.user, host: '127.0.0.1', port: sshd.port, trusted: 'known_hosts' },
        hostKey: shown.split(' ')[1],
        target: expect.stringMatching(/^[0-9a-f]{64}$/),
      });
      await run('true');
      expect(await connection()).toEqual(facts);
      expect(accepted(sshd) - before).toBe(1);
    });

    test('runs nothing on a server other than the requested target', async () => {
      const access = accessTo(sshd);
      const { run, connection } = closeLater(sshTo(access, { routeOf: async () => access.server }));
      const { target } = await connection();
      const file = path.join(dir, 'not_there');
      const command = `: >${file}`;
      expect(await run('echo here', { target })).toMatchObject({ stdout: 'here\n' });
      const own = await sshdForTest();
      access.server = { ...access.server, port: own.port };
      await expect(run(command, { target })).rejects.toMatchObject({
        kind: 'TargetChanged',
        message: `the inventory of this worker leads to ${own.user}@127.0.0.1:${own.port}, but the run began on another server`,
      });
      access.server = { ...access.server, port: sshd.port };
      const otherKey = target.slice(0, 63) + (target.endsWith('0') ? '1' : '0');
      await expect(run(command, { target: otherKey })).rejects.toMatchObject({
        kind: 'TargetChanged',
        message: expect.stringContaining('presents the host key SHA256:'),
      });
      expect(own.log()).not.toContain('Connection from');
      expect(readdirSync(dir)).not.toContain('not_there');
    });

    test('sends small messages without delay', async () => {
      const setNoDelay = vi.spyOn(Socket.prototype, 'setNoDelay');
      await closeLater(sshTo(accessTo(sshd))).run('true');
      expect(setNoDelay).toHaveBeenCalledWith(true);
      setNoDelay.mockRestore();
    });

    test('is closed after its idle time, and opened again on demand', async () => {
      const own = await sshdForTest();
      const { run } = closeLater(sshTo(accessTo(own), { idleMs: 10 }));
      await run('true');
      await vi.waitFor(() => expect(own.log()).toMatch(/Connection closed by|Connection reset by/), soon);
      await run('true');
      expect(accepted(own)).toBe(2);
    });

    test('that died while idle is silently replaced', async () => {
      const own = await sshdForTest();
      const { run } = closeLater(sshTo(accessTo(own)));
      await run('true');
      expect(own.killSessions()).toBeGreaterThan(0);
      expect(await run('echo again')).toMatchObject({ stdout: 'again\n' });
    });

    test('that breaks during a command fails the command, which is killed on the server', async () => {
      const own = await sshdForTest();
      const ssh = closeLater(sshTo(accessTo(own)));
      const { commandId, result } = await endless(ssh, `trap '' TERM; while :; do sleep 0.2; done`);
      own.killSessions();
      await expect(result).rejects.toMatchObject({ kind: 'ConnectionLost' });
      await vi.waitFor(() => expect(processesOf(commandId)).toBe(0), soon);
      expect((await ssh.run('echo on')).stdout).toBe('on\n');
    });

    test('that goes silent is lost after three unanswered keepalives', async () => {
      await withProxy(async ({ access, blackHole }) => {
        const ssh = closeLater(sshTo(access, { keepaliveMs: 300 }));
        const { result } = await endless(ssh, 'sleep 1000');
        await ssh.run('true'); // its answer comes after the line that says that the first command began
        blackHole();
        await expect(result).rejects.toMatchObject({
          kind: 'ConnectionLost',
          message: 'the connection was lost while the command ran: Keepalive timeout',
        });
      });
    });

    test('that goes silent can still be closed', async () => {
      await withProxy(async ({ access, blackHole }) => {
        const ssh = sshTo(access);
        const { result } = await endless(ssh, 'sleep 1000');
        blackHole();
        await ssh.close();
        await expect(result).rejects.toMatchObject({ kind: 'ConnectionLost' });
      });
    });

    test('that goes silent does not delay a cancelled command', async () => {
      await withProxy(async ({ access, blackHole }) => {
        const ssh = closeLater(sshTo(access));
        const abort = new AbortController();
        const { result } = await endless(ssh, 'sleep 1000', { signal: abort.signal });
        blackHole();
        abort.abort(new Error('cancelled'));
        await expect(result).rejects.toThrow('cancelled');
      });
    });

    test('is replaced when the inventory changes the user or the key', async () => {
      const before = accepted(sshd);
      const access = accessTo(sshd);
      const { run } = closeLater(sshTo(access, { routeOf: async () => access.server }));
      await run('true');
      const copy = path.join(dir, 'same_key');
      writeFileSync(copy, readFileSync(sshd.keyFile), { mode: 0o600 });
      access.server = { ...access.server, identities: [{ keyFile: copy }] };
      await run('true');
      await run('true');
      expect(accepted(sshd) - before).toBe(2);
    });

    test('is refused after close, and running commands end at once', async () => {
      const ssh = sshTo(accessTo(sshd));
      const { commandId, result } = await endless(ssh, 'sleep 1000');
      await ssh.close();
      await expect(result).rejects.toMatchObject({ kind: 'ConnectionLost' });
      await expect(ssh.run('true')).rejects.toMatchObject({ kind: 'ConnectionLost' });
      await vi.waitFor(() => expect(processesOf(commandId)).toBe(0), soon);
    });

    test('exchanges keys repeatedly, and verifies the host key each time', async () => {
      const own = await sshdForTest({ config: ['RekeyLimit 100K'] });
      const { run } = closeLater(sshTo(accessTo(own)));
      for (let looks = 1; looks <= 8; looks++) {
        expect((await run('head -c 200000 /dev/zero; echo; echo whole')).stdout).toMatch(/\nwhole\n$/);
      }
    });
  });

  describe('an unusual server', () => {
    test('may allow only one session at a time', async () => {
      const own = await sshdForTest({ config: ['MaxSessions 1'] });
      const { run } = closeLater(sshTo(accessTo(own)));
      const results = await Promise.all(Array.from({ length: 4 }, (_, i) => run(`echo ${i}`)));
      expect(results.map(({ stdout }) => stdout)).toEqual(['0\n', '1\n', '2\n', '3\n']);
    });

    test('that allows no sessions is reported as such', async () => {
      const own = await sshdForTest({ config: ['MaxSessions 0'] });
      await expect(closeLater(sshTo(accessTo(own))).run('true')).rejects.toMatchObject({
        kind: 'HostUnsuitable',
        message: expect.stringContaining('refused to open a session'),
      });
    });

    test('may print a greeting on both streams before it runs our script', async () => {
      const config = ['ForceCommand echo Welcome; echo Warning >&2; eval "$SSH_ORIGINAL_COMMAND"'];
      const own = await sshdForTest({ config });
      const result = await closeLater(sshTo(accessTo(own))).run('echo out; echo err >&2');
      expect(result).toMatchObject({ stdout: 'out\n', stderr: 'err\n' });
    });

    test('without a usable shell is reported with its own message', async () => {
      const config = ['ForceCommand echo This account is currently not available.; exit 1'];
      const own = await sshdForTest({ config });
      await expect(closeLater(sshTo(accessTo(own))).run('true')).rejects.toMatchObject({
        kind: 'HostUnsuitable',
        message:
          'its login shell ends (1) without running our script; it says: This account is currently not available.',
      });
    });

    test('may run our shell as a child of another shell', async () => {
      const own = await sshdForTest({ config: ['ForceCommand sh -c "$SSH_ORIGINAL_COMMAND"; exit $?'] });
      const ssh = closeLater(sshTo(accessTo(own)));
      expect(await ssh.run('exit 4')).toMatchObject({ exitCode: 4 });
    });
  });

  test('a server with several host keys proves only the one that was accepted', async () => {
    const own = await sshdForTest({ hostKeyTypes: ['ed25519', 'ecdsa'] });
    const file = path.join(dir, 'host-keys.log');
    const log = createLogger({ file }, 'debug');
    const ssh = sshTo(accessTo(own), { log });
    await ssh.run('true');
    await ssh.close();
    await log.close();
    const text = readFileSync(file, 'utf8');
    expect(text).toContain('Inbound: GLOBAL_REQUEST (hostkeys-00@openssh.com)');
    expect(text).not.toContain('hostkeys-prove');
  });

  test('the log tells the story of one server, including the lines of ssh2, and contains no key', async () => {
    const file = path.join(dir, 'trace.log');
    const log = createLogger({ file }, 'trace');
    const ssh = sshTo(accessTo(sshd), { log });
    await withLogContext({ serverId: 'web-1', benchmark: 'gpu', run: 'fleet-1' }, () => ssh.run('true'));
    await ssh.close();
    await log.close();
    const text = readFileSync(file, 'utf8');
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.flatMap(({ ssh2 = [] }) => ssh2).length).toBeGreaterThan(10);
    expect(new Set(lines.map(({ serverId }) => serverId))).toEqual(new Set(['web-7']));
    const ofBenchmark = lines.flatMap((line) => ('benchmark' in line && (line['ssh2'] as string[] | undefined)) || []);
    expect(ofBenchmark.filter((line) => line.startsWith('Inbound'))).toEqual([]);
    const key = readFileSync(sshd.keyFile, 'utf8').split('\n').slice(1, -2);
    for (const line of key) expect(text).not.toContain(line);
  });
});
