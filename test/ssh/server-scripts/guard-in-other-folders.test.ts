import {
  chmodSync,
  chownSync,
  existsSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventually } from '../../support/processes.ts';
import { LocalServer, processesOf, shells, skipsShell } from './local-server.ts';

let counter = 0;
const newRun = (): string => `run${process.pid}e${(counter += 1)}x`;
const guard = '5e1f';
const free = ['', ''];
const heldBy = (run: string): string[] => [run, `holder of ${run}`];

async function ownerOf(answer: ReturnType<LocalServer['hold']>): Promise<string[]> {
  const { fields, out } = await answer;
  return [fields['owner'] ?? JSON.stringify(fields), out.toString()];
}

const fileOf = (server: LocalServer): string => server.path('.guards', guard);

function expire(server: LocalServer): void {
  const words = readFileSync(fileOf(server), 'utf8').split(' ');
  words[2] = '1';
  writeFileSync(fileOf(server), words.join(' '));
}

/** A job of the finished run, or a running one. */
async function jobOf(run: string, server: LocalServer, command = 'true'): Promise<string> {
  const job = `${run}.cpu.1.1`;
  await server.start(job, command, { GUARD: guard, RUN: run });
  if (command === 'true') await server.poll(job);
  return job;
}

describe.each(Object.keys(shells))('in %s', (shell) => {
  /** One server on which two runs keep their jobs in different folders: /var/tmp and HOME. */
  const twoFolders =
    (body: (inVarTmp: LocalServer, inHome: LocalServer) => Promise<unknown>) => async (): Promise<void> => {
      const inVarTmp = new LocalServer(shell);
      const inHome = new LocalServer(shell, inVarTmp);
      try {
        await inVarTmp.probe();
        await inHome.probe(inHome.home);
        expect(inVarTmp.base).not.toBe(inHome.base);
        await body(inVarTmp, inHome);
      } finally {
        inVarTmp.remove();
      }
    };

  describe
    .skipIf(skipsShell(shell))
    .concurrent('two runs with different job folders on a server (skipped where this shell is not installed)', () => {
      test(
        'exclude each other: the second learns who holds the guard, and gets it only after the first has ended',
        twoFolders(async (inVarTmp, inHome) => {
          for (const [theirs, ours] of [[inVarTmp, inHome] as const, [inHome, inVarTmp] as const]) {
            const [first, second] = [newRun(), newRun()];
            expect(await ownerOf(theirs.hold(guard, first))).toEqual(free);
            expect(await ownerOf(ours.hold(guard, second))).toEqual(heldBy(first));
            expect(await ownerOf(ours.hold(guard, second, 'look'))).toEqual(heldBy(first));
            expect(existsSync(fileOf(ours))).toBe(false);
            expect(await ownerOf(ours.hold(`0ce4${counter}`, second))).toEqual(free);
            expect((await ours.start(`${second}.cpu.1.1`, 'true', { GUARD: guard, RUN: second })).fields).toEqual({
              error: 'unheld',
            });
            expect(await ownerOf(theirs.hold(guard, first))).toEqual(free);
            await theirs.clean(first, guard);
            expect(await ownerOf(ours.hold(guard, second))).toEqual(free);
            await ours.clean(second, guard);
          }
        })
      );

      test(
        'is never held by two runs: of eight simultaneous runs at most one holds it, and one finally does',
        twoFolders(async (inVarTmp, inHome) => {
          for (let round = 0; round < 3; round += 1) {
            const runs = Array.from({ length: 8 }, newRun);
            const folderOf = (run: string): LocalServer => (runs.indexOf(run) % 2 === 0 ? inVarTmp : inHome);
            const taken = new Set<string>();
            await eventually(
              async () => {
                const waiting = runs.filter((run) => !taken.has(run));
                const owners = await Promise.all(waiting.map((run) => ownerOf(folderOf(run).hold(guard, run))));
                for (const [index, [owner]] of owners.entries()) if (owner === '') taken.add(waiting[index]!);
                return taken.size;
              },
              (size) => size > 0
            );
            expect(taken.size).toBe(1);
            const [run] = taken;
            for (const other of runs) {
              const answer = await ownerOf(folderOf(other).hold(guard, other));
              expect(answer).toEqual(other === run ? free : heldBy(run!));
            }
            await folderOf(run!).clean(run!, guard);
          }
        })
      );

      test(
        'is valid until it expires and while its jobs run; then it is ignored, and leftovers of its run are removed',
        twoFolders(async (inVarTmp, inHome) => {
          const [first, second] = [newRun(), newRun()];
          await inVarTmp.hold(guard, first);
          const running = await jobOf(first, inVarTmp, 'sleep 300');
          expire(inVarTmp);
          expect(await ownerOf(inHome.hold(guard, second))).toEqual(heldBy(first));
          await inVarTmp.hold(guard, first, 'drop');
          expect(await ownerOf(inHome.hold(guard, second))).toEqual(heldBy(first));
          await inVarTmp.cancel(running);
          expect(await ownerOf(inHome.hold(guard, second, 'look'))).toEqual(free);
          expect(existsSync(inVarTmp.path(running))).toBe(true);
          expect(await ownerOf(inHome.hold(guard, second))).toEqual(free);
          expect(existsSync(inVarTmp.path(running))).toBe(false);
        })
      );

      test(
        'is lost after it has expired, and its run learns which run holds the guard in another folder',
        twoFolders(async (inVarTmp, inHome) => {
          const [first, second] = [newRun(), newRun()];
          await inVarTmp.hold(guard, first);
          expire(inVarTmp);
          expect(await ownerOf(inHome.hold(guard, second))).toEqual(free);
          const { fields } = await inVarTmp.start(`${first}.cpu.1.1`, 'true', { GUARD: guard, RUN: first });
          expect(fields).toEqual({ error: 'unheld' });
          expect(await ownerOf(inVarTmp.hold(guard, first))).toEqual(heldBy(second));
        })
      );

      test(
        'of a run that is known to have ended is removed with its job, and none of its jobs starts again',
        twoFolders(async (inVarTmp, inHome) => {
          const [first, second, third] = [newRun(), newRun(), newRun()];
          await inVarTmp.hold(guard, first);
          const job = await jobOf(first, inVarTmp, "trap '' TERM; sleep 301; sleep 302");
          expect(await ownerOf(inHome.hold(guard, second, 'look', first))).toEqual(free);
          expect(processesOf(job)).not.toEqual([]);
          expect(await ownerOf(inHome.hold(guard, second, 'take', first))).toEqual(free);
          expect(processesOf(job)).toEqual([]);
          expect(existsSync(inVarTmp.path(job))).toBe(false);
          expect(existsSync(fileOf(inVarTmp))).toBe(false);
          expect((await inVarTmp.start(`${first}.cpu.1.2`, 'true')).fields).toMatchObject({ detail: 'cleaned' });
          expect(await ownerOf(inVarTmp.hold(guard, third))).toEqual(heldBy(second));
        })
      );

      test(
        'of the same run is no obstacle, and is removed when the run takes another folder',
        twoFolders(async (inVarTmp, inHome) => {
          const [run, next] = [newRun(), newRun()];
          await inVarTmp.hold(guard, run);
          expect(await ownerOf(inHome.hold(guard, run))).toEqual(free);
          await inHome.clean(run, guard);
          expect(await ownerOf(inVarTmp.hold(guard, next))).toEqual(free);
        })
      );

      test(
        'in a folder that is another path to our folder is our guard',
        twoFolders(async (inVarTmp, inHome) => {
          const [first, second] = [newRun(), newRun()];
          renameSync(inHome.home, `${inHome.home}-2`);
          symlinkSync(inVarTmp.varTmp, inHome.home);
          for (let times = 0; times < 2; times += 1) {
            expect(await ownerOf(inVarTmp.hold(guard, first))).toEqual(free);
            expect(readFileSync(fileOf(inVarTmp), 'utf8')).toContain(`${first} `);
          }
          expect(await ownerOf(inVarTmp.hold(guard, second))).toEqual(heldBy(first));
        })
      );

      test.each(['XDG_STATE_HOME', 'TMPDIR'])(
        'is found below %s too, even by a check without a folder of its own',
        (name) =>
          twoFolders(async (inVarTmp, inHome) => {
            const run = newRun();
            await inHome.hold(guard, run);
            for (const each of [inVarTmp, inHome]) {
              each.environment[name] = each.home;
              each.environment['HOME'] = '/nonexistent';
            }
            expect(await ownerOf(inVarTmp.hold(guard, newRun()))).toEqual(heldBy(run));
            rmSync(inVarTmp.base, { recursive: true });
            expect(await ownerOf(inVarTmp.hold(guard, newRun(), 'look'))).toEqual(heldBy(run));
            expect(existsSync(inVarTmp.base)).toBe(false);
          })()
      );

      const distrusted: Record<string, (inHome: LocalServer) => void> = {
        'is a link': ({ base, dir }) => {
          renameSync(base, path.join(dir, 'elsewhere'));
          symlinkSync(path.join(dir, 'elsewhere'), base);
        },
        'others could replace': ({ home }) => chmodSync(home, 0o777),
        ...(process.getuid?.() === 0 && { 'is of another user': ({ base }) => chownSync(base, 4242, 4242) }),
      };
      test.each(Object.entries(distrusted))(
        'is ignored in a folder that %s, and nothing is removed there',
        (_, spoil) =>
          twoFolders(async (inVarTmp, inHome) => {
            const [first, second] = [newRun(), newRun()];
            await inHome.hold(guard, first);
            const job = await jobOf(first, inHome);
            spoil(inHome);
            expect(await ownerOf(inVarTmp.hold(guard, second))).toEqual(free);
            expect(existsSync(inHome.path(job))).toBe(true);
            expect(await ownerOf(inVarTmp.hold(guard, second, 'take', first))).toEqual(free);
            expect(existsSync(inHome.path(job))).toBe(true);
          })()
      );
    });
});
