import { join } from 'node:path';

/** The newest version that `go install` can build: later ones have a `replace` line in their go.mod. */
export const TEMPORAL_CLI_VERSION = 'v1.5.1';

/** The file name that the SDK uses for its download; `go install` uses it, too. */
export function cachedTemporalCli(cacheDir: string): string {
  return join(cacheDir, `temporal-${TEMPORAL_CLI_VERSION}`);
}
