import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..', '..');

/**
 * vitest's global set-up for the tests that start programs: builds them as `npm run build` does, once for all tests,
 * into a folder of its own. They start in half the time that they need from source, and are what users get.
 */
export default function buildPrograms(): () => void {
  if (process.env['FLEETMARK_BUILT'] !== undefined) return () => undefined;
  const cache = join(root, 'node_modules', '.cache'); // in there, what it imports is found
  mkdirSync(cache, { recursive: true });
  const folder = realpathSync(mkdtempSync(join(cache, 'fleetmark-built-')));
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  const build = [join(root, 'scripts', 'build.mjs'), join(folder, 'dist'), '--noCheck'];
  const { status } = spawnSync(process.execPath, build, { stdio: 'inherit' });
  if (status !== 0) throw new Error('The programs that the tests start could not be built.');
  // As npm installs it: by its name on the PATH.
  mkdirSync(join(folder, 'bin'));
  chmodSync(join(folder, 'dist', 'client.js'), 0o755);
  symlinkSync(join(folder, 'dist', 'client.js'), join(folder, 'bin', 'fleetmark'));
  process.env['FLEETMARK_BUILT'] = folder;
  return () => rmSync(folder, { recursive: true });
}

/** Path of `client` or `worker` as built. */
export function builtProgram(name: 'client' | 'worker'): string {
  return join(built(), 'dist', `${name}.js`);
}

/** A folder for the PATH, with `fleetmark` in it. */
export function builtBin(): string {
  return join(built(), 'bin');
}

function built(): string {
  const folder = process.env['FLEETMARK_BUILT'];
  if (folder === undefined) throw new Error('nothing is built: the project in vitest.config.ts lacks built-program.ts');
  return folder;
}
