import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { eventually } from '../support/processes.ts';
import { temporalCli } from '../support/temporal-cli.ts';
import { startFleetmark } from './command-line.ts';
import { requireUsualPorts } from './shell.ts';

describe.skipIf(temporalCli === null && process.env['CI'] !== 'true')('the demo', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'command-line-demo-'));
    mkdirSync(join(folder, 'tmp'));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const folders = (): string[] => readdirSync(join(folder, 'tmp')).filter((name) => name.startsWith('fleetmark-demo-'));

  test('interrupted before anything is measured leaves no key behind', async () => {
    const running = startFleetmark(folder, ['demo'], { TMPDIR: join(folder, 'tmp') });
    await eventually(folders, (names) => names.length > 0);
    running.process.kill('SIGINT');
    const { exitCode, stdout, stderr } = await running.ended;
    expect(exitCode).toBe(130);
    expect(stdout).toBe('');
    expect(stderr).not.toContain('First:');
    expect(folders()).toEqual([]);
  });

  test('with --keep says who may hold the ports that it needs', async () => {
    await requireUsualPorts();
    const other = createServer().listen(8233, '127.0.0.1');
    await once(other, 'listening');
    const { exitCode, stderr } = await startFleetmark(folder, ['demo', '--keep'], { TMPDIR: join(folder, 'tmp') })
      .ended;
    other.close();
    expect(stderr).toMatch(/^fleetmark: port 8233 of 127.0.0.1 is in use; the demo with --keep needs 7233 and 8233: /m);
    expect(stderr).not.toContain('configuration file');
    expect(exitCode).toBe(2);
    expect(folders()).toEqual([]);
  });
});
