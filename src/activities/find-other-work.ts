import { otherWorkCommand, parseOtherWork } from '../benchmarks/other-work.ts';
import type { ServerName, Ssh } from '../domain/jobs/job.ts';
import { whyBusy } from '../domain/measurements/quiet-limits.ts';
import type { QuietLimits } from '../domain/measurements/quiet-limits.ts';
import { attemptId, runCommand } from './run-in-activity.ts';

const TIMEOUT_MS = 60_000;

/** Checks several times: work that ends within seconds, such as a cron job, does not make a server busy. */
const DELAYS_SECONDS = [0, 2, 4];

/** Describes other work on a server as one phrase with numbers; null if the server is quiet. */
export async function findOtherWork(
  ssh: Ssh,
  server: ServerName & { signal: AbortSignal },
  limits: QuietLimits
): Promise<string | null> {
  if (limits.cpu === null && limits.gpuProcesses === null) return null;
  let busy: string | null = null;
  for (const [index, afterSeconds] of DELAYS_SECONDS.entries()) {
    const looked = await runCommand(ssh, {
      ...server,
      commandId: `${attemptId()}.work.${index + 1}`,
      command: otherWorkCommand({ afterSeconds }),
      timeoutMs: TIMEOUT_MS,
    });
    busy = whyBusy(parseOtherWork(looked.stdout), limits);
    if (busy === null) return null;
  }
  return busy;
}
