import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { installPackages } from './debian-packages.mjs';

/**
 * A virtual environment of its own in the cache folder with these packages of PyPI, made the first time. Says on stderr what
 * it does.
 * @param packages their versions by name
 * @param isComplete whether the packages in this folder work
 * @returns the folder, or null where it cannot be had
 */
export function pythonEnvironment(packages, isComplete) {
  const { XDG_CACHE_HOME } = process.env;
  const cache = XDG_CACHE_HOME && isAbsolute(XDG_CACHE_HOME) ? XDG_CACHE_HOME : join(homedir(), '.cache');
  const names = Object.entries(packages).map((each) => each.join(' '));
  const folder = join(cache, 'fleetmark', names.join('-').replaceAll(' ', '-'));
  if (isComplete(folder)) return folder;

  console.error(`Installing ${names.join(', ')} into ${folder}, to compare with: once.`);
  for (const attempt of ['first', 'second']) {
    rmSync(folder, { recursive: true, force: true });
    const installed = makeEnvironment(folder) && install(folder, packages);
    if (installed && isComplete(folder)) return folder;
    console.error(`The ${attempt} attempt to install ${Object.keys(packages).join(', ')} failed.`);
  }
  rmSync(folder, { recursive: true, force: true });
  return null;
}

/** Debian has the module for it in a package of its own. */
function makeEnvironment(folder) {
  const make = () => run('python3', '-m', 'venv', folder);
  if (make()) return true;
  rmSync(folder, { recursive: true, force: true });
  return installPackages(undefined, ['python3-venv']).length === 0 && make();
}

function install(folder, packages) {
  const exact = Object.entries(packages).map((each) => each.join('=='));
  return run(join(folder, 'bin', 'pip'), 'install', '--quiet', '--disable-pip-version-check', ...exact);
}

function run(program, ...args) {
  return spawnSync(program, args, { stdio: ['ignore', 2, 2] }).status === 0;
}
