import { Failure } from '../domain/failures/failure.ts';
import { findExecutable, isExecutable } from '../processes/find-executable.ts';
import {
  buildTemporalCli,
  cachedTemporalCli,
  downloadTemporalCli,
  TEMPORAL_CLI_VERSION,
  type TemporalCliSearch,
} from './install-temporal-cli.ts';

/**
 * Finds a Temporal CLI: `TEMPORAL_CLI`, `temporal` on the PATH, the cached one, a download by the SDK, `go install`. The
 * last two are announced to the user and then cached.
 * @throws Failure InvalidConfig if there is none
 */
export async function findTemporalCli(search: TemporalCliSearch): Promise<string> {
  const { env, cacheDir } = search;
  const chosen = env['TEMPORAL_CLI'];
  if (chosen) {
    if (await isExecutable(chosen)) return chosen;
    throw new Failure('InvalidConfig', `TEMPORAL_CLI names ${chosen}, which is not an executable file.`);
  }
  const onPath = await findExecutable('temporal', env['PATH']);
  if (onPath !== null) return onPath;

  const cached = cachedTemporalCli(cacheDir);
  if (await isExecutable(cached)) return cached;

  const reasonOf = (error: Error): string => error.message;
  const downloadError = await downloadTemporalCli(search).catch(reasonOf);
  if (downloadError === null) return cached;
  const buildError = await buildTemporalCli(search).catch(reasonOf);
  if (buildError === null) return cached;
  throw new Failure(
    'InvalidConfig',
    `No Temporal CLI was found: TEMPORAL_CLI is not set, no \`temporal\` is on the PATH, its download failed ` +
      `(${downloadError}), and building it failed (${buildError}). Install version ${TEMPORAL_CLI_VERSION} or later ` +
      `(https://docs.temporal.io/cli) or set TEMPORAL_CLI to its path; or set TEMPORAL_ADDRESS to a running Temporal.`
  );
}
