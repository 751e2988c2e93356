import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { installPackages } from './debian-packages.mjs';

/** For Python 3.11 and later. */
const version = '2.19.14';

/**
 * The `ansible-inventory` that the tests compare with: that of FLEETMARK_ANSIBLE_INVENTORY or of the PATH, else that of
 * ansible-core in a virtual environment of its own in the cache folder, made the first time. Says on stderr what it does.
 * @returns its path, or null where it cannot be had: then what needs it is skipped
 */
export function installAnsible() {
  const given = process.env.FLEETMARK_ANSIBLE_INVENTORY || 'ansible-inventory';
  if (works(given)) return given;
  const { XDG_CACHE_HOME } = process.env;
  const cache = XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), '.cache');
  const folder = join(cache, 'fleetmark', `ansible-core-${version}`);
  const program = join(folder, 'bin', 'ansible-inventory');
  if (works(program)) return program;

  console.error(`Installing ansible-core ${version} into ${folder}, to compare with: once.`);
  for (const attempt of ['first', 'second']) {
    rmSync(folder, { recursive: true, force: true });
    const installed = makeEnvironment(folder) && install(folder);
    if (installed && works(program)) return program;
    console.error(`The ${attempt} attempt to install ansible-core failed.`);
  }
  rmSync(folder, { recursive: true, force: true });
  console.error('No ansible-inventory: what compares with it is skipped. It needs Python 3.11 and pip.');
  return null;
}

function works(program) {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}

/** Debian has the module for it in a package of its own. */
function makeEnvironment(folder) {
  const make = () => run('python3', '-m', 'venv', folder);
  if (make()) return true;
  rmSync(folder, { recursive: true, force: true });
  return installPackages(undefined, ['python3-venv']).length === 0 && make();
}

function install(folder) {
  const pip = join(folder, 'bin', 'pip');
  return run(pip, 'install', '--quiet', '--disable-pip-version-check', `ansible-core==${version}`);
}

function run(program, ...args) {
  return spawnSync(program, args, { stdio: ['ignore', 2, 2] }).status === 0;
}
