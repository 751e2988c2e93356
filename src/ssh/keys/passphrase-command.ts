import { spawn } from 'node:child_process';
import { Failure } from '../../domain/failures/failure.ts';
import { printable } from '../../domain/values/untrusted.ts';

const timeLimitMs = 30_000;
const mostOutput = 65_536;
/** Something that the command left running may keep its output open. */
const afterExitMs = 500;

/**
 * What a command of the configuration writes, run here by /bin/sh. What it says on stderr is told where it fails, without
 * what it wrote; the command itself never is, as it may hold a secret.
 * @throws Failure InvalidConfig
 */
export async function outputOf(command: string, limitMs = timeLimitMs): Promise<Buffer> {
  const child = spawn('/bin/sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  const written = { stdout: Buffer.alloc(mostOutput), stderr: Buffer.alloc(mostOutput) };
  const lengths = { stdout: 0, stderr: 0 };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      lengths[name] += chunk.copy(written[name], lengths[name]);
      chunk.fill(0);
    });
  }
  const stdout = () => written.stdout.subarray(0, lengths.stdout);
  const how = await new Promise<string | null>((resolve) => {
    const end = (ending: string | null): void => {
      clearTimeout(timer);
      resolve(ending);
    };
    const timer = setTimeout(() => {
      killGroup(child.pid);
      end(`did not end within ${limitMs / 1000} s`);
    }, limitMs);
    child.once('error', (error) => end(`cannot be run (${error.message})`));
    child.once('exit', (code, signal) => {
      const ending = code === 0 ? null : code === null ? `was ended by ${signal}` : `ended with exit code ${code}`;
      child.once('close', () => end(ending));
      setTimeout(() => end(ending), afterExitMs).unref();
    });
  });
  child.stdout.destroy();
  child.stderr.destroy();
  if (how === null) return stdout();
  const said = withoutSecrets(written.stderr.toString('utf8', 0, lengths.stderr), stdout().toString('utf8'));
  written.stdout.fill(0);
  throw new Failure('InvalidConfig', `the command of ssh.passphrase ${how}${said === '' ? '' : `: ${said}`}`);
}

function withoutSecrets(text: string, secrets: string): string {
  const lines = secrets.split(/[\r\n]+/).filter((line) => line.trim() !== '');
  return printable(
    lines.reduce((cut, line) => cut.replaceAll(line.trim(), '***'), text),
    200
  );
}

/** It leads a group of its own, so that what it has started ends with it. */
function killGroup(pid: number | undefined): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in it.
  }
}
