import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The folder for database, lock and logs of the embedded Temporal: `FLEETMARK_STATE`, otherwise `fleetmark` in the XDG
 * state folder. The XDG specification says to ignore relative paths.
 */
export function stateDirectory(env: Environment): string {
  if (env['FLEETMARK_STATE']) return resolve(env['FLEETMARK_STATE']);
  return join(baseDirectory(env['XDG_STATE_HOME'], '.local/state'), 'fleetmark');
}

/** The folder for downloaded and built programs. */
export function cacheDirectory(env: Environment): string {
  return join(baseDirectory(env['XDG_CACHE_HOME'], '.cache'), 'fleetmark');
}

function baseDirectory(configured: string | undefined, standard: string): string {
  return configured && isAbsolute(configured) ? configured : join(homedir(), standard);
}
