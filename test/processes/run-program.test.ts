import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { identify, isRunning } from '../../src/processes/process-identity.ts';
import { runProgram } from '../../src/processes/run-program.ts';
import { startOwner } from '../support/owner.ts';
import { folderWith } from '../support/temporary-folder.ts';

const limits = { limitMs: 30_000, maxBytes: 64 * 1024 };
const shell = async (script: string, more: object = {}) =>
  runProgram({ program: '/bin/sh', args: ['-c', script], ...limits, ...more });

const isAlive = (file: string): boolean => {
  const pid = Number(readFileSync(file, 'utf8'));
  return isRunning(identify(pid));
};

describe('a program of this machine', () => {
  test('gets its arguments, environment and folder, and returns both outputs', async () => {
    const script = 'echo "$1 $FLEET $PWD"; echo "said" >&2';
    const call = { program: '/bin/sh', args: ['-c', script, 'sh', "it's $HOME"], env: { FLEET: 'x' }, cwd: '/usr' };
    const { problem, stdout, stderr } = await runProgram({ ...call, ...limits });
    expect([problem, String(stdout), String(stderr)]).toEqual([null, "it's $HOME x /usr\n", 'said\n']);
  });

  test.each([
    ['exit 3', 'failed with status 3'],
    ['kill -TERM $$', 'was killed by SIGTERM'],
    ['head -c 70000 /dev/zero; sleep 1000', 'wrote more than 64 KiB'],
    ['yes >&2', 'wrote more than 64 KiB'],
  ])('whose script is %j has the problem that it %s', async (script, problem) => {
    expect(await shell(script)).toMatchObject({ problem, isMissing: false });
  });

  test('that does not exist is missing; one that is not executable is not', async () => {
    const file = join(folderWith({ file: '' }), 'file');
    const missing = await runProgram({ program: '/nonexistent', args: [], ...limits });
    expect(missing).toMatchObject({ problem: 'cannot be run (ENOENT)', isMissing: true });
    const refused = await runProgram({ program: file, args: [], ...limits });
    expect(refused).toMatchObject({ problem: 'cannot be run (EACCES)', isMissing: false });
  });

  test('has an empty stdin and no terminal', async () => {
    const { stdout } = await shell('cat; (: </dev/tty) 2>/dev/null && echo a terminal; echo end');
    expect(String(stdout)).toBe('end\n');
  });

  test('that reaches its limit ends together with the processes that it started', async () => {
    const file = join(folderWith({}), 'pid');
    const { problem } = await shell(`(sleep 1000; :) & echo $! >${file}; wait`, { limitMs: 500 });
    expect(problem).toBe('did not end within 0.5 s');
    await expect.poll(() => isAlive(file)).toBe(false);
  });

  test('that is watched ends when this process is killed with kill -9', async () => {
    const file = join(folderWith({}), 'pid');
    const owner = startOwner(`
      const { runProgram } = await import(src + '/processes/run-program.ts');
      const script = 'sleep 1000 & echo $! >${file}; echo $$; kill -STOP $$';
      const limits = { limitMs: 1e6, maxBytes: 1e6, keepsEnd: true, isWatched: true };
      const ended = runProgram({ program: 'sh', args: ['-c', script], stdin: 'x'.repeat(1e6), ...limits });
      console.log('1');
      await ended;
    `);
    await owner.nextLine();
    await expect.poll(() => existsSync(file) && isAlive(file)).toBe(true);
    await owner.kill('SIGKILL');
    await expect.poll(() => isAlive(file)).toBe(false);
  });

  test('that is watched has its own arguments, input, children and status', async () => {
    const script = 'cat; echo "$1"; ps -o comm= --ppid $$ | grep -v ps; exit 3';
    const call = { program: 'sh', args: ['-c', script, 'sh', "it's $HOME"], stdin: 'in ', isWatched: true };
    const { problem, stdout } = await runProgram({ ...call, ...limits });
    expect([problem, String(stdout)]).toEqual(['failed with status 3', "in it's $HOME\ngrep\n"]);
    expect(await shell('kill -KILL $$', { isWatched: true })).toMatchObject({ problem: 'was killed by SIGKILL' });
  });

  test('ends although a process that it started still runs, which is left alone', async () => {
    const file = join(folderWith({}), 'pid');
    expect(String((await shell(`sleep 1000 & echo $! >${file}; echo all`)).stdout)).toBe('all\n');
    expect(isAlive(file)).toBe(true);
    process.kill(Number(readFileSync(file, 'utf8')), 'SIGKILL');
  });

  test('loses no output if this process is busy when it ends', async () => {
    const folder = folderWith({});
    const running = shell(`sleep 1000 & echo $! >${folder}/pid; head -c 60000 /dev/zero; : >${folder}/done`);
    spawnSync('sh', ['-c', `until [ -e ${folder}/done ]; do sleep 0.1; done; sleep 1`]);
    expect((await running).stdout).toHaveLength(60_000);
    process.kill(Number(readFileSync(`${folder}/pid`, 'utf8')), 'SIGKILL');
  });

  test('ends with this process', async () => {
    const folder = folderWith({});
    const source = join(import.meta.dirname, '../../src/processes/run-program.ts');
    writeFileSync(
      join(folder, 'program.mts'),
      `import { existsSync } from 'node:fs';
      import { runProgram } from ${JSON.stringify(source)};
      const args = ['-c', 'echo $$ >${folder}/pid; sleep 1000'];
      void runProgram({ program: '/bin/sh', args, limitMs: 60_000, maxBytes: 1 });
      setInterval(() => existsSync('${folder}/pid') && process.exit(), 20);`
    );
    const { status } = spawnSync(process.execPath, ['--import', 'tsx', join(folder, 'program.mts')]);
    expect(status).toBe(0);
    await expect.poll(() => isAlive(join(folder, 'pid'))).toBe(false);
  });
});
