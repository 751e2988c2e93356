import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Runs `npm ci` where node_modules is missing or is not what package-lock.json asks for. Everything it prints goes to
 * stderr. The npm registry now and then answers with stale metadata, hence a second try.
 * @throws Error if both fail
 */
export function installDependencies(root) {
  if (isInstalled(root)) return;
  console.error('Installing the dependencies with npm ci: about half a minute, once.');
  // From within `npm run`, npm hands its own settings down as variables; a nested npm must not inherit `--json` or `-s`.
  const env = Object.fromEntries(
    Object.entries(process.env).filter(([name]) => !/^npm_config_(json|loglevel)$/.test(name))
  );
  for (const attempt of ['first', 'second']) {
    const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, env, stdio: ['ignore', 2, 2] });
    if (npm.status === 0) return;
    if (npm.signal === 'SIGINT') break;
    console.error(`The ${attempt} npm ci failed${npm.error ? `: ${npm.error.message}` : ''}.`);
  }
  throw new Error(`The dependencies could not be installed. Run "npm ci" in ${root} to see why.`);
}

/** Compares by content: a checkout changes the times of files without changing what they ask for. */
function isInstalled(root) {
  const installed = lockedPackages(join(root, 'node_modules', '.package-lock.json'));
  if (installed === null) return false;
  const wanted = lockedPackages(join(root, 'package-lock.json')) ?? {};
  return Object.entries(wanted).every(
    ([folder, { version, optional, devOptional }]) =>
      folder === '' || optional || devOptional || installed[folder]?.version === version
  );
}

function lockedPackages(file) {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).packages : null;
}
