import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { serverScript } from '../../../src/ssh/server-scripts/server-script.ts';
import { LocalServer, shells, skipsShell } from './local-server.ts';

const nonce = 'f'.repeat(32);
const poll = { BASE: '/x', JOB: 'j', GUARD: '', RUN: 'j', WAIT: 0, LENGTH: 1 };
const start = { ...poll, COMMAND: '', MAXIMUM: 1, GRACE: 1, LIMIT: 1, TAIL: 1, PARTS: 0, NEED: 1 };
/** Any text that a command can be: a shell ends a command at NUL. */
const text = fc.string({ unit: 'binary' }).map((value) => value.replaceAll('\0', ''));

describe.each(Object.entries(shells))('in %s', (name, shell) => {
  test.skipIf(skipsShell(name))('every value arrives unchanged (skipped where this shell is not installed)', () => {
    const argv = name.startsWith('busybox') ? ['ash', '-s'] : ['-s'];
    fc.assert(
      fc.property(text, text, (command, base) => {
        const script = serverScript('start', { ...start, COMMAND: command, BASE: base }, nonce);
        const assignments = script.slice(0, script.indexOf('SCRIPT='));
        const { stdout } = spawnSync(shell, argv, { input: `${assignments}printf '%s\\0%s' "$COMMAND" "$BASE"\n)\n` });
        expect(stdout.toString('utf8').split('\0')).toEqual(
          [command, base].map((value) => Buffer.from(value).toString())
        );
      }),
      { numRuns: 30 }
    );
  });
});

describe('a truncated script', () => {
  let server: LocalServer;

  beforeAll(async () => {
    server = new LocalServer();
    await server.probe();
  });

  test('does nothing, no matter where it is cut off', async () => {
    const began = path.join(server.dir, 'began');
    const values = { ...start, BASE: server.base, JOB: 'cut', COMMAND: `: >${began}`, NEED: 0, LIMIT: 4096 };
    const whole = server.script('start', values, nonce);
    const end = whole.lastIndexOf('\n)\n') + 1;
    const cuts = fc.integer({ min: 0, max: end });
    await fc.assert(
      fc.asyncProperty(cuts, async (length) => {
        let said = '';
        await server.run(whole.slice(0, length), (chunk) => (said += chunk.toString()));
        expect([said, server.jobs('cut'), existsSync(began)]).toEqual(['', [], false]);
      }),
      { numRuns: 60, examples: [[end]] }
    );
    await server.run(whole);
    expect(server.jobs('cut')).toEqual(['cut']); // proves that this script did nothing
  });
});
