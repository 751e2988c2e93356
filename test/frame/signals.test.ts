import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { eventually, processesWith } from '../support/processes.ts';
import { quickBuild, repository, ScratchProject } from './scratch-project.ts';

/** Reports that it runs, and later the signal that asks it to end. */
const client = `
import { writeFileSync } from 'node:fs';
process.on('SIGTERM', () => { writeFileSync('ended', process.argv.slice(2).join(' ')); process.exit(); });
writeFileSync('started', String(process.pid));
setInterval(() => {}, 1000);
`;

const scripts = (JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { scripts: object }).scripts;

test('every script that starts a program replaces its shell by it', () => {
  const others = Object.entries(scripts).filter(([, command]) => !String(command).startsWith('exec '));
  expect(others).toEqual([['format', 'prettier --write .']]);
});

test.each([
  ['fleetmark', 'SIGTERM', ''],
  ['demo', 'SIGTERM', 'demo'],
  ['worker', 'SIGTERM', 'worker'],
  ['fleetmark', 'SIGKILL', ''],
  ['demo', 'SIGKILL', 'demo'],
  ['worker', 'SIGKILL', 'worker'],
] as const)('npm run %s: a %s to npm shuts the program down cleanly', async (script, signal, args) => {
  const project = new ScratchProject('scripts', 'tsconfig.json', 'package.json', 'package-lock.json');
  project.linkDependencies();
  project.write('src/client.ts', client);
  project.write('scripts/build.mjs', quickBuild);
  const npm = spawn('npm', ['run', '-s', script], { cwd: project.root, stdio: 'ignore' });
  await eventually(() => existsSync(join(project.root, 'started')), Boolean);
  const pid = Number(readFileSync(join(project.root, 'started'), 'utf8'));
  const ended = once(npm, 'exit');
  npm.kill(signal);
  await ended;
  await eventually(() => existsSync(join(project.root, 'ended')), Boolean);
  expect(readFileSync(join(project.root, 'ended'), 'utf8')).toBe(args);
  await eventually(
    () => processesWith('from-source.mjs').includes(pid),
    (isRunning) => !isRunning
  );
});

test('npm run check: a SIGKILL to npm ends all checks', async () => {
  const project = new ScratchProject('scripts', 'package.json', 'package-lock.json');
  project.linkDependencies();
  project.write('bin/shellcheck', `#!/bin/sh\necho $$ > started\nexec sleep 600\n`);
  project.write('src/a.sh', '');
  const PATH = `${join(project.root, 'bin')}:${process.env['PATH']}`;
  const env = { ...process.env, PATH, FLEETMARK_NO_APT: '1' };
  const npm = spawn('npm', ['run', '-s', 'check', '--', 'scripts'], { cwd: project.root, stdio: 'ignore', env });
  const started = join(project.root, 'src', 'started');
  await eventually(() => existsSync(started) && readFileSync(started, 'utf8').trim() !== '', Boolean);
  const pid = Number(readFileSync(started, 'utf8'));
  npm.kill('SIGKILL');
  await eventually(
    () => processesWith('sleep 600').includes(pid),
    (isRunning) => !isRunning
  );
});
