import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { quickBuild, repository, ScratchProject } from './scratch-project.ts';

const client = `
const args = process.argv.slice(2);
process.stdout.write(JSON.stringify({ args, main: process.argv[1] }));
process.exitCode = 7;
`;

/** A clone without node_modules, and an `npm` that fails this many times before it installs. */
function freshClone(failures: number): ScratchProject {
  const project = new ScratchProject('scripts', 'tsconfig.json', 'package.json', 'package-lock.json');
  project.write('src/client.ts', client);
  project.write('scripts/build.mjs', quickBuild);
  project.write(
    'bin/npm',
    `#!/bin/sh
echo "npm $*"
echo x >> tries
[ "$(wc -l < tries)" -gt ${failures} ] && ln -s '${join(repository, 'node_modules')}' node_modules
`
  );
  return project;
}

function demo(project: ScratchProject, ...args: string[]) {
  const PATH = `${join(project.root, 'bin')}:${process.env['PATH']}`;
  return project.run(process.execPath, ['scripts/from-source.mjs', 'demo', ...args], { PATH });
}

describe('running from source', () => {
  test('installs missing dependencies, says so on stderr only, and passes on arguments and exit code', async () => {
    const project = freshClone(0);
    const { stdout, stderr, code } = await demo(project, '--json', '--note', 'a b');
    expect(JSON.parse(stdout)).toEqual({
      args: ['demo', '--json', '--note', 'a b'],
      main: join(project.root, 'scripts/from-source.mjs'),
    });
    expect(stderr.match(/npm ci/g)).toHaveLength(2);
    expect(code).toBe(7);
  });

  test('tries the installation twice', async () => {
    const { stderr, code } = await demo(freshClone(1));
    expect(stderr).toContain('The first npm ci failed.');
    expect(code).toBe(7);
  });

  test('says what to do when it cannot install, without a stack trace', async () => {
    const { stdout, stderr, code } = await demo(freshClone(9));
    expect(stdout).toBe('');
    expect(stderr).toMatch(/could not be installed\. Run "npm ci" in .* to see why\.\n$/);
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(3);
  });

  test('installs nothing if all dependencies are installed', async () => {
    const project = freshClone(9);
    project.linkDependencies();
    const { stderr, code } = await demo(project);
    expect(stderr).toBe('');
    expect(code).toBe(7);
  });

  test('builds once, and again when a source has changed, while programs of the earlier build may still run', async () => {
    const project = freshClone(0);
    await demo(project);
    await demo(project);
    expect(project.builds()).toHaveLength(1);
    project.write('src/client.ts', `${client}process.exitCode = 8;`);
    expect((await demo(project)).code).toBe(8);
    expect(new Set(project.builds()).size).toBe(2);
    expect(project.builds().every((folder) => existsSync(folder))).toBe(true);
  });

  test('says what to do when it cannot build, without a stack trace', async () => {
    const project = freshClone(0);
    project.write('scripts/build.mjs', 'console.error("1:1 a problem"); process.exitCode = 1;');
    const { stdout, stderr, code } = await demo(project);
    expect(stdout).toBe('');
    expect(stderr).toMatch(
      /1:1 a problem\nThe sources could not be compiled\. Run "npm run build" in .* to see why\.\n$/
    );
    expect(stderr).not.toContain('    at ');
    expect(code).toBe(3);
  });

  test('installs again if the lock file has another version', async () => {
    const project = freshClone(0);
    project.write('node_modules/.package-lock.json', '{ "packages": { "node_modules/yaml": { "version": "1.0.0" } } }');
    const { stderr } = await demo(project);
    expect(stderr).toContain('Installing the dependencies');
  });
});
