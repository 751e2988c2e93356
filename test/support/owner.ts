/** How a test kills the process that owns others. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** A Node process that runs ESM JavaScript with access to our sources, and prints JSON lines. */
export interface Owner {
  process: ChildProcess;
  nextLine(): Promise<unknown>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Runs the code in a new process. Its variable `src` is the URL of our source folder, for `await import()`. */
export function startOwner(code: string): Owner {
  const prelude = `const src = ${JSON.stringify(new URL('../../src', import.meta.url).href)};\n`;
  const child = spawn(process.execPath, ['--import', loader, '--input-type=module', '-e', prelude + code], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    process: child,
    nextLine: async () => {
      const { value, done } = await lines.next();
      if (done) throw new Error('The owner ended without another line.');
      return JSON.parse(value) as unknown;
    },
    kill: async (signal) => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill(signal);
      await once(child, 'exit');
    },
  };
}
