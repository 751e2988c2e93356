import { spawn, spawnSync } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, readdirSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { commandScript, sweepScript } from '../../../src/ssh/looks/command-script.ts';

const nonce = 'abc123';
const shells = [['dash'], ['bash'], ['busybox', 'sh']].filter(
  ([name]) => spawnSync(name!, ['-c', ':']).error === undefined
);

/** As sshd starts it: a shell without arguments of ours, the leader of a session, its script on standard input. */
function start([name, ...words]: string[]): ChildProcessWithoutNullStreams & { stdoutText: () => string } {
  const child = spawn(name!, [...words, '-s'], { detached: true });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  return Object.assign(child, { stdoutText: () => text });
}

function aliveIn(group: number): number {
  return readdirSync('/proc').filter((pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      const [state, , processGroup] = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
      return Number(processGroup) === group && state !== 'Z';
    } catch {
      return false;
    }
  }).length;
}

async function begun(shell: ReturnType<typeof start>): Promise<void> {
  await vi.waitFor(() => expect(shell.stdoutText()).toContain('begin'), { timeout: 10_000 });
}

describe.skipIf(process.platform !== 'linux').each(shells)('the command script in %s %s', (...shellWords) => {
  const words = shellWords.filter((word) => word !== undefined);

  test('frames output and exit status, and leaves no background process behind', async () => {
    const shell = start(words);
    shell.stdin.write(commandScript(nonce, 'run-1/cpu/1', 'sleep 1000 & printf "$FLEETMARK_COMMAND $LC_ALL"; exit 3'));
    await once(shell, 'close');
    expect(shell.stdoutText()).toBe(`\n@@${nonce} begin ${shell.pid}\nrun-1/cpu/1 C\n@@${nonce} end 3\n`);
    await vi.waitFor(() => expect(aliveIn(shell.pid!)).toBe(0));
  });

  test('runs a command with quotes, dollars, newlines and backslashes as it is, with nothing to read', async () => {
    const shell = start(words);
    shell.stdin.write(commandScript(nonce, 'j', `cat; a='it''s $5'; echo "$a" \\\n\\\\; echo "1\n2"`));
    await once(shell, 'close');
    expect(shell.stdoutText()).toContain(`\nits $5 \\\n1\n2\n\n@@${nonce} end 0\n`);
  });

  test('kills a pipeline that ignores TERM once its input ends', async () => {
    const shell = start(words);
    shell.stdin.write(commandScript(nonce, 'j', `trap '' TERM; (while :; do sleep 1; done) | cat | cat`));
    await begun(shell);
    shell.stdin.end();
    await once(shell, 'close');
    await vi.waitFor(() => expect(aliveIn(shell.pid!)).toBe(0));
    expect(shell.stdoutText()).not.toContain('end');
  });

  test('lets a command that heeds TERM say its last words', async () => {
    const shell = start(words);
    shell.stdin.write(commandScript(nonce, 'j', `trap 'echo bye; exit 7' TERM; echo up; while :; do sleep 0.05; done`));
    await vi.waitFor(() => expect(shell.stdoutText()).toContain('up'), { timeout: 10_000 });
    shell.stdin.end();
    await once(shell, 'close');
    expect(shell.stdoutText()).toContain(`up\nbye\n\n@@${nonce} end 7\n`);
  });

  test('cut off anywhere runs nothing', async () => {
    const script = commandScript(nonce, 'j', 'echo ran');
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: script.length - 'main\n'.length }), async (length) => {
        const shell = start(words);
        shell.stdin.end(script.slice(0, length));
        await once(shell, 'close');
        expect(shell.stdoutText()).toBe('');
      }),
      { numRuns: 25 }
    );
  });

  test('refuses to run in a process group that it shares with others', async () => {
    const shell = spawn('/bin/sh', ['-c', `(${words.join(' ')} -s; :); :`], { detached: true });
    let text = '';
    shell.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    shell.stdin.end(commandScript(nonce, 'j', 'echo ran'));
    await once(shell, 'close');
    expect(text).toBe(`@@${nonce} nogroup\n`);
  });

  test('and its sweep kill what is left of a group and count it', async () => {
    const orphan = spawn('/bin/sh', ['-c', 'sleep 1000 & sleep 1000'], { detached: true, stdio: 'ignore' });
    const sweep = start(words);
    sweep.stdin.end(sweepScript(nonce, orphan.pid!));
    await once(sweep, 'close');
    expect(sweep.stdoutText()).toBe(`@@${nonce} left 0\n`);
    expect(aliveIn(orphan.pid!)).toBe(0);
  });
});
