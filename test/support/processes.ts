/** Which processes run on this machine, and how a test waits for them or kills its own. */
import { execFileSync, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';

/** Process ids whose command line holds the text, and not the other one. Zombies have no command line. */
export function processesWith(text: string, without?: string): number[] {
  return processIds().filter((pid) => {
    const command = commandLine(pid); // read once: a process that ends loses it
    return pid !== process.pid && command.includes(text) && (without === undefined || !command.includes(without));
  });
}

/** Process ids whose environment holds the entry, such as `NAME=value`. */
export function processesWithEnvironment(entry: string): number[] {
  return processIds().filter((pid) => readProc(pid, 'environ').split('\0').includes(entry));
}

/** A command that writes its process id to the file and then, for half a second, is about to start a program. */
export function betweenPrograms(file: string): string {
  return `'${python()}' '${fileURLToPath(new URL('between-programs.py', import.meta.url))}' '${file}'`;
}

/** The path of the program itself: a wrapper would need the user's HOME and PATH. */
function python(): string {
  return execFileSync('python3', ['-c', 'import sys; print(sys.executable)'], { encoding: 'utf8' }).trim();
}

export function commandLine(pid: number): string {
  return readProc(pid, 'cmdline').replaceAll('\0', ' ').trim();
}

/** Whether it has memory: one that was killed gives that back first, and may be listed for a while. */
export function isRunning(pid: number): boolean {
  return readProc(pid, 'status').includes('\nVmSize:');
}

export function parentOf(pid: number): number {
  return Number(/^PPid:\t(\d+)$/m.exec(readProc(pid, 'status'))?.[1] ?? 0);
}

export function killWithThisProcess(child: ChildProcess, kill: () => unknown = () => child.kill('SIGKILL')): void {
  process.once('exit', kill);
  child.once('close', () => process.off('exit', kill));
}

/**
 * Polls until the condition holds, at growing intervals, because listing all processes slows down the test.
 * @throws Error with the last value at the timeout
 */
export async function eventually<T>(
  read: () => T | Promise<T>,
  holds: (value: T) => boolean,
  ms = 120_000
): Promise<T> {
  const deadline = Date.now() + ms;
  for (let pause = 25; ; pause = Math.min(pause * 1.3, 250)) {
    const value = await read();
    if (holds(value)) return value;
    if (Date.now() > deadline) throw new Error(`It never came to be; the last value was ${JSON.stringify(value)}`);
    await delay(pause);
  }
}

function processIds(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

function readProc(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return '';
  }
}
