import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { AnswerReader } from '../../../src/ssh/jobs/answer-reader.ts';
import { processesWithEnvironment } from '../../support/processes.ts';
import { LocalServer, shells, skipsShell } from './local-server.ts';

const nonce = 'f'.repeat(32);
let counter = 0;

/** Processes with this id of a command in their environment. */
function processesOf(look: string): number {
  return processesWithEnvironment(`FLEETMARK_LOOK=${look}`).length;
}

describe.each(Object.keys(shells))('a command in %s', (shell) => {
  describe.skipIf(skipsShell(shell))('(skipped where this shell is not installed)', () => {
    let server: LocalServer;
    const newLook = () => `look${process.pid}x${counter++}x`;

    beforeAll(() => {
      server = new LocalServer(shell);
    });

    /** Starts the shell as sshd does, with `script` in an open pipe. `before`: the program that starts it. */
    function start(script: string, before: readonly string[] = []) {
      const [program, ...words] = [...before, path.join(server.bin, 'sh'), '-s'];
      const child = spawn(program, words, { env: server.environment, cwd: server.dir, detached: true });
      const out = new AnswerReader(nonce, 1 << 20);
      const err = new AnswerReader(nonce, 1 << 20);
      child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
      child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
      child.stdin.on('error', () => {});
      child.stdin.write(script);
      return { child, out, err };
    }

    function script(COMMAND: string, LOOK = newLook()): string {
      return server.script('inspect', { LOOK, ID: 'run-1/cpu/1', COMMAND }, nonce);
    }

    /** Waits for the answer, then uses the shell for another script. */
    async function answered(child: ChildProcess, ...readers: AnswerReader[]) {
      await vi.waitFor(() => expect(readers.map(({ answer }) => answer)).not.toContain(null), { timeout: 10_000 });
      child.stdin!.write('exit 77\n');
      expect(await once(child, 'close')).toEqual([77, null]);
    }

    async function ask(command: string, before: readonly string[] = []) {
      const { child, out, err } = start(script(command), before);
      await answered(child, out, err);
      return {
        out: out.output.toString('latin1'),
        err: err.output.toString('latin1'),
        status: [out, err].map(({ answer }) => answer?.values.get('status')),
      };
    }

    test('passes on both streams and the exit status, and reads nothing', async () => {
      expect(await ask('printf "$FLEETMARK_COMMAND $LC_ALL"; cat; printf "\\0\\n\\377" >&2; exit 3')).toEqual({
        out: 'run-1/cpu/1 C',
        err: '\0\n\xff',
        status: ['3', '3'],
      });
    });

    test('may contain quotes, dollars, newlines and backslashes', async () => {
      const { out } = await ask(`a='it''s $5'; echo "$a" \\\n\\\\; echo "1\n2"`);
      expect(out).toBe('its $5 \\\n1\n2\n');
    });

    test('ended by a signal reports only its status', async () => {
      expect(await ask('kill -SEGV $$')).toEqual({ out: '', err: '', status: ['139', '139'] });
    });

    test('needs no file, so a full or read-only disk does not matter', async () => {
      expect(await ask('echo yes', ['/bin/sh', '-c', 'ulimit -f 0; exec "$0" "$@"'])).toMatchObject({ out: 'yes\n' });
    });

    test('kills its leftover processes, even those in another session', async () => {
      const look = newLook();
      const { child, out, err } = start(script('sleep 1000 & setsid sleep 1000 & echo done', look));
      await answered(child, out, err);
      expect([out.output.toString(), out.answer?.values.get('status')]).toEqual(['done\n', '0']);
      expect(processesOf(look)).toBe(0);
    });

    test.each([
      [`trap '' TERM HUP; (while :; do sleep 1; done) | cat | cat`, []],
      [`(setsid sleep 1000) & sleep 1000`, []],
      ['sleep 1000 & sleep 1000', ['/bin/sh', '-c', '"$0" "$@"; :']], // in the process group of another shell
    ])('kills %j when its input ends', async (command, before) => {
      const look = newLook();
      const { child, out } = start(script(command, look), before);
      await vi.waitFor(() => expect(processesOf(look)).toBeGreaterThan(1), { timeout: 10_000 });
      child.stdin.end();
      await once(child, 'close');
      expect(out.answer).toBeNull();
      await vi.waitFor(() => expect(processesOf(look)).toBe(0), { timeout: 10_000 });
    });

    test('can be killed from outside, and leaves nothing', async () => {
      const look = newLook();
      const { child } = start(script('sleep 1000 & sleep 1000', look));
      const closed = once(child, 'close');
      await vi.waitFor(() => expect(processesOf(look)).toBeGreaterThan(1), { timeout: 10_000 });
      const { fields } = await server.ask('end_inspect', { LOOK: look });
      expect([fields, processesOf(look)]).toEqual([{ outlen: '0' }, 0]);
      child.stdin.end();
      await closed;
    });

    test('that is cut off at any point runs nothing', async () => {
      const whole = script('echo ran');
      await fc.assert(
        fc.asyncProperty(fc.integer({ min: 0, max: whole.lastIndexOf('\n)\n') + 1 }), async (length) => {
          const { child, out } = start(whole.slice(0, length));
          child.stdin.end();
          await once(child, 'close');
          expect([out.isStarted, out.noise]).toEqual([false, '']);
        }),
        { numRuns: 25 }
      );
    });

    test('whose first lines a login file has read runs nothing', async () => {
      const whole = script('echo ran').split('\n');
      for (const lines of [1, 2, 3, whole.length - 5]) {
        const { child, out } = start(whole.slice(lines).join('\n'));
        await once(child, 'close');
        expect([lines, out.isStarted, out.noise, child.exitCode]).toEqual([lines, false, '', 125]);
      }
    });
  });
});
