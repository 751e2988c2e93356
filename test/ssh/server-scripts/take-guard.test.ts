import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../support/processes.ts';
import { LocalServer, processesOf, shells, skipsShell } from './local-server.ts';

let counter = 0;
/** One machine per test. */
const newGuard = (): string => `${process.pid}${(counter += 1)}`;
const newRun = (): string => `run${process.pid}g${(counter += 1)}x`;

describe.each(Object.keys(shells))('in %s', (shell) => {
  describe
    .skipIf(skipsShell(shell))
    .concurrent('the guard of a machine (skipped where this shell is not installed)', () => {
      let server: LocalServer;
      const jobs: string[] = [];

      beforeAll(async () => {
        server = new LocalServer(shell);
        await server.probe();
      });
      afterAll(async () => {
        for (const job of jobs) if (processesOf(job).length > 0) await server.cancel(job);
      });

      const ownerOf = async (answer: ReturnType<LocalServer['hold']>): Promise<string[]> => {
        const { fields, out } = await answer;
        return [fields['owner'] ?? '', out.toString()];
      };
      const free = ['', ''];
      const startFor = async (guard: string, run: string, command = 'sleep 300') => {
        const job = `${run}.cpu.1.1`;
        jobs.push(job);
        const { fields } = await server.start(job, command, { GUARD: guard, RUN: run });
        return { job, fields };
      };
      const file = (guard: string): string => server.path('.guards', guard);
      const rewrite = (guard: string, change: (words: string[]) => void): void => {
        const words = readFileSync(file(guard), 'utf8').split(' ');
        change(words);
        writeFileSync(file(guard), words.join(' '));
      };
      const expire = (guard: string): void => rewrite(guard, (words) => (words[2] = '1'));

      test('is held by one run, which may take it again; another run learns the holder, and gets it after the end', async () => {
        const [guard, first, second] = [newGuard(), newRun(), newRun()];
        expect(await ownerOf(server.hold(guard, first))).toEqual(free);
        expect(await ownerOf(server.hold(guard, first))).toEqual(free);
        expect(await ownerOf(server.hold(guard, second))).toEqual([first, `holder of ${first}`]);
        expect(await ownerOf(server.hold(newGuard(), second))).toEqual(free);
        await server.clean(first, guard);
        expect(await ownerOf(server.hold(guard, second))).toEqual(free);
      });

      test('is taken by one of eight simultaneous runs, even if an expired one is in the way', async () => {
        const guard = newGuard();
        for (let round = 0; round < 5; round += 1) {
          const runs = Array.from({ length: 8 }, newRun);
          const answers = await Promise.all(runs.map((run) => ownerOf(server.hold(guard, run))));
          const taken = runs.filter((_run, index) => answers[index]![0] === '');
          expect(taken).toHaveLength(1);
          expect(readFileSync(file(guard), 'utf8')).toContain(`${taken[0]} `);
          expire(guard);
        }
      });

      test('is taken although a shell was killed while it replaced an expired one', async () => {
        const [guard, first, second] = [newGuard(), newRun(), newRun()];
        const heir = server.path('.guards', `.heir.${guard}`);
        await server.hold(guard, first);
        const living = readFileSync(file(guard), 'utf8');
        expire(guard);
        writeFileSync(heir, living);
        expect(await ownerOf(server.hold(guard, second))).toEqual([first, `holder of ${first}`]);
        for (const left of [readFileSync(file(guard), 'utf8'), '']) {
          writeFileSync(heir, left);
          expect(await ownerOf(server.hold(guard, second))).toEqual(free);
          expect(existsSync(heir)).toBe(false);
          expire(guard);
        }
      });

      test('lets only jobs of its run start, and still answers for existing jobs', async () => {
        const [guard, first, second] = [newGuard(), newRun(), newRun()];
        expect((await startFor(guard, first)).fields).toEqual({ error: 'unheld' });
        await server.hold(guard, first);
        expect((await startFor(guard, first, 'echo done')).fields).toMatchObject({ state: expect.any(String) });
        expect((await startFor(guard, second)).fields).toEqual({ error: 'unheld' });
        await eventually(
          async () => (await server.poll(`${first}.cpu.1.1`)).fields['state'],
          (state) => state === 'exited'
        );
        await server.clean(first, guard);
        await server.hold(guard, second);
        expect(readdirSync(server.base).filter((name) => name.startsWith(second))).toEqual([]);
      });

      test('stays valid after its time while a job of its run is running, and every poll renews it', async () => {
        const [guard, first, second] = [newGuard(), newRun(), newRun()];
        await server.hold(guard, first);
        const { job } = await startFor(guard, first);
        expire(guard);
        expect(await ownerOf(server.hold(guard, second))).toEqual([first, `holder of ${first}`]);
        await server.poll(job, { GUARD: guard, RUN: first, WAIT: 0 });
        expect(Number(readFileSync(file(guard), 'utf8').split(' ')[2])).toBeGreaterThan(1);
        await server.cancel(job);
        expect((await ownerOf(server.hold(guard, second)))[0]).toBe(first);
      });

      test('expires after its time, or a restart of the machine or container, and the next run removes leftovers', async () => {
        const rebooted = (guard: string): void => rewrite(guard, (words) => (words[1] = 'another-boot'));
        // A container has the boot id of its host, but its uptime starts again at zero.
        const restarted = (guard: string): void => rewrite(guard, (words) => (words[2] = `${2 ** 52}`));
        const unreadable = (guard: string): void => rewrite(guard, (words) => (words[2] = 'x[0]'));
        for (const die of [expire, rebooted, restarted, unreadable]) {
          const [guard, first, second] = [newGuard(), newRun(), newRun()];
          await server.hold(guard, first);
          const { job } = await startFor(guard, first, 'echo left');
          await eventually(
            async () => (await server.poll(job)).fields['state'],
            (state) => state === 'exited'
          );
          const [note] = readdirSync(server.path(job)).filter((name) => name.startsWith('temporary.'));
          die(guard);
          expect(await ownerOf(server.hold(guard, second, 'look'))).toEqual(free);
          expect(existsSync(server.path(job))).toBe(true);
          expect(await ownerOf(server.hold(guard, second))).toEqual(free);
          expect(existsSync(server.path(job))).toBe(false);
          expect(server.temporaryFolders()).not.toContain(note!.replace('temporary.', '.t'));
          expect((await startFor(guard, first)).fields).toMatchObject({ error: 'unheld' });
        }
      });

      test('passes to the next run if its run is known to have ended: its job is killed, and its folder removed', async () => {
        const [guard, first, second] = [newGuard(), newRun(), newRun()];
        await server.hold(guard, first);
        const { job } = await startFor(guard, first, "trap '' TERM; sleep 301; sleep 302");
        expect((await ownerOf(server.hold(guard, second)))[0]).toBe(first);
        expect(await ownerOf(server.hold(guard, second, 'take', first))).toEqual(free);
        expect(processesOf(job)).toEqual([]);
        expect(existsSync(server.path(job))).toBe(false);
        expect((await server.start(job, 'true')).fields).toMatchObject({ detail: 'cleaned' });
      });

      test('lets no job of a run that is known to have ended start, even one that has seen the guard before', async () => {
        const [guard, first, second] = [newGuard(), newRun(), newRun()];
        await server.hold(guard, first);
        expect(await ownerOf(server.hold(guard, second, 'take', first))).toEqual(free);
        expect((await server.start(`${first}.cpu.1.1`, 'true')).fields).toMatchObject({ detail: 'cleaned' });
      });

      test.skipIf(process.getuid?.() !== 0)(
        'is taken even if an earlier run has left undeletable files (skipped unless run as root)',
        async () => {
          const [guard, first, second] = [newGuard(), newRun(), newRun()];
          await server.hold(guard, first);
          const { job } = await startFor(guard, first);
          const busy = server.path(job, 'work', 'busy');
          await eventually(() => existsSync(server.path(job, 'work', 'cache')), Boolean);
          mkdirSync(busy);
          execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', busy]);
          try {
            expect((await server.hold(guard, second, 'take', first)).fields).toMatchObject({ owner: '' });
            expect(processesOf(job)).toEqual([]);
            expect((await startFor(guard, second, 'true')).fields).toMatchObject({ state: expect.any(String) });
          } finally {
            execFileSync('umount', ['-l', busy]);
          }
        }
      );

      test('is not taken while a job of another run is running, even if no run holds it', async () => {
        const [guard, first, second] = [newGuard(), newRun(), newRun()];
        await server.hold(guard, first);
        await startFor(guard, first);
        await server.hold(guard, first, 'drop');
        expect(await ownerOf(server.hold(guard, second))).toEqual([first, `holder of ${first}`]);
        expect(existsSync(file(guard))).toBe(false);
      });

      test('can be inspected without writing anything, and is not released by a run that does not hold it', async () => {
        const [guard, first, second] = [newGuard(), newRun(), newRun()];
        expect(await ownerOf(server.hold(guard, first, 'look'))).toEqual(free);
        expect(existsSync(file(guard))).toBe(false);
        await server.hold(guard, first);
        await server.hold(guard, second, 'drop');
        await server.clean(second, guard);
        expect(await ownerOf(server.hold(guard, second, 'look'))).toEqual([first, `holder of ${first}`]);
        expect(await ownerOf(server.hold(guard, second, 'look', first))).toEqual(free);
        await server.hold(guard, first, 'drop');
        expect(existsSync(file(guard))).toBe(false);
      });
    });
});
