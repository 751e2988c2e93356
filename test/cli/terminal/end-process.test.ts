import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';

const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** A process whose verb runs this code and then never ends by itself. */
function crash(verb: string): { status: number | null; stderr: string } {
  const src = new URL('../../../src/cli/terminal', import.meta.url).href;
  const code = `
    const { endProcessWith, markRunInProgress } = await import('${src}/end-process.ts');
    setTimeout(() => { ${verb} });
    await endProcessWith(new Promise(() => setInterval(() => {}, 1000)));`;
  const args = ['--import', loader, '--input-type=module', '-e', code];
  return spawnSync(process.execPath, args, { encoding: 'utf8' });
}

const message =
  'fleetmark: internal error: boom\nThis is a bug in fleetmark; run it again with --verbose to see where it happened.\n';

test.each(["throw new Error('boom')", "Promise.reject(new Error('boom'))"])(
  '%s ends with a message and exit code 3',
  (verb) => {
    const { status, stderr } = crash(verb);
    expect(stderr).toBe(message);
    expect(status).toBe(3);
  }
);

test('a crash during a run prints how to resume it', () => {
  const { status, stderr } = crash("markRunInProgress(); throw new Error('boom')");
  expect(stderr).toBe(`${message}Resume the run: fleetmark run --resume\n`);
  expect(status).toBe(3);
  expect(crash("markRunInProgress()(); throw new Error('boom')").stderr).toBe(message);
});
