import { ApplicationFailure } from '@temporalio/common';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { outsideLogContext, withLogContext } from '../../src/logging/context.ts';
import { createLogger, type LogLevel, type RootLogger } from '../../src/logging/logger.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder: string;
let file: string;
let log: RootLogger;

beforeEach(() => {
  folder = temporaryFolder('log');
  file = path.join(folder, 'deep', 'worker.log');
});

async function linesOf(
  write: () => void | Promise<void>,
  level: LogLevel = 'info'
): Promise<Record<string, unknown>[]> {
  log = createLogger({ file }, level);
  await write();
  await log.close();
  const text = readFileSync(file, 'utf8');
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('a log line', () => {
  test('is JSON with an ISO time, the level as a word and the message', async () => {
    const [line] = await linesOf(() => log.warn({ attempt: 2 }, 'trying again'));
    expect(line).toMatchObject({ level: 'warn', attempt: 2, msg: 'trying again' });
    expect(new Date(line!['time'] as string).toISOString()).toBe(line!['time']);
  });

  test('contains text from a server without control characters', async () => {
    const said = 'a\u009b2Jb\u001b[2Jc\u202ed';
    const [line] = await linesOf(() => log.warn({ said, err: new Error(said) }, said));
    expect(line).toMatchObject({ said, msg: said });
    expect(readFileSync(file, 'utf8')).toMatch(/^\P{C}*\n$/u);
  });

  test('has the type of a failure, and not its details: a row, or the output of a benchmark', async () => {
    const failure = ApplicationFailure.nonRetryable('exited with 3', 'BenchmarkCrashed', { raw: 'x'.repeat(16_000) });
    const [line] = await linesOf(() => log.warn({ err: failure }, 'Activity failed'));
    expect(line).toMatchObject({ err: { message: 'exited with 3', type: 'ApplicationFailure' } });
    expect(line!['err']).not.toHaveProperty('details');
  });

  test('has the context of its caller, also after an await and in a child logger', async () => {
    const lines = await linesOf(() =>
      withLogContext({ serverId: 'web-7' }, () =>
        withLogContext({ benchmark: 'cpu' }, async () => {
          await Promise.resolve();
          log.child({ part: 'ssh' }).info('hello');
        })
      )
    );
    expect(lines[0]).toMatchObject({ serverId: 'web-7', benchmark: 'cpu', part: 'ssh' });
  });

  test('has no fields of an earlier context', async () => {
    const lines = await linesOf(() => {
      withLogContext({ serverId: 'web-7' }, () => outsideLogContext(() => log.info('outside')));
      log.info('after');
    });
    expect(lines.map((line) => 'serverId' in line)).toEqual([false, false]);
  });

  test('names a server once: a bound serverId wins over the context', async () => {
    await linesOf(() => withLogContext({ serverId: 'web-7' }, () => log.child({ serverId: 'web-8' }).info('whose?')));
    expect(readFileSync(file, 'utf8').match(/"serverId":"[^"]*"/g)).toEqual(['"serverId":"web-8"']);
  });

  test('never shows key material or passphrases', async () => {
    await linesOf(() =>
      log.info(
        { privateKey: 's3cret', connect: { passphrase: 's3cret' }, ssh: { options: { password: 's3cret' } } },
        'x'
      )
    );
    expect(readFileSync(file, 'utf8')).not.toContain('s3cret');
  });

  test('shows everything else of an object with a secret, at any depth', async () => {
    const deep = { a: [{ b: { c: { apiKey: 's3cret', port: 22 } } }] };
    const lines = await linesOf(() => log.info({ deep, authorization: { scheme: 's3cret' } }, 'a "password": of x'));
    const shown = { a: [{ b: { c: { apiKey: '[redacted]', port: 22 } } }] };
    expect(lines).toMatchObject([{ deep: shown, authorization: '[redacted]', msg: 'a "password": of x' }]);
  });

  test('below the level is not written', async () => {
    expect(await linesOf(() => log.info('chatter'), 'warn')).toEqual([]);
  });
});

describe('a log file', () => {
  test('is appended to and readable by its owner only', async () => {
    await linesOf(() => log.info('first'));
    expect(await linesOf(() => log.info('second'))).toHaveLength(2);
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('has a line immediately, before it is closed', async () => {
    log = createLogger({ file }, 'info');
    log.info('now');
    expect(readFileSync(file, 'utf8')).toContain('"msg":"now"');
    await log.close();
  });

  test('drops a line that comes after it was closed', async () => {
    await linesOf(() => log.info('last'));
    log.info('late');
    expect(readFileSync(file, 'utf8')).not.toContain('late');
  });

  test('that cannot be opened is an immediate error', () => {
    expect(() => createLogger({ file: folder }, 'info')).toThrow(/EISDIR/);
  });
});

test('a full disk is reported once for a log, and does not stop the process', async () => {
  const errors: string[] = [];
  const full = createLogger({ file: '/dev/full' }, 'info', {
    fails: ({ code }) => errors.push(code!),
    works: () => errors.push('works'),
  });
  full.info('one');
  full.info('two');
  await full.close();
  expect(errors).toEqual(['ENOSPC']);
});
