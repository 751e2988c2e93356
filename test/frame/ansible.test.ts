import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ScratchProject } from './scratch-project.ts';

/** A machine without Ansible, whose pip fails this many times. */
function machine(failures: number): ScratchProject {
  const project = new ScratchProject('scripts');
  project.write(
    'bin/python3',
    `#!/bin/sh
echo "python3 $*" >> calls
mkdir -p "$3/bin"
cat > "$3/bin/pip" <<'END'
#!/bin/sh
echo "pip $*" >> calls
[ "$(grep -c ^pip calls)" -gt ${failures} ] || exit 1
printf '#!/bin/sh\\n' > "\${0%/pip}/ansible-inventory"
chmod +x "\${0%/pip}/ansible-inventory"
END
chmod +x "$3/bin/pip"
`
  );
  return project;
}

async function install(project: ScratchProject, variables: Record<string, string> = {}) {
  const call = `import('./scripts/ansible.mjs').then((m) => console.log(m.installAnsible()))`;
  const ended = await project.run(process.execPath, ['-e', call], {
    ...{ PATH: `${join(project.root, 'bin')}:/usr/bin:/bin`, XDG_CACHE_HOME: join(project.root, 'cache') },
    ...{ FLEETMARK_ANSIBLE_INVENTORY: '/none', ...variables },
  });
  const calls = join(project.root, 'calls');
  return { ...ended, calls: existsSync(calls) ? readFileSync(calls, 'utf8').trim().split('\n') : [] };
}

const folderIn = (project: ScratchProject): string => `${project.root}/cache/fleetmark/ansible-core-2.19.14`;

test('ansible-core is installed once, in a fixed version, and kept in the cache', async () => {
  const project = machine(0);
  const folder = folderIn(project);
  const { stdout, stderr, calls } = await install(project);
  expect(stdout).toBe(`${folder}/bin/ansible-inventory\n`);
  expect(stderr).toContain(`Installing ansible-core 2.19.14 into ${folder}`);
  expect(calls).toEqual([
    `python3 -m venv ${folder}`,
    'pip install --quiet --disable-pip-version-check ansible-core==2.19.14',
  ]);
  const again = await install(project);
  expect([again.stdout, again.stderr, again.calls]).toEqual([stdout, '', calls]);
});

test('an existing installation is used', async () => {
  const project = machine(0);
  project.write('mine', '#!/bin/sh\n');
  const { stdout, calls } = await install(project, { FLEETMARK_ANSIBLE_INVENTORY: `${project.root}/mine` });
  expect([stdout, calls]).toEqual([`${project.root}/mine\n`, []]);
});

test('the installation is tried twice, then the tests that need it are skipped, and no partial files remain', async () => {
  expect((await install(machine(1))).stdout).toContain('/bin/ansible-inventory');
  const project = machine(9);
  const { stdout, stderr, calls } = await install(project);
  expect(stdout).toBe('null\n');
  expect(calls.filter((call) => call.startsWith('pip'))).toHaveLength(2);
  expect(stderr).toContain('No ansible-inventory: what compares with it is skipped.');
  expect(existsSync(folderIn(project))).toBe(false);
});

test('a missing Python is reported too, and apt is not used if that is forbidden', async () => {
  const project = machine(0);
  project.write('bin/python3', '#!/bin/sh\nexit 127\n');
  project.write('bin/dpkg-query', '#!/bin/sh\nexit 1\n');
  const { stdout, stderr } = await install(project);
  expect(stdout).toBe('null\n');
  expect(stderr).toContain('No ansible-inventory');
  if (existsSync('/etc/debian_version')) expect(stderr).toContain('Not installing python3-venv: FLEETMARK_NO_APT=1');
});
