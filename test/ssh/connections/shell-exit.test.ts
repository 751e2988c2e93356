import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { skipsWithoutSshd, startSshd } from '../../support/sshd.ts';
import { accessTo, sshTo } from '../../support/access.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const { signal } = new AbortController();
const advice =
  'its login files (.bashrc or the like) may read its input or start another program: let them do so in interactive shells only (case $- in *i*) ... esac)';
const ends = (code: number) => `HostUnsuitable: its login shell ends (${code}) without running our script; ${advice}`;

type Ssh = ReturnType<typeof sshTo>;

/** The outcome if .bashrc has this line. */
async function outcomeOf(bashrc: string, use: (ssh: Ssh) => Promise<unknown>): Promise<unknown> {
  const home = temporaryFolder('home');
  writeFileSync(path.join(home, '.bashrc'), `${bashrc}\n`);
  const config = [`SetEnv HOME=${home}`, 'ForceCommand exec /bin/bash -c "$SSH_ORIGINAL_COMMAND"'];
  const sshd = await startSshd({ config });
  const ssh = sshTo(accessTo(sshd), { jobLimits: { answerMs: 3_000 } });
  try {
    await use(ssh);
    return 'works';
  } catch (error) {
    const { kind, message } = error as { kind: string; message: string };
    return `${kind}: ${message}`;
  } finally {
    await ssh.close();
    await sshd.stop();
  }
}

const probe = (ssh: Ssh) => ssh.jobs.probeJobs({ serverId: 'web-7', signal });
const run = async (ssh: Ssh) => expect(await ssh.run('echo yes')).toMatchObject({ stdout: 'yes\n', exitCode: 0 });

describe.skipIf(skipsWithoutSshd()).concurrent('login files', () => {
  test.each([
    ['read answer', ends(125)],
    ['while read line; do :; done', ends(0)],
    ['cat >/dev/null', ends(0)],
    ['exec cat', ends(0)],
    ['exit 0', ends(0)],
    ['ssh-agent bash', 'works'],
    ['echo "Welcome @@x in /bin/zsh"', 'works'],
  ])('with the line %j get advice if they keep our script from running', async (line, expected) => {
    expect(await outcomeOf(line, probe)).toBe(expected);
  });

  test('that run a missing program are reported with the message of the shell', async () => {
    expect(await outcomeOf('exec nosuchshell', probe)).toMatch(
      /^HostUnsuitable: its login shell ends \(127\) without running our script; it says: .*nosuchshell: not found$/
    );
  });

  test.each([
    ['read answer', ends(125)],
    ['read a; read b; read c', ends(125)],
    ['exec cat', `ServerUnresponsive: its login shell does not answer our script; ${advice}`],
    ['exec bash', 'works'],
  ])('with the line %j never run half a command', async (line, expected) => {
    expect(await outcomeOf(line, run)).toBe(expected);
  });
});
