import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** The shells of servers that are installed here, each with its arguments. */
export const shells = [['dash'], ['bash'], ['bash', '--posix'], ['busybox', 'sh']].filter(
  ([program]) => spawnSync(program!, ['-c', 'true']).error === undefined
);

/** A made-up /proc and /sys, and made-up programs. */
export interface MachineTree {
  readonly root: string;
  file(path: string, text: string): void;
  /** Found on PATH by {@link MachineTree.run}, before those of this machine. */
  program(name: string, script: string): void;
  run(shell: readonly string[], command: string): { status: number | null; stdout: string; stderr: string };
}

export function machineTree(): MachineTree {
  const root = temporaryFolder("a machine's");
  const bin = join(root, 'bin');
  mkdirSync(bin);
  return {
    root,
    file(path, text) {
      const full = join(root, path);
      mkdirSync(dirname(full), { recursive: true });
      writeFileSync(full, text);
    },
    program(name, script) {
      writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(bin, name), 0o755);
    },
    run(shell, command) {
      const env = { ...process.env, LC_ALL: 'C', PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` };
      const ended = spawnSync(shell[0]!, [...shell.slice(1), '-c', command], { encoding: 'utf8', env });
      return { status: ended.status, stdout: ended.stdout, stderr: ended.stderr };
    },
  };
}
