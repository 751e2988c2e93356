import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from '../support/temporary-folder.ts';

export const repository = join(import.meta.dirname, '..', '..');

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Stands in for scripts/build.mjs, for a client that is JavaScript: notes its folder, and copies. */
export const quickBuild = `
import { appendFileSync, cpSync } from 'node:fs';
const folder = process.argv[2];
appendFileSync('builds', folder.replace(/-[^/]*\\/dist$/, '\\n')); // it is renamed
cpSync('src/client.ts', folder + '/client.js');
`;

/** A folder with parts of this repository and additional files. */
export class ScratchProject {
  readonly root = temporaryFolder('frame');

  constructor(...copied: string[]) {
    onTestFinished(() => this.builds().forEach((folder) => rmSync(folder, { recursive: true, force: true })));
    for (const path of copied) cpSync(join(repository, path), join(this.root, path), { recursive: true });
  }

  write(path: string, text: string): void {
    const file = join(this.root, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    if (text.startsWith('#!')) chmodSync(file, 0o755);
  }

  /** The folders that {@link quickBuild} has made, oldest first. */
  builds(): string[] {
    const file = join(this.root, 'builds');
    return existsSync(file) ? readFileSync(file, 'utf8').trimEnd().split('\n') : [];
  }

  /** Links the dependencies of the repository, without a copy. */
  linkDependencies(): void {
    symlinkSync(join(repository, 'node_modules'), join(this.root, 'node_modules'));
  }

  /** Without the environment of the test run, and without standard input. */
  run(program: string, args: string[], variables: Record<string, string> = {}): Promise<Ended> {
    const outer = Object.entries(process.env).filter(
      ([name]) => !/^(VITEST|npm_|NODE_ENV|NODE_OPTIONS|CI$|TEMPORAL_CLI$)/i.test(name)
    );
    // Any program that does nothing: the set-up of the tests must not install the real one.
    const nothing = { NO_COLOR: '1', FLEETMARK_NO_APT: '1', FLEETMARK_ANSIBLE_INVENTORY: '/bin/true' };
    const env = { ...Object.fromEntries(outer), ...nothing, ...variables };
    const child = spawn(program, args, { cwd: this.root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const ended: Ended = { code: null, stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (text: string) => (ended.stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (ended.stderr += text));
    return new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code) => resolve({ ...ended, code }));
    });
  }
}
