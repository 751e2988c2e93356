/** The compiled programs that tests start. */
import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, realpathSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { removeWithThisProcess, temporaryFolder } from './temporary-folder.ts';

const root = join(import.meta.dirname, '..', '..');

/**
 * vitest's global set-up for tests that start programs: compiles them once, as `npm run build` does, into a separate folder.
 * Compiled programs start twice as fast as from source, and they are what users get.
 */
export default function buildPrograms(): void {
  if (process.env['FLEETMARK_BUILT'] !== undefined) return;
  const cache = join(root, 'node_modules', '.cache'); // inside the repository, so that imports are found
  mkdirSync(cache, { recursive: true });
  const folder = realpathSync(temporaryFolder('fleetmark-built', cache));
  removeWithThisProcess(folder);
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  const build = [join(root, 'scripts', 'build.mjs'), join(folder, 'dist'), '--noCheck'];
  const { status } = spawnSync(process.execPath, build, { stdio: 'inherit' });
  if (status !== 0) throw new Error('The programs that the tests start could not be built.');
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
  return join(built(), 'dist', 'workflows', 'bundle.js');
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
