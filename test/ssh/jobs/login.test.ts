import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { skipsWithoutSshd, startSshd } from '../../support/sshd.ts';
import { Lab } from './lab.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const root = process.getuid?.() === 0;
const skips = (program: string) => !existsSync(program) && process.env['CI'] !== 'true';

/** An sshd whose users have the given login shell and HOME. sshd passes each command to that shell with `-c`. */
async function loggingIn(
  { shell, home }: { shell?: string; home?: string },
  use: (lab: Lab) => Promise<void>
): Promise<void> {
  const config = [
    ...(shell ? [`ForceCommand exec ${shell} -c "$SSH_ORIGINAL_COMMAND"`] : []),
    ...(home ? [`SetEnv HOME=${home}`] : []),
  ];
  const sshd = await startSshd({ config });
  const lab = new Lab(sshd);
  try {
    await use(lab);
  } finally {
    await lab.close();
    await sshd.stop();
  }
}

async function withHome(prepare: (home: string) => void, use: (home: string) => Promise<void>): Promise<void> {
  const home = temporaryFolder('home');
  prepare(home);
  await use(home);
}

const result = { exitCode: 3, stdout: "it's ok\n", stderr: 'err\n' };
const command = `echo "it's ok"; echo err >&2; exit 3`;

describe.skipIf(skipsWithoutSshd()).concurrent('a detached job', () => {
  describe.each([
    ['dash', '/bin/dash', '/bin/dash'],
    ['bash', '/bin/bash', '/bin/bash'],
    ['busybox ash', '/bin/busybox', '/bin/busybox ash'],
    ['fish', '/usr/bin/fish', '/usr/bin/fish'],
  ])('with the login shell %s', (_name, program, shell) => {
    test.skipIf(skips(program))('gives the right result (skipped where it is not installed)', () =>
      loggingIn({ shell }, async (lab) => {
        const { run } = await lab.job();
        expect(await run(command)).toMatchObject(result);
      })
    );
  });

  test('of a user who must not log in is refused with the message of the shell', () =>
    loggingIn({ shell: '/usr/sbin/nologin' }, async (lab) => {
      await expect(lab.job()).rejects.toMatchObject({
        kind: 'HostUnsuitable',
        message: expect.stringContaining('not available'),
      });
    }));

  test('gives the right result if login files print noise', () =>
    withHome(
      (home) =>
        writeFileSync(path.join(home, '.bashrc'), 'echo Welcome; echo "@@x state=lost"; printf "\\nMOTD" >&2\n'),
      (home) =>
        loggingIn({ shell: '/bin/bash', home }, async (lab) => {
          const { run } = await lab.job();
          expect(await run(command)).toMatchObject(result);
        })
    ));

  test('gives the right result without a HOME', () =>
    loggingIn({ home: '/nonexistent' }, async (lab) => {
      const { run } = await lab.job();
      expect(await run(command)).toMatchObject(result);
    }));

  test('leaves nothing in HOME', () =>
    withHome(
      () => {},
      (home) =>
        loggingIn({ home }, async (lab) => {
          const { run } = await lab.job();
          expect(await run(`: >file; : >"$XDG_CACHE_HOME/x"; ${command}`)).toMatchObject(result);
          expect(readdirSync(home)).toEqual([]);
        })
    ));

  describe.skipIf(!root)('with a mounted HOME (skipped where mount needs another user)', () => {
    const mounted = (options: string, use: (home: string) => Promise<void>) =>
      withHome(
        (home) => mkdirSync(path.join(home, 'user')),
        async (parent) => {
          const home = path.join(parent, 'user');
          execFileSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', home]);
          try {
            await use(home);
          } finally {
            execFileSync('umount', ['-l', home]);
          }
        }
      );
    const works = (home: string) =>
      loggingIn({ home }, async (lab) => {
        const { run } = await lab.job();
        expect(await run(command)).toMatchObject(result);
      });

    test('gives the right result if HOME is read-only', () => mounted('ro', works));
    test('gives the right result if HOME is full', () =>
      mounted('size=64k', async (home) => {
        writeFileSync(path.join(home, 'filler'), Buffer.alloc(60_000));
        await works(home);
      }));
  });

  describe.skipIf(!root)('on a mounted disk (skipped where mount needs another user)', () => {
    test('names a disk that fills up as the cause, and does not start without free space', () =>
      loggingIn({}, async (lab) => {
        execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', lab.dir]);
        lab.onClose(() => execFileSync('umount', ['-l', lab.dir]));
        const first = await lab.job();
        await expect(first.run('head -c 9000000 /dev/zero >file')).rejects.toMatchObject({
          kind: 'HostUnsuitable',
          message: expect.stringMatching(/^the disk of .* was full/),
        });
        const second = { jobId: `${first.name.jobId}.second` };
        await expect(first.run('echo no', second)).rejects.toMatchObject({
          kind: 'HostUnsuitable',
          message: expect.stringContaining('no space'),
        });
        expect(first.starts()).toBe(1);
      }));
  });
});
