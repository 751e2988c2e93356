import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { BlockingCalls } from '../../src/blocking/blocking-calls.ts';
import { fileAnswers } from '../../src/blocking/file-answers.ts';
import { commandLine, eventually, parentOf, processesWith } from '../support/processes.ts';

const calls = new BlockingCalls();
afterEach(() => calls.end());

test('a name has the addresses of the system, and an unknown one its error code', async () => {
  expect(await calls.lookup('localhost')).toContainEqual({ address: '127.0.0.1', family: 4 });
  await expect(calls.lookup('no such name')).rejects.toMatchObject({ code: expect.stringMatching(/^E/) as string });
});

test('a file answers, and so does a missing one', async () => {
  expect(await calls.touch('/etc/passwd')).toBeUndefined();
  await expect(calls.touch('/no/such/file')).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await fileAnswers('/no/such/file')).toBeUndefined();
});

test('a file that does not answer is an error with the limit', async () => {
  await expect(fileAnswers('/dead/key', () => new Promise(() => {}), 100)).rejects.toMatchObject({
    kind: 'InvalidConfig',
    message: '/dead/key did not answer within 0.1 s: is its file system mounted, and its server up?',
  });
});

test('calls whose process is ended reject, and the next call starts another process', async () => {
  const asked = calls.lookup('localhost');
  calls.end();
  await expect(asked).rejects.toThrow('it was ended');
  expect(await calls.lookup('localhost')).not.toHaveLength(0);
});

test('the process ends with its parent, kill -9 included, and keeps nothing alive', async () => {
  const script = `
    import { blockingCalls } from './src/blocking/blocking-calls.ts';
    process.stdin.on('data', () => process.stdin.destroy());
    await blockingCalls.lookup('localhost');
    process.stdout.write('asked');`;
  for (const how of ['go', 'stay']) {
    const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const exited = once(child, 'exit');
    await once(child.stdout, 'data');
    const waits = processesWith('fleetmark: waits for the system').filter((pid) => parentOf(pid) === child.pid);
    expect(waits).toHaveLength(1);
    if (how === 'stay') child.kill('SIGKILL');
    else child.stdin.end('go');
    expect((await exited)[0]).toBe(how === 'go' ? 0 : null);
    await eventually(
      () => commandLine(waits[0]!),
      (line) => line === '',
      10_000
    );
  }
});
