import { spawnSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';

/** A build that was not started for this long is removed. */
const UNUSED_MS = 24 * 3_600_000;

/**
 * The folder with the build of the sources as they are now. It is made where it is missing, in a folder of its own: what
 * still runs from an earlier build is not disturbed. Everything the build prints goes to stderr.
 * @throws Error if the sources do not compile
 */
export function builtFromSource(root) {
  const builds = join(root, 'node_modules', '.cache', 'fleetmark');
  const folder = join(builds, fingerprint(root));
  if (!existsSync(folder)) {
    const unfinished = `${folder}-${randomUUID()}`;
    mkdirSync(unfinished, { recursive: true });
    try {
      build(root, unfinished);
      publish(unfinished, folder);
    } finally {
      rmSync(unfinished, { recursive: true, force: true });
    }
    removeUnused(builds);
  }
  utimesSync(folder, new Date(), new Date());
  return folder;
}

function build(root, folder) {
  const script = join(root, 'scripts', 'build.mjs');
  const args = [script, join(folder, 'dist'), '--noCheck'];
  const { status } = spawnSync(process.execPath, args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Error(`The sources could not be compiled. Run "npm run build" in ${root} to see why.`);
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
}

/** Another process may have finished the same build meanwhile. */
function publish(unfinished, folder) {
  try {
    renameSync(unfinished, folder);
  } catch (error) {
    if (!existsSync(folder)) throw error;
  }
}

/** Of the names, sizes and times of all that a build is made of. */
function fingerprint(root) {
  const hash = createHash('sha256').update(root);
  const files = readdirSync(join(root, 'src'), { recursive: true }).map((file) => join('src', file));
  const others = ['package.json', 'package-lock.json', 'tsconfig.json', 'scripts/build.mjs'];
  for (const file of [...files.sort(), ...others]) {
    const { mtimeMs, size } = statSync(join(root, file), { throwIfNoEntry: false }) ?? {};
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex').slice(0, 16);
}

function removeUnused(builds) {
  for (const name of readdirSync(builds)) {
    const folder = join(builds, name);
    const built = statSync(folder, { throwIfNoEntry: false }); // another process may remove it as well
    if (built && built.mtimeMs < Date.now() - UNUSED_MS) rmSync(folder, { recursive: true, force: true });
  }
}
