import { join } from 'node:path';

/** The newest one that `go install` can build: later ones carry a `replace` line in their go.mod. */
export const temporalCliVersion = 'v1.5.1';

/** The name that the SDK gives its download, so that either way of getting it ends in the same file. */
export function cachedTemporalCli(cacheDir: string): string {
  return join(cacheDir, `temporal-${temporalCliVersion}`);
}
