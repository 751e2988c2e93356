/** The compiled programs that tests start. */
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.ts';

const root = join(import.meta.dirname, '..', '..');

/** vitest's global set-up for tests that start programs: the build that `npm run fleetmark` uses, which is what users get. */
export default async function buildPrograms(): Promise<void> {
  if (process.env['FLEETMARK_BUILT'] !== undefined) return;
  const { builtFromSource } = (await import(join(root, 'scripts', 'built-from-source.mjs'))) as {
    builtFromSource: (root: string) => string;
  };
  const folder = temporaryFolder('built');
  symlinkSync(join(builtFromSource(root), 'dist'), join(folder, 'dist'));
  // As npm installs it: on the PATH.
  mkdirSync(join(folder, 'bin'));
  chmodSync(join(folder, 'dist', 'client.js'), 0o755);
  symlinkSync(join(folder, 'dist', 'client.js'), join(folder, 'bin', 'fleetmark'));
  process.env['FLEETMARK_BUILT'] = folder;
}

/** The path of the compiled `client` or `worker`. */
export function builtProgram(name: 'client' | 'worker'): string {
  return join(built(), 'dist', `${name}.js`);
}

/** The bundle of the workflows. */
export function builtWorkflows(): string {
  return join(built(), 'dist', 'workflows.js');
}

/** A folder for the PATH that contains `fleetmark`. */
export function builtBin(): string {
  return join(built(), 'bin');
}

function built(): string {
  const folder = process.env['FLEETMARK_BUILT'];
  if (folder === undefined) throw new Error('nothing is built: the project in vitest.config.ts lacks built-program.ts');
  return folder;
}
