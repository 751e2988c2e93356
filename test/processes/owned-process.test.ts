import { readFileSync } from 'node:fs';
import path from 'node:path';
import { text } from 'node:stream/consumers';
import { describe, expect, test } from 'vitest';
import { spawnOwned } from '../../src/processes/owned-process.ts';
import { startOwner } from '../support/owner.ts';
import { betweenPrograms, eventually, isRunning, processesWith } from '../support/processes.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const quiet = { stdout: 'ignore', stderr: 'ignore' } as const;
/** A command that does nothing for an hour, with a unique command line. */
let number = 0;
const longSleep = () => `${3600 + process.pid / 1e7 + ++number / 1e9}`;

/** Without the supervisor, whose last process may still be ending. */
const programsWith = (mark: string) => processesWith(mark, 'fleetmark');

describe('an owned process', () => {
  test('passes on its output and its exit status', async () => {
    const shell = await spawnOwned({
      ...quiet,
      stdout: 'pipe',
      program: 'sh',
      args: ['-c', 'echo "$1"; exit 7', 'sh', "it's $HOME"],
    });
    expect(await text(shell.stdout!)).toBe("it's $HOME\n");
    expect(await shell.exited).toBe(7);
  });

  test('writes files for its owner only', async () => {
    const shell = await spawnOwned({ ...quiet, stdout: 'pipe', program: 'sh', args: ['-c', 'umask'] });
    expect(Number.parseInt(await text(shell.stdout!), 8)).toBe(0o077);
  });

  test('that does not exist ends with 127', async () => {
    expect(await (await spawnOwned({ ...quiet, program: '/nowhere/to-be-found', args: [] })).exited).toBe(127);
  });

  test('starts only after the callback has its process group', async () => {
    const order: string[] = [];
    const shell = await spawnOwned({
      ...quiet,
      stdout: 'pipe',
      program: 'echo',
      args: ['ran'],
      beforeStart: async ({ pid }) => {
        order.push(processesWith('echo ran').includes(pid) ? 'known' : 'unknown');
      },
    });
    order.push((await text(shell.stdout!)).trim());
    expect(order).toEqual(['known', 'ran']);
  });

  test('never starts if the callback fails', async () => {
    const mark = longSleep();
    const started = spawnOwned({
      ...quiet,
      program: 'sleep',
      args: [mark],
      beforeStart: () => Promise.reject(new Error('disk full')),
    });
    await expect(started).rejects.toThrow('disk full');
    await eventually(
      () => processesWith(mark),
      (pids) => pids.length === 0
    );
  });

  test('gets TERM first', async () => {
    const shell = await spawnOwned({
      ...quiet,
      stdout: 'pipe',
      program: 'sh',
      args: ['-c', 'trap "echo asked; exit 3" TERM; echo ready; while :; do sleep 0.05; done'],
    });
    await new Promise((resolve) => shell.stdout!.once('readable', resolve));
    const [status, output] = await Promise.all([shell.stop(), text(shell.stdout!)]);
    expect([status, output]).toEqual([3, 'ready\nasked\n']);
  });

  test('is killed if it ignores TERM', async () => {
    const mark = longSleep();
    const shell = await spawnOwned({
      ...quiet,
      graceSeconds: 1,
      program: 'sh',
      args: ['-c', `trap "" TERM; sleep ${mark}; sleep ${mark}`],
    });
    await eventually(
      () => processesWith(`sleep ${mark}`).length,
      (count) => count >= 4
    );
    expect(await shell.stop()).toBe(137);
    expect(programsWith(mark)).toEqual([]);
  });

  test('ends together with processes that it started in other sessions', async () => {
    const mark = longSleep();
    const shell = await spawnOwned({
      ...quiet,
      program: 'sh',
      args: ['-c', `setsid sh -c 'trap "" TERM HUP; setsid sleep ${mark} & wait' & exit 0`],
    });
    expect(await shell.exited).toBe(0);
    expect(programsWith(mark)).toEqual([]);
  });

  test('ends together with a process that is starting a program meanwhile', async () => {
    const written = path.join(temporaryFolder('owned'), 'pid');
    const shell = await spawnOwned({
      ...quiet,
      program: 'sh',
      args: ['-c', `setsid ${betweenPrograms(written)} & while [ ! -e ${written} ]; do sleep 0.01; done`],
    });
    expect(await shell.exited).toBe(0);
    expect(isRunning(Number(readFileSync(written, 'utf8')))).toBe(false);
  });

  test('ends when its owner is killed with kill -9', async () => {
    const mark = longSleep();
    const owner = startOwner(`
      const { spawnOwned } = await import(src + '/processes/owned-process.ts');
      const script = 'setsid sleep ${mark} & trap "" TERM; sleep ${mark} & wait; sleep ${mark}';
      await spawnOwned({ program: 'sh', args: ['-c', script], stdout: 'ignore', stderr: 'ignore', graceSeconds: 1 });
      console.log('1');
      setInterval(() => {}, 1000);
    `);
    await owner.nextLine();
    await eventually(
      () => processesWith(mark).length,
      (count) => count >= 5
    );
    await owner.kill('SIGKILL');
    await eventually(
      () => processesWith(mark),
      (pids) => pids.length === 0
    );
  });

  test('ends when its supervisor is killed', async () => {
    const mark = longSleep();
    let leader = 0;
    const shell = await spawnOwned({
      ...quiet,
      program: 'sleep',
      args: [mark],
      beforeStart: async ({ pid }) => void (leader = pid),
    });
    await eventually(
      () => processesWith(mark).length,
      (count) => count >= 2
    );
    process.kill(leader, 'SIGKILL');
    expect(await shell.exited).toBe(137);
    await eventually(
      () => processesWith(mark),
      (pids) => pids.length === 0
    );
  });
});
