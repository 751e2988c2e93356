import { spawn } from 'node:child_process';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/** The program and its first argument: the command line from source. */
export const fleetmarkCommand = [process.execPath, join(root, 'scripts', 'from-source.mjs')] as const;

/** Runs the command line from source, as a user does; its stderr goes to ours. Rejects if it cannot be started. */
export function fleetmark(
  args: readonly string[],
  variables: Readonly<Record<string, string>> = {}
): Promise<{ exitCode: number | null; stdout: string }> {
  const [node, program] = fleetmarkCommand;
  const child = spawn(node, [program, ...args], {
    env: { ...process.env, ...variables },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout }));
  });
}
