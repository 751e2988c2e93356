import { chmod, mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { acquireLockFile } from '../processes/lock-file.ts';
import { findExecutable, isExecutable } from '../processes/find-executable.ts';
import { spawnOwned, type OwnedProcessOptions } from '../processes/owned-process.ts';
import { programArguments } from '../processes/program-file.ts';

/** The newest version that `go install` can build: later ones have a `replace` line in their go.mod. */
export const TEMPORAL_CLI_VERSION = 'v1.5.1';

const MODULE = `github.com/temporalio/cli/cmd/temporal@${TEMPORAL_CLI_VERSION}`;
const INSTALL_TIMEOUT_MS = 15 * 60_000;

export interface TemporalCliSearch {
  env: NodeJS.ProcessEnv;
  /** Folder for a downloaded or built CLI. */
  cacheDir: string;
  /** Prints one line for the user. */
  say: (line: string) => void;
}

/** The file name that the SDK uses for its download; the build uses it, too. */
export function cachedTemporalCli(cacheDir: string): string {
  return join(cacheDir, `temporal-${TEMPORAL_CLI_VERSION}`);
}

/**
 * Downloads the Temporal CLI into the cache with the SDK. In a separate process, which can be stopped, and which leaves
 * the SDK runtime of this process alone: there can be only one.
 * @returns null on success, otherwise the reason
 */
export async function downloadTemporalCli({ env, cacheDir, say }: TemporalCliSearch): Promise<string | null> {
  say(`No Temporal CLI on the PATH: downloading ${TEMPORAL_CLI_VERSION} from temporal.download into ${cacheDir}.`);
  await mkdir(cacheDir, { recursive: true });
  const args = [...programArguments('temporal/download-temporal-cli-process'), cacheDir, TEMPORAL_CLI_VERSION];
  const cached = cachedTemporalCli(cacheDir);
  const problem = await install({ program: process.execPath, args, env }, cached);
  if (problem !== null) await rm(cached, { force: true }); // it may be incomplete
  return problem;
}

/**
 * Builds the Temporal CLI with Go into the cache. If several processes need it, one builds and the others wait.
 * @returns null on success, otherwise the reason
 */
export async function buildTemporalCli(search: TemporalCliSearch): Promise<string | null> {
  const go = await findExecutable('go', search.env['PATH']);
  if (go === null) return 'there is no `go` on the PATH';
  const cached = cachedTemporalCli(search.cacheDir);
  for (let waitReported = false; ; waitReported = true) {
    const outcome = await acquireLockFile(`${cached}.lock`, {});
    if (outcome.isAcquired) {
      try {
        return (await isExecutable(cached)) ? null : await build(go, search);
      } finally {
        await outcome.lock.release();
      }
    }
    if (!waitReported) search.say(`Process ${outcome.holder.pid} is building the Temporal CLI: waiting for it.`);
    await delay(100);
  }
}

async function build(go: string, { env, cacheDir, say }: TemporalCliSearch): Promise<string | null> {
  say(`Building the Temporal CLI ${TEMPORAL_CLI_VERSION} with \`go install\`, once; this takes about 3 minutes.`);
  const folder = await mkdtemp(join(cacheDir, 'build-'));
  const built = join(folder, 'temporal');
  try {
    const args = ['-c', 'exec "$0" install "$1" 2>&1', go, MODULE];
    const where = { cwd: folder, env: { ...env, GOBIN: folder } };
    const problem = await install({ program: '/bin/sh', args, ...where }, built);
    if (problem !== null) return problem;
    await chmod(built, 0o755);
    await rename(built, cachedTemporalCli(cacheDir));
    return null;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs an installer. Resolves to null if it made an executable file, otherwise to the last line that it printed. */
async function install(
  program: Pick<OwnedProcessOptions, 'program' | 'args' | 'cwd' | 'env'>,
  file: string
): Promise<string | null> {
  const installer = await spawnOwned({ ...program, stdout: 'pipe', stderr: 'ignore' });
  const limit = setTimeout(() => void installer.stop(), INSTALL_TIMEOUT_MS);
  const [said, status] = await Promise.all([text(installer.stdout!), installer.exited]);
  clearTimeout(limit);
  if (status === 0 && (await isExecutable(file))) return null;
  return said.trim().split('\n').at(-1)?.slice(0, 300) || `status ${status}`;
}
