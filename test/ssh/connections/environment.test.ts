import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { skipsWithoutSshd, startSshd } from '../../support/sshd.ts';
import { accessTo, sshTo } from '../../support/access.ts';
import { Lab } from '../jobs/lab.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';
import { canMount, withMounts } from '../../support/own-mounts.ts';

const shells = ['/bin/dash', '/bin/bash', '/bin/busybox'].filter((program) => existsSync(program));

/** A number before output that is longer than a unit of BLOCK_SIZE=1K. */
const ops = 'echo "7431 ops/s"; printf "%2500s\\n" details';

/** Variables that sshd, PAM or a login file may set; each of these values breaks scripts that inherit it. */
const settings: [string, ...string[]][] = [
  ['BLOCK_SIZE=1K', 'BLOCKSIZE=1K', 'LS_BLOCK_SIZE=1K', 'DF_BLOCK_SIZE=1'],
  ['BLOCK_SIZE=human-readable', 'DF_BLOCK_SIZE=human-readable'],
  ['POSIXLY_CORRECT=1', 'GREP_OPTIONS=-v', 'GREP_COLORS=x', 'TIME_STYLE=full-iso', 'LS_COLORS=*=1', 'QUOTING_STYLE=c'],
  ['SHELLOPTS=errexit:nounset:noglob:xtrace:verbose', 'BASHOPTS=failglob', 'PS4=x'],
  ['IFS=0123456789', 'CDPATH=/', 'ENV=/nonexistent', 'LC_ALL=tr_TR.UTF-8', 'LC_NUMERIC=de_DE.UTF-8'],
  ['"BASH_FUNC_printf%%=() { echo 1; }"', '"BASH_FUNC_ls%%=() { echo 1; }"', '"BASH_FUNC_cat%%=() { echo 1; }"'],
  ['OMP_NUM_THREADS=1', 'MALLOC_PERTURB_=1', 'LD_PRELOAD=/nonexistent.so', 'FLEETMARK_JOB=other;'],
];

/** An sshd on a machine with the given `/bin/sh`. */
async function withServer(
  sh: string,
  config: string[],
  use: (lab: Lab, run: ReturnType<typeof sshTo>) => Promise<void>
) {
  const through = canMount ? withMounts(`mount --bind ${sh} /bin/sh`, []) : [];
  const sshd = await startSshd({ config, through });
  const lab = new Lab(sshd);
  const ssh = sshTo(accessTo(sshd));
  try {
    await use(lab, ssh);
  } finally {
    await ssh.close();
    await lab.close();
    await sshd.stop();
  }
}

describe.skipIf(skipsWithoutSshd()).concurrent.each(canMount ? shells : ['/bin/sh'])('with %s as /bin/sh', (sh) => {
  test.each(settings)('the server setting %s changes neither output nor numbers', (...variables) =>
    withServer(sh, [`SetEnv ${variables.join(' ')}`], async (lab, { run }) => {
      const job = await lab.job();
      expect(await job.run(`${ops}; exit 3`)).toMatchObject({
        ...{ exitCode: 3, truncated: false, stderr: '' },
        stdout: `7431 ops/s\n${'details'.padStart(2500)}\n`,
      });
      expect(await run('echo 3; printf "%s" "$*"')).toMatchObject({ exitCode: 0, stdout: '3\n' });
    })
  );

  test('a benchmark inherits only the variables that locate programs and devices, even if empty', () =>
    withServer(
      sh,
      ['SetEnv PATH=/opt/x:/usr/bin:/bin CUDA_VISIBLE_DEVICES= LD_LIBRARY_PATH=/opt/lib SECRET=1 OMP_NUM_THREADS=1'],
      async (lab) => {
        const { stdout } = await (await lab.job()).run('env | sort');
        const names = stdout.split('\n').flatMap((line) => line.split('=')[0] || []);
        const ours = names.filter((name) => !/^(FLEETMARK|XDG|POCL|CUDA_CACHE|TMPDIR|PWD|OLDPWD|SHLVL|_$)/.test(name));
        expect(ours).toEqual([
          'CUDA_VISIBLE_DEVICES',
          'HOME',
          'LC_ALL',
          'LD_LIBRARY_PATH',
          'LOGNAME',
          'PATH',
          'SHELL',
          'SSH_CONNECTION',
          'USER',
        ]);
        expect(stdout).toContain('\nCUDA_VISIBLE_DEVICES=\n');
        expect(stdout).toMatch(/^PATH=(.*:)?\/opt\/x:\/usr\/bin:/m);
      }
    ));
});

describe.skipIf(skipsWithoutSshd()).concurrent('the PATH of commands and jobs', () => {
  const tools = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/cuda/bin:/opt/rocm/bin';

  test.each([
    [
      'starts with the folders that the server sets, then has the usual tool folders',
      '/opt/bench:/usr/bin',
      '/opt/bench:/usr/bin',
    ],
    ['never contains the current folder, even if the server sets it empty', '', '/usr/bin'],
  ])('%s', async (_name, PATH, first) => {
    const config = [`ForceCommand export PATH=${PATH}; exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"`];
    await withServer('/bin/sh', config, async (lab, { run }) => {
      const job = await lab.job();
      for (const { stdout } of [await run('echo "$PATH"'), await job.run('echo "$PATH"')]) {
        const folders = stdout.trim();
        expect(folders.startsWith(first)).toBe(true);
        expect(folders.endsWith(`:${tools}`)).toBe(true);
        expect(folders.split(':')).not.toContain('');
      }
    });
  });
});

describe.skipIf(skipsWithoutSshd()).concurrent('a login shell', () => {
  const bashrc = 'export BLOCK_SIZE=human-readable; ls() { echo 1; }; export -f ls; set -u; shopt -s failglob';

  describe.each([
    ['bash', '/bin/bash'],
    ['dash', '/bin/dash'],
    ['busybox ash', '/bin/busybox ash'],
    ['fish', '/usr/bin/fish'],
    ['csh', '/bin/csh'],
    ['zsh', '/bin/zsh'],
  ])('%s', (_name, words) => {
    test.skipIf(!existsSync(words.split(' ')[0]!))('runs our scripts in our own shell', async () => {
      const home = temporaryFolder('home');
      writeFileSync(path.join(home, '.bashrc'), bashrc);
      const config = [`ForceCommand exec ${words} -c "$SSH_ORIGINAL_COMMAND"`, `SetEnv HOME=${home}`];
      await withServer('/bin/dash', config, async (lab) => {
        expect(await (await lab.job()).run(ops)).toMatchObject({ stdout: expect.stringMatching(/^7431 ops\/s\n/) });
      });
    });
  });
});
