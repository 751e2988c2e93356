import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { findExecutable } from '../../src/processes/find-executable.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { environmentIn, startFleetmark, type Ended } from './command-line.ts';
import { startOnPty } from './pty.ts';

let folder: string;
beforeAll(() => {
  folder = temporaryFolder('completion');
  mkdirSync(join(folder, 'home'));
  writeFileSync(join(folder, 'hosts.ini'), '[rack]\nweb-1 ansible_host=10.0.0.1\nweb-22 ansible_host=10.0.0.2\n');
  writeFileSync(
    join(folder, 'fleetmark.yaml'),
    'inventory: hosts.ini\nssh: { user: bench }\nbenchmarks: { cpu: {}, disk: { command: x, metrics: { a: { pattern: "a (.*)", unit: points, better: higher } } } }\n'
  );
  writeFileSync(join(folder, 'saved-page.html'), '');
});

const complete = (...words: string[]): Promise<Ended> =>
  startFleetmark(folder, ['complete-words', '--', ...words]).ended;

test('servers, groups and benchmarks come from the configuration, and mistakes in it complete to nothing', async () => {
  expect((await complete('run', '--limit', 'web-')).stdout).toBe('web-1\t\nweb-22\t\n');
  expect((await complete('run', '--limit', 'web-1', '')).stdout).toContain('@rack\tgroup\n');
  expect((await complete('run', '--benchmarks', 'cpu,d')).stdout).toBe('cpu,disk\t\n');
  expect(await complete('run', '--config', 'none.yaml', '--limit', 'web')).toEqual({
    ...{ exitCode: 0, stdout: '', stderr: '' },
  });
  expect(await complete('report', 'la')).toEqual({ exitCode: 0, stdout: '', stderr: '' }); // no run was made
});

const isInstalled = await Promise.all(['bash', 'zsh', 'fish'].map((name) => findExecutable(name, process.env['PATH'])));

/** Interactive shells without their own start files. */
describe.each([
  ['bash', 'bash --norc --noprofile -i'],
  ['zsh', 'zsh -f -i'],
])('%s', (shell, command) => {
  test.skipIf(isInstalled[shell === 'bash' ? 0 : 1] === null && process.env['CI'] !== 'true')(
    'completes verbs, options, servers and files with the Tab key',
    async () => {
      const { stdout: script } = await startFleetmark(folder, ['completion', shell]).ended;
      writeFileSync(join(folder, `complete.${shell}`), script);
      const pty = startOnPty(command, folder, { ...environmentIn(folder), TERM: 'dumb', PS1: '$ ' });
      // A completed line prints its words.
      pty.type('fleetmark() { case $1 in complete-words) command fleetmark "$@" ;; *) echo "<$*>" ;; esac; }\n');
      pty.type(`. ./complete.${shell}; echo rea''dy\n`);
      await pty.shows(/ready/);
      const completed = async (typed: string, words: string): Promise<void> => {
        pty.type(`${typed}\t\n`);
        await pty.shows(new RegExp(`<${words}>`));
      };
      await completed('fleetmark schedule tri', 'schedule trigger');
      await completed('fleetmark run --detac', 'run --detach');
      await completed('fleetmark run --color=al', 'run --color=always');
      await completed('fleetmark plan --limit web-2', 'plan --limit web-22');
      await completed('fleetmark plan --limit @r', 'plan --limit @rack');
      await completed('fleetmark run --export-html saved-p', 'run --export-html saved-page.html');
      pty.type('exit\n');
      await pty.ended;
    }
  );
});

test.skipIf(isInstalled[2] === null && process.env['CI'] !== 'true')('fish completes the same', async () => {
  const { stdout: script } = await startFleetmark(folder, ['completion', 'fish']).ended;
  writeFileSync(join(folder, 'complete.fish'), script);
  const lines = ['schedule tri', 'run --detac', 'run --color=al', 'plan --limit web-2', 'plan --limit @r'];
  lines.push('run --export-html saved-p');
  const asked = lines.map((line) => `complete -C "fleetmark ${line}"`).join('; ');
  const where = { cwd: folder, env: environmentIn(folder), encoding: 'utf8' } as const;
  const { stdout, stderr } = spawnSync(isInstalled[2]!, ['--no-config', '-c', `source complete.fish; ${asked}`], where);
  expect(stderr).toBe('');
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[0])
  ).toEqual([...['trigger', '--detach', '--color=always', 'web-22', '@rack', 'saved-page.html']]);
});
