import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Where the embedded Temporal keeps its database, lock and logs: `FLEETMARK_STATE`, else `fleetmark` in the folder of
 * the XDG base directory specification, which ignores relative paths.
 */
export function stateDirectory(env: Environment): string {
  if (env['FLEETMARK_STATE']) return resolve(env['FLEETMARK_STATE']);
  return join(baseDirectory(env['XDG_STATE_HOME'], '.local/state'), 'fleetmark');
}

/** Where programs that we fetched or built ourselves are kept. */
export function cacheDirectory(env: Environment): string {
  return join(baseDirectory(env['XDG_CACHE_HOME'], '.cache'), 'fleetmark');
}

function baseDirectory(configured: string | undefined, standard: string): string {
  return configured && isAbsolute(configured) ? configured : join(homedir(), standard);
}
