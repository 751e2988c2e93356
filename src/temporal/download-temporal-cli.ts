import { mkdir, rm } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { isExecutable } from '../processes/find-executable.ts';
import { spawnOwned } from '../processes/owned-process.ts';
import { programArguments } from '../processes/program-file.ts';
import type { TemporalCliSearch } from './temporal-cli-search.ts';
import { cachedTemporalCli, TEMPORAL_CLI_VERSION } from './temporal-cli-version.ts';

const DOWNLOAD_TIMEOUT_MS = 5 * 60_000;

/**
 * Downloads the Temporal CLI into the cache with the SDK. In a separate process, which can be stopped, and which leaves
 * the SDK runtime of this process alone: there can be only one.
 * @returns null on success, otherwise the reason
 */
export async function downloadTemporalCli({ env, cacheDir, say }: TemporalCliSearch): Promise<string | null> {
  say(`No Temporal CLI on the PATH: downloading ${TEMPORAL_CLI_VERSION} from temporal.download into ${cacheDir}.`);
  try {
    await mkdir(cacheDir, { recursive: true });
    const download = await spawnOwned({
      program: process.execPath,
      args: [...programArguments('temporal/download-temporal-cli-process'), cacheDir, TEMPORAL_CLI_VERSION],
      env,
      stdout: 'pipe',
      stderr: 'ignore',
    });
    const limit = setTimeout(() => void download.stop(), DOWNLOAD_TIMEOUT_MS);
    const said = await text(download.stdout!);
    const status = await download.exited;
    clearTimeout(limit);
    const cached = cachedTemporalCli(cacheDir);
    if (status === 0 && (await isExecutable(cached))) return null;
    if (status !== 0) await rm(cached, { force: true }); // it may be incomplete
    return said.trim().split('\n').at(-1)?.slice(0, 300) || `status ${status}`;
  } catch (error) {
    return (error as Error).message;
  }
}
