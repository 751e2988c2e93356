import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually, isRunning } from '../../support/processes.ts';
import { hasSudo, LocalServer, shells, skipsShell } from './local-server.ts';

/** No account of this machine. */
const UID = 61_234;
let counter = 0;
const newJob = () => `kill${process.pid}.${counter++}x`;

describe.each(Object.keys(shells))('in %s', (shell) => {
  describe.skipIf(skipsShell(shell)).concurrent('a process that has cleared its environment', () => {
    let server: LocalServer;
    const killers: (() => unknown)[] = [];

    beforeAll(async () => {
      server = new LocalServer(shell, null, hasSudo() ? UID : undefined);
      await server.probe();
    });
    afterAll(() => killers.forEach((kill) => kill()));

    const readPid = (file: string) => {
      const pid = Number(readFileSync(file, 'utf8'));
      killers.push(() => isRunning(pid) && process.kill(pid, 'SIGKILL'));
      return pid;
    };
    const runnerOf = (name: string) => Number(readFileSync(server.path(name, 'run'), 'utf8').split(' ')[0]);

    describe.skipIf(!hasSudo())('in the session of a job, as root (skipped without root and setpriv)', () => {
      /** Starts a job; a process that root runs for it. */
      async function jobWithRoot(more = {}, output = '>/dev/null 2>&1') {
        const name = newJob();
        const file = path.join(server.dir, name);
        const load = `${server.sudo()} /bin/sh -c 'echo $$ >${file}; exec /usr/bin/sleep 600'`;
        await server.start(name, `${load} ${output}`, more);
        await eventually(() => existsSync(file) && readFileSync(file, 'utf8').endsWith('\n'), Boolean);
        return { name, pid: readPid(file) };
      }
      const named = (pid: number) => `${pid} other sleep\n`;

      test.each([
        ['ends by itself', '>/dev/null 2>&1'],
        ['is killed, since its output is still open', ''],
      ])('is named when its job is cancelled and %s, and when it is cleaned', async (_how, output) => {
        const { name, pid } = await jobWithRoot({}, output);
        expect((await server.cancel(name)).out.toString()).toBe(named(pid));
        expect((await server.clean(name)).out.toString()).toBe(named(pid));
      });

      test('is no longer named when it has ended', async () => {
        const { name, pid } = await jobWithRoot();
        process.kill(pid, 'SIGKILL');
        expect((await server.cancel(name)).out.toString()).toBe('');
      });

      test('is named when its job has reached its time limit', async () => {
        const { name, pid } = await jobWithRoot({ MAXIMUM: 1, WAIT: 20 });
        const { fields } = await server.poll(name);
        expect(fields).toMatchObject({ state: 'exited', detail: expect.stringContaining('.timeout.') });
        expect((await server.clean(name)).out.toString()).toBe(named(pid));
      });

      test('is named when its job was killed, before and after the watchdog has noticed', async () => {
        for (const isNoticed of [false, true]) {
          const { name, pid } = await jobWithRoot();
          const runner = runnerOf(name);
          process.kill(runner, 'SIGKILL');
          await eventually(
            () => isRunning(runner),
            (is) => !is
          );
          if (isNoticed) await eventually(() => existsSync(server.path(name, 'alive')), Boolean);
          expect((await server.clean(name)).out.toString()).toBe(named(pid));
        }
      });
    });

    test('but is in the session of a job is killed with the job, even if it has left its group', async () => {
      const name = newJob();
      const file = path.join(server.dir, name);
      // `timeout` leads a group of its own.
      const load = `env -i /usr/bin/timeout 600 /usr/bin/sleep 600 >/dev/null 2>&1 & echo $! >${file}
        while read -r _ _ _ _ group _ </proc/$!/stat && [ "$group" != $! ]; do :; done`;
      const { fields } = await server.start(name, load, { WAIT: 20 });
      expect([fields['state'], isRunning(readPid(file))]).toEqual(['exited', false]);
    });

    test('is neither killed nor named if a later session has the id of the one of a job', async () => {
      const name = newJob();
      await server.start(name, 'true', { WAIT: 20 });
      const file = path.join(server.dir, name);
      // Its leader ends at once, so that only the time tells.
      const later = spawn('/bin/sh', ['-c', `env -i sleep 600 & echo $! >${file}`], {
        detached: true,
        stdio: 'ignore',
      });
      await new Promise((resolve) => later.once('exit', resolve));
      const pid = readPid(file);
      const [, ...record] = readFileSync(server.path(name, 'run'), 'utf8').split(' ');
      writeFileSync(server.path(name, 'run'), [later.pid, ...record].join(' '));
      expect((await server.clean(name)).out.toString()).toBe('');
      expect(isRunning(pid)).toBe(true);
    });
  });
});
