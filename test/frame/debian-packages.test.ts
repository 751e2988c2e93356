import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ScratchProject } from './scratch-project.ts';

const rootOnDebian = existsSync('/etc/debian_version') && process.getuid?.() === 0;

/** A machine with sysbench only. Its apt-get fails this many times, and records its arguments. */
function machine(failures: number): ScratchProject {
  const project = new ScratchProject('scripts');
  project.write('installed/sysbench', '');
  project.write('bin/dpkg-query', '#!/bin/sh\nfor name; do :; done\n[ -e "installed/$name" ] && printf installed');
  project.write(
    'bin/apt-get',
    `#!/bin/sh
echo "$* policy=$(echo $(cat policy-rc.d))" >> calls
[ "$2" = update ] && echo x >> updates
[ "$(wc -l < updates)" -gt ${failures} ] || exit 100
for name; do touch "installed/$name"; done
`
  );
  return project;
}

async function install(project: ScratchProject, variables: Record<string, string> = {}) {
  const call = `import('./scripts/debian-packages.mjs').then((m) => console.log(m.installPackages('policy-rc.d').join()))`;
  const PATH = `${join(project.root, 'bin')}:${process.env['PATH']}`;
  const ended = await project.run(process.execPath, ['-e', call], { PATH, FLEETMARK_NO_APT: '', ...variables });
  const calls = join(project.root, 'calls');
  return { ...ended, calls: existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [] };
}

describe.skipIf(!rootOnDebian)('as root on Debian (skipped elsewhere)', () => {
  const refusing = 'policy=#!/bin/sh exit 101';

  test('installs only missing packages, and starts no services', async () => {
    const project = machine(0);
    const { calls, stdout, stderr } = await install(project);
    expect(calls).toEqual([
      `-q update ${refusing}`,
      `-q -y --no-install-recommends install openssh-server clpeak clinfo pocl-opencl-icd busybox-static fish zsh shellcheck openssl chromium postgresql prometheus ${refusing}`,
    ]);
    expect(stderr).toContain(
      'Installing openssh-server clpeak clinfo pocl-opencl-icd busybox-static fish zsh shellcheck openssl chromium postgresql prometheus with apt-get'
    );
    expect(stdout).toBe('\n');
    expect(existsSync(join(project.root, 'policy-rc.d'))).toBe(false);
  });

  test('keeps an existing policy', async () => {
    const project = machine(0);
    project.write('policy-rc.d', 'mine');
    expect((await install(project)).calls[0]).toBe('-q update policy=mine');
    expect(readFileSync(join(project.root, 'policy-rc.d'), 'utf8')).toBe('mine');
  });

  test('tries twice, then lists the missing packages', async () => {
    expect((await install(machine(1))).stdout).toBe('\n');
    const { calls, stdout, stderr } = await install(machine(5));
    expect(calls).toHaveLength(2);
    expect(stdout).toBe(
      'openssh-server,clpeak,clinfo,pocl-opencl-icd,busybox-static,fish,zsh,shellcheck,openssl,chromium,postgresql,prometheus\n'
    );
    expect(stderr).toContain('apt-get did not install openssh-server');
  });

  test('FLEETMARK_NO_APT=1 refuses it', async () => {
    const { calls, stderr } = await install(machine(0), { FLEETMARK_NO_APT: '1' });
    expect(calls).toEqual([]);
    expect(stderr).toContain('FLEETMARK_NO_APT=1');
  });
});
