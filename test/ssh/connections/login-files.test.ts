import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { removeFolder } from '../../support/remove-folder.ts';
import { skipsWithoutSshd, startSshd } from '../../support/sshd.ts';
import { accessTo, sshTo } from '../access.ts';

const { signal } = new AbortController();
const advice = ': let them do so in interactive shells only (case $- in *i*) ... esac)';
const reads = `its login files (.bashrc or the like) read the input of the shell${advice}`;
const runs = (what: string) => `its login files (.bashrc or the like) run ${what} in place of the shell${advice}`;

type Ssh = ReturnType<typeof sshTo>;

/** How it ends where .bashrc has this line. */
async function outcomeOf(bashrc: string, use: (ssh: Ssh) => Promise<unknown>): Promise<unknown> {
  const home = mkdtempSync(path.join(tmpdir(), 'fleetmark-home-'));
  writeFileSync(path.join(home, '.bashrc'), `${bashrc}\n`);
  const config = [`SetEnv HOME=${home}`, 'ForceCommand exec /bin/bash -c "$SSH_ORIGINAL_COMMAND"'];
  const sshd = await startSshd({ config });
  const ssh = sshTo(accessTo(sshd));
  try {
    await use(ssh);
    return 'works';
  } catch (error) {
    const { kind, message } = error as { kind: string; message: string };
    return `${kind}: ${message}`;
  } finally {
    await ssh.close();
    await sshd.stop();
    removeFolder(home);
  }
}

const probe = (ssh: Ssh) => ssh.jobs.probeJobs({ serverId: 'web-7', signal });
const run = async (ssh: Ssh) => expect(await ssh.run('echo yes')).toMatchObject({ stdout: 'yes\n', exitCode: 0 });

describe.skipIf(skipsWithoutSshd()).concurrent('login files', () => {
  test.each([
    ['read answer', `HostUnsuitable: ${reads}`],
    ['read a; read b', `HostUnsuitable: ${reads}`],
    ['while read line; do :; done', `HostUnsuitable: ${reads}`],
    ['cat >/dev/null', `HostUnsuitable: ${reads}`],
    ['exec cat', `HostUnsuitable: ${runs('another program')}`],
    ['exec tee /dev/stderr', `HostUnsuitable: ${runs('another program')}`],
    ['exit 0', 'HostUnsuitable: its login shell ends (0) without running our script'],
    ['ssh-agent bash', 'works'],
    ['echo "Welcome @@x in /bin/zsh"', 'works'],
  ])('that say %j are told by what they do', async (line, expected) => {
    expect(await outcomeOf(line, probe)).toBe(expected);
  });

  test.skipIf(!existsSync('/usr/bin/fish') && process.env['CI'] !== 'true')(
    'that run another kind of shell are told by that (skipped where fish is not installed)',
    async () => expect(await outcomeOf('exec fish', probe)).toBe(`HostUnsuitable: ${runs('another shell')}`)
  );

  test('that run a program which is not there are told with what the shell says', async () => {
    expect(await outcomeOf('exec nosuchshell', probe)).toMatch(
      /^HostUnsuitable: its login shell ends \(127\) without running our script; it says: .*nosuchshell: not found$/
    );
  });

  test.each([
    ['read answer', `HostUnsuitable: ${reads}`],
    ['read a; read b; read c', `HostUnsuitable: ${reads}`],
    ['exec cat', `HostUnsuitable: ${runs('another program')}`],
    ['exec bash', 'works'],
  ])('that say %j never let half a command run', async (line, expected) => {
    expect(await outcomeOf(line, run)).toBe(expected);
  });
});
