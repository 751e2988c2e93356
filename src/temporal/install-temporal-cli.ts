import { chmod, mkdir, mkdtemp, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { claimFile } from '../processes/claim-file.ts';
import { findExecutable, isExecutable } from '../processes/find-executable.ts';
import { spawnOwned } from '../processes/owned-process.ts';
import type { TemporalCliSearch } from './temporal-cli-search.ts';
import { cachedTemporalCli, TEMPORAL_CLI_VERSION } from './temporal-cli-version.ts';

const SOURCE = `github.com/temporalio/cli/cmd/temporal@${TEMPORAL_CLI_VERSION}`;

/**
 * Builds the Temporal CLI with Go into the cache. If several processes need it, one builds and the others wait.
 * @returns null on success, otherwise the reason
 */
export async function installTemporalCli(search: TemporalCliSearch): Promise<string | null> {
  const { env, cacheDir, say } = search;
  const go = await findExecutable('go', env['PATH']);
  if (go === null) return 'there is no `go` on the PATH';
  try {
    await mkdir(cacheDir, { recursive: true });
    const cached = cachedTemporalCli(cacheDir);
    for (let waitReported = false; ; waitReported = true) {
      const outcome = await claimFile(`${cached}.lock`, {});
      if (outcome.mine) {
        try {
          return (await isExecutable(cached)) ? null : await build(go, search);
        } finally {
          await outcome.claim.release();
        }
      }
      if (!waitReported) say(`Process ${outcome.holder.pid} is building the Temporal CLI: waiting for it.`);
      await delay(100);
    }
  } catch (error) {
    return (error as Error).message;
  }
}

async function build(go: string, { env, cacheDir, say }: TemporalCliSearch): Promise<string | null> {
  say(`Building the Temporal CLI ${TEMPORAL_CLI_VERSION} with \`go install\`, once; this takes about 3 minutes.`);
  const folder = await mkdtemp(join(cacheDir, 'build-'));
  const output = await open(join(folder, 'output'), 'w+');
  try {
    const install = await spawnOwned({
      program: go,
      args: ['install', SOURCE],
      cwd: folder,
      env: { ...env, GOBIN: folder },
      stdout: output.fd,
      stderr: output.fd,
    });
    const status = await install.exited;
    const built = join(folder, 'temporal');
    if (status === 0 && (await isExecutable(built))) {
      await chmod(built, 0o755);
      await rename(built, cachedTemporalCli(cacheDir));
      return null;
    }
    const said = (await readFile(join(folder, 'output'), 'utf8')).trim().split('\n').at(-1);
    return said?.slice(0, 300) || `status ${status}`;
  } finally {
    await output.close();
    await rm(folder, { recursive: true, force: true });
  }
}
