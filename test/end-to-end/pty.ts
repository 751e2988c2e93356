import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { shellCommand } from '../../src/domain/jobs/shell.ts';
import { builtProgram } from '../support/built-program.ts';
import { eventually, killWithThisProcess } from '../support/processes.ts';
import { environmentIn } from './command-line.ts';
import type { Fleet } from './fleet.ts';

/** A user at a terminal. */
export interface Pty {
  type(text: string): void;
  /** Resolves when the screen matches the pattern. */
  shows(pattern: RegExp): Promise<void>;
  ended: Promise<{ exitCode: number | null; shown: string }>;
}

/** Starts `fleetmark` on a pseudo-terminal, which `script` of util-linux provides. */
export function startPty(fleet: Pick<Fleet, 'folder'>, line: string, more: NodeJS.ProcessEnv = {}): Pty {
  const command = shellCommand([process.execPath, builtProgram('client'), ...line.split(' ')]);
  // Node disables colours if CI is set.
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...others } = environmentIn(fleet.folder);
  return startOnPty(command, fleet.folder, { ...others, TERM: 'xterm', ...more });
}

/** Starts a command of the shell on a pseudo-terminal. */
export function startOnPty(command: string, cwd: string, env: NodeJS.ProcessEnv): Pty {
  const child = spawn('script', ['-qec', `stty rows 24 cols 100; exec ${command}`, '/dev/null'], { cwd, env });
  killWithThisProcess(child);
  let shown = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (shown += text));
  const ended = once(child, 'close').then(([exitCode]) => ({ exitCode: exitCode as number | null, shown }));
  return {
    type: (text) => void child.stdin.write(text),
    shows: async (pattern) => {
      await eventually(
        () => shown,
        (text) => pattern.test(text)
      );
    },
    ended,
  };
}
