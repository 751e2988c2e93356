import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pythonEnvironment } from './python-environment.mjs';

/** For Python 3.11 and later. */
const version = '2.19.14';

/**
 * The `ansible-inventory` that the tests compare with: that of FLEETMARK_ANSIBLE_INVENTORY or of the PATH, else that of
 * `ansibleEnvironment`.
 * @returns its path, or null where it cannot be had: then what needs it is skipped
 */
export function installAnsible() {
  const given = process.env.FLEETMARK_ANSIBLE_INVENTORY || 'ansible-inventory';
  if (works(given)) return given;
  const folder = ansibleEnvironment();
  if (folder !== null) return programIn(folder);
  console.error('No ansible-inventory: what compares with it is skipped. It needs Python 3.11 and pip.');
  return null;
}

/** The folder of a virtual environment with ansible-core in a fixed version, or null where it cannot be had. */
export function ansibleEnvironment() {
  return pythonEnvironment({ 'ansible-core': version }, (folder) => works(programIn(folder)));
}

function programIn(folder) {
  return join(folder, 'bin', 'ansible-inventory');
}

function works(program) {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0;
}
